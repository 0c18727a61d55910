// @ts-check
/** One prompt in, a result out: `node examples/basic-orchestration.mjs` */
import { Orchestrator } from "@claude-orchestrator/core";
import { reply, script } from "@claude-orchestrator/rehearsal";
import { handOver, money, play } from "./stage.mjs";

await play(
  async ({ options, signal }) => {
    const orchestrator = new Orchestrator(options);
    await orchestrator.start();
    try {
      const prompt = "Add a NOTES.md that says in three lines what this project is.";

      // What would it be? This asks no model.
      const estimate = await orchestrator.estimate({ prompt });
      console.log(`planned    ${estimate.taskType}: ${estimate.steps.map((step) => step.key).join(" → ")}`);

      // Everything but the prompt has a default. A budget is kept while the task runs.
      const result = await orchestrator.execute({ prompt, budgetUsd: 0.5, signal });

      console.log(`status     ${result.status}, success ${result.success}, verified ${result.verified}`);
      console.log(`output     ${result.output}`);
      for (const step of result.steps) console.log(`step       ${step.stepKey} ${step.status}`);
      for (const file of result.files.produced) console.log(`file       ${file.kind} ${file.path} +${file.linesAdded}`);
      console.log(`cost       ${money(result.metrics.totalCostUsd)} in ${result.metrics.modelCalls} model calls`);
      if (result.error) console.log(`error      ${result.error.code}: ${result.error.message} ${result.error.hint}`);
    } finally {
      await orchestrator.stop();
    }
  },
  script()
    .role("builder", [
      (call) =>
        reply().tool("Write", {
          file_path: `${call.workingDirectory}/NOTES.md`,
          content: "# Notes\n\nAdds up prices and rounds them.\n",
        }),
      (call) => handOver(call, "NOTES.md says what the project is."),
    ])
    .role("tester", (call) => handOver(call, "The note is there.")),
);
