import type { Command } from "commander";
import { renderField } from "../output/fields.js";
import { countOf, durationOf, formatCost, formatDuration, formatTime, paint, plain } from "../output/format.js";
import { withOrchestrator } from "../session.js";

export function registerAgentDetails(program: Command): void {
  program
    .command("agent-details")
    .description("one agent: context, model, prompt, tools, and what it used")
    .argument("<agent-id>", "the id, or the beginning of it")
    .option("--json", "print an object")
    .action(async (agentId: string, flags: { json?: true }) => {
      const agent = await withOrchestrator({}, (orchestrator) => orchestrator.getAgentDetails(agentId));
      if (flags.json) return console.log(JSON.stringify(agent, null, 2));
      const fields: [string, string][] = [
        [
          "agent",
          `${agent.agentId}, ${agent.status}${agent.finding ? `, found ${agent.finding.replace("_", " ")}` : ""}`,
        ],
        ["name", agent.name],
        ["role", agent.role],
        ["task", `${agent.taskId ?? "none"}${agent.stepKey ? `, step ${agent.stepKey}` : ""}`],
        ["created", formatTime(agent.createdAt)],
        ...(agent.taskId === null ? [] : [["worked", formatDuration(durationOf(agent))] as [string, string]]),
        [
          "context",
          agent.contextUsedTokens === null
            ? "not measured"
            : `${agent.contextUsedTokens} of ${agent.contextWindowTokens} tokens (${agent.contextPercentage} %)`,
        ],
        ["model", agent.model],
        ["tools", agent.tools.join(", ")],
        ["messages", `${agent.messages}, tool calls ${agent.toolCalls}, retries ${agent.retries}`],
        [
          "tokens",
          `${agent.inputTokens} in, ${agent.outputTokens} out, ${agent.cacheReadTokens} read from cache, ${agent.cacheWriteTokens} written to it`,
        ],
        [
          "cost",
          `${formatCost(agent.costUsd)} in ${countOf(agent.modelCalls, "call")}${agent.rehearsal ? " (a rehearsal: not charged)" : ""}`,
        ],
        ["session", agent.sessionId ?? "none"],
        ["directory", agent.workingDirectory],
        ["logs", agent.logDirectory ?? "none"],
      ];
      if (agent.activity) fields.push(["doing", agent.activity]);
      if (agent.error) fields.push(["error", `${agent.error.code}: ${agent.error.message}`]);
      for (const [name, value] of fields) console.log(renderField(name, value));
      console.log(`\n${paint("bold", "Prompt")}\n${plain(agent.systemPrompt)}`);
    });
}
