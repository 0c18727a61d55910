// @ts-check
/** Roles of your choice, each with its own part: `node examples/specialised-agents.mjs` */
import { Orchestrator } from "@claude-orchestrator/core";
import { reply, script } from "@claude-orchestrator/rehearsal";
import { handOver, money, play } from "./stage.mjs";

await play(
  async ({ options, signal }) => {
    const orchestrator = new Orchestrator(options);
    await orchestrator.start();
    try {
      // One after another. A role is named, or named with instructions and with what it has other than its role.
      const result = await orchestrator.executeCustomWorkflow({
        prompt: "Where are prices rounded, and is half a cent rounded up?",
        roles: [
          { role: "scout", instructions: "Name the files in which prices are rounded.", maxTurns: 20 },
          { role: "analyst", instructions: "Say how half a cent is rounded, with file and line.", model: "opus" },
          { role: "reviewer", tools: ["Read"] },
        ],
        signal,
      });

      // Each agent had one job, the tools of its role, and the results of those before it.
      for (const agent of result.agents) {
        console.log(`${agent.role.padEnd(9)} ${agent.model}, tools ${agent.tools.join(" ")}, ${money(agent.costUsd)}`);
      }
      // What a step hands over is a structured result; its summary is always there.
      for (const step of result.steps) console.log(`${step.stepKey.padEnd(9)} → ${step.handoff?.summary}`);
      console.log(`answer    ${result.output}`);

      // A workflow's agents are deleted when their task ends. Their records stay.
      const living = (await orchestrator.listAgents({ taskId: result.taskId })).filter(
        (agent) => agent.status !== "deleted",
      );
      console.log(`living    ${living.length}`);
    } finally {
      await orchestrator.stop();
    }
  },
  script()
    .role("scout", [
      reply().tool("Grep", { pattern: "round", output_mode: "files_with_matches" }),
      (call) => handOver(call, call.lastToolResults[0]?.text.includes("round.js") ? "Only src/round.js." : "Nowhere."),
    ])
    .role("analyst", (call) =>
      handOver(call, call.userText.includes("Only src/round.js") ? "Up: Math.round, src/round.js:1." : "Not known."),
    )
    .role("reviewer", (call) => handOver(call, "src/round.js rounds half a cent up.")),
);
