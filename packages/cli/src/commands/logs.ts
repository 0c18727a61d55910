import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentRecord, OrchestratorError } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { plain } from "../output/format.js";
import { withOrchestrator } from "../session.js";

const FILES = { text: "text.txt", prompt: "prompt.txt", tools: "tools.jsonl", summary: "summary.json" } as const;

export function registerLogs(program: Command): void {
  program
    .command("logs")
    .description("what an agent was told, said and did")
    .argument("<agent-id>", "the id, or the beginning of it")
    .option("--show <part>", `one of ${Object.keys(FILES).join(", ")}`, "text")
    .option("--json", "print an object with every part")
    .action(async (agentId: string, flags: { show: string; json?: true }) => {
      const agent = await withOrchestrator({}, (orchestrator) => orchestrator.getAgentDetails(agentId));
      if (flags.json) {
        const { agentId: id, logDirectory } = agent;
        return console.log(JSON.stringify({ agentId: id, logDirectory, ...readParts(agent) }, null, 2));
      }
      if (!(flags.show in FILES)) {
        throw new OrchestratorError(
          "invalid_input",
          `"${flags.show}" is not a part of the log.`,
          `The parts are: ${Object.keys(FILES).join(", ")}.`,
        );
      }
      process.stdout.write(plain(read(agent, FILES[flags.show as keyof typeof FILES])));
    });
}

function readParts(agent: AgentRecord) {
  const tools = read(agent, FILES.tools).split("\n").filter(Boolean);
  return {
    prompt: read(agent, FILES.prompt),
    text: read(agent, FILES.text),
    tools: tools.map((line) => JSON.parse(line) as unknown),
  };
}

function read(agent: AgentRecord, file: string): string {
  const path = agent.logDirectory ? join(agent.logDirectory, file) : null;
  if (path && existsSync(path)) return readFileSync(path, "utf8");
  const reason = path ? `the file ${path} does not exist` : "observability was off when it ran";
  throw new OrchestratorError(
    "not_found",
    `The agent ${agent.agentId} has no such log: ${reason}.`,
    "Its events are still there: orchestrator task-details --json",
  );
}
