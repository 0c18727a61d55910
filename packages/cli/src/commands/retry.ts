import type { Command } from "commander";
import { interruptible, withOrchestrator } from "../session.js";
import { showRun } from "./show-run.js";

export function registerRetry(program: Command): void {
  program
    .command("retry")
    .description("run a step again that did not succeed, with what depends on it; finished steps are kept")
    .argument("<task-id>", "a task that has ended: the id, or the beginning of it")
    .argument("<step>", "the step's key")
    .option("--json", "print the result as one JSON document and nothing else")
    .action(async (given: string, step: string, flags: { json?: true }) => {
      process.exitCode = await withOrchestrator({}, (orchestrator) =>
        interruptible(async (signal) => {
          const { taskId } = await orchestrator.getTaskDetails(given);
          const known = await orchestrator.lastEvent();
          return showRun(orchestrator, {
            isQuiet: flags.json === true,
            signal,
            start: (follow) => {
              follow(taskId, known);
              return orchestrator.retry(taskId, step, { signal });
            },
          });
        }),
      );
    });
}
