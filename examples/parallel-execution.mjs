// @ts-check
/** Agents side by side take as long as the slowest: `node examples/parallel-execution.mjs` */
import { Orchestrator } from "@claude-orchestrator/core";
import { script } from "@claude-orchestrator/rehearsal";
import { handOver, play } from "./stage.mjs";

/** How long the scripted model thinks before it answers. */
const THINKING_MS = 1_500;

await play(
  async ({ options, signal }) => {
    // How many steps may run at once, over all processes that share the database; 5 unless told.
    const orchestrator = new Orchestrator({ ...options, maxParallelAgents: 3 });
    await orchestrator.start();
    try {
      const result = await orchestrator.executeCustomWorkflow({
        prompt: "Look at this project. Change nothing.",
        // The same role three times: a key tells the steps apart.
        roles: [
          { key: "names", role: "analyst", instructions: "Are the names clear?" },
          { key: "errors", role: "analyst", instructions: "Which errors are not handled?" },
          { key: "tests", role: "analyst", instructions: "What is not tested?" },
        ],
        parallel: true,
        signal,
      });

      const began = Math.min(...result.steps.map((step) => Date.parse(step.startedAt ?? "")));
      const secondsTo = (/** @type {string | null} */ time) => (Date.parse(time ?? "") - began) / 1_000;
      let sum = 0;
      for (const { stepKey, startedAt, endedAt, handoff } of result.steps) {
        const from = secondsTo(startedAt);
        const to = secondsTo(endedAt);
        sum += to - from;
        console.log(`${stepKey.padEnd(7)} ${from.toFixed(1)} s to ${to.toFixed(1)} s: ${handoff?.summary}`);
      }
      console.log(
        `one after another ${sum.toFixed(1)} s, side by side ${(result.metrics.durationMs / 1_000).toFixed(1)} s`,
      );
    } finally {
      await orchestrator.stop();
    }
  },
  script().role("analyst", (call) => {
    const part = call.userText.includes("names clear")
      ? "names"
      : call.userText.includes("errors")
        ? "errors"
        : "tests";
    return handOver(call, `I looked at the ${part}.`).delay(THINKING_MS);
  }),
);
