import type { Orchestrator } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { interruptible, withOrchestrator } from "../session.js";
import { invalid } from "./options.js";
import { showRun } from "./show-run.js";

interface ResumeFlags {
  all?: true;
  json?: true;
}

export function registerResume(program: Command): void {
  program
    .command("resume")
    .description("go on with a task that was interrupted, is paused, or needed attention")
    .argument("[task-id]", "the id, or the beginning of it")
    .option("--all", "every task that was interrupted, one after another")
    .option("--json", "print the result as one JSON document and nothing else")
    .action(async (taskId: string | undefined, flags: ResumeFlags) => {
      if ((taskId === undefined) === (flags.all === undefined))
        throw invalid("resume needs a task, or --all", "See what was interrupted: orchestrator status");
      process.exitCode = await withOrchestrator({}, (orchestrator) =>
        interruptible(async (signal) => {
          const wanted = taskId === undefined ? await listInterrupted(orchestrator) : [taskId];
          if (wanted.length === 0 && !flags.json) console.log("No task was interrupted.");
          let worst = 0;
          for (const each of wanted) {
            if (signal.aborted) break;
            worst = Math.max(worst, await resume(orchestrator, each, flags.json === true, signal));
          }
          return worst;
        }),
      );
    });
}

async function listInterrupted(orchestrator: Orchestrator): Promise<string[]> {
  return (await orchestrator.listInterrupted()).map((task) => task.taskId).reverse();
}

async function resume(orchestrator: Orchestrator, given: string, isQuiet: boolean, signal: AbortSignal) {
  const { taskId, endedAt } = await orchestrator.getTaskDetails(given);
  const known = await orchestrator.lastEvent();
  return showRun(orchestrator, {
    isQuiet,
    signal,
    start: (follow) => {
      // One that has ended is refused by the library; there is nothing to be shown then.
      if (endedAt === null) follow(taskId, known);
      return orchestrator.resume(taskId, { signal });
    },
  });
}
