// @ts-check
/** A graph of steps: `node examples/dependencies.mjs` */
import { Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import { script } from "@claude-orchestrator/rehearsal";
import { handOver, play } from "./stage.mjs";

await play(
  async ({ options, signal }) => {
    const orchestrator = new Orchestrator(options);
    await orchestrator.start();
    try {
      const result = await orchestrator.executeWithDependencies({
        prompt: "Is this project ready to be published? Change nothing.",
        steps: [
          { key: "files", role: "scout", instructions: "List what would be published." }, //          0
          { key: "licence", role: "analyst", instructions: "Is the licence stated everywhere?" }, //  1
          { key: "readme", role: "analyst", instructions: "Can a stranger begin with the README?" }, // 2
          { key: "verdict", role: "reviewer", instructions: "Ready or not, and why?" }, //            3
        ],
        // By position from 0: the two analysts wait for the scout and run side by side, the reviewer waits for both.
        dependencies: { 1: [0], 2: [0], 3: [1, 2] },
        signal,
      });

      const byEnd = [...result.steps].sort((a, b) => (a.endedAt ?? "").localeCompare(b.endedAt ?? ""));
      for (const { stepKey, dependsOn, status } of byEnd) {
        console.log(`${stepKey.padEnd(8)} after ${dependsOn.join(" and ") || "nothing"}: ${status}`);
      }
      console.log(`output   ${result.output}`);

      // A graph that could not run to its end is refused before anything is started.
      const circle = { prompt: "Never", steps: ["scout", "analyst"], dependencies: { 0: [1], 1: [0] } };
      await orchestrator.executeWithDependencies({ ...circle, signal }).catch((error) => {
        if (!OrchestratorError.is(error)) throw error;
        console.log(`refused  ${error.code}: ${error.message}`);
      });
    } finally {
      await orchestrator.stop();
    }
  },
  script()
    .role("scout", (call) => handOver(call, "README.md and src/round.js."))
    .role("analyst", (call) => handOver(call, call.userText.includes("licence") ? "No licence." : "It is enough."))
    .role("reviewer", (call) => {
      // Direct results come in full; of steps further back the summary is passed on.
      const told = ["No licence.", "It is enough.", "README.md and src/round.js."];
      const count = told.filter((result) => call.userText.includes(result)).length;
      return handOver(call, `Not ready: no licence. I was given ${count} results.`);
    }),
);
