import type { Orchestrator } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { interruptible, withOrchestrator } from "../session.js";
import { showRun } from "./show-run.js";

export function registerResume(program: Command): void {
  program
    .command("resume")
    .description("go on with a task that needed attention, once you have seen to it")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--json", "print the result as one JSON document and nothing else")
    .action(async (taskId: string, flags: { json?: true }) => {
      process.exitCode = await withOrchestrator({}, (orchestrator) =>
        interruptible((signal) => resume(orchestrator, taskId, flags.json === true, signal)),
      );
    });
}

async function resume(orchestrator: Orchestrator, given: string, isQuiet: boolean, signal: AbortSignal) {
  const { taskId, status } = await orchestrator.getTaskDetails(given);
  const known = await orchestrator.lastEvent();
  return showRun(orchestrator, {
    isQuiet,
    signal,
    start: (follow) => {
      // Any other task is refused by the library; there is nothing to be shown then.
      if (status === "needs_attention") follow(taskId, known);
      return orchestrator.resume(taskId, { signal });
    },
  });
}
