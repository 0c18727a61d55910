import type { Command } from "commander";
import { paint } from "../output/format.js";
import { renderReport } from "../output/report.js";
import { exitCodeOf, INTERRUPTED_EXIT_CODE, interruptible, withOrchestrator } from "../session.js";

export function registerWait(program: Command): void {
  program
    .command("wait")
    .description("wait for the end of a task, whichever process runs it; ends with its exit code")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--json", "print the result as one JSON document and nothing else")
    .action(async (taskId: string, flags: { json?: true }) => {
      process.exitCode = await withOrchestrator({}, (orchestrator) =>
        interruptible(async (signal) => {
          const result = await orchestrator.wait(taskId, { signal }).catch((error: unknown) => {
            // Ctrl-C ends the wait, not the task.
            if (signal.aborted) return null;
            throw error;
          });
          if (!result) return INTERRUPTED_EXIT_CODE;
          if (flags.json) console.log(JSON.stringify(result, null, 2));
          else {
            console.log(renderReport(result));
            console.log(paint("gray", `\nMore: orchestrator task-details ${result.taskId}`));
          }
          return exitCodeOf(result);
        }),
      );
    });
}
