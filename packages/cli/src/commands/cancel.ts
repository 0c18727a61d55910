import { isTaskEnded } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { withOrchestrator } from "../session.js";
import { invalid } from "./options.js";

export function registerCancel(program: Command): void {
  program
    .command("cancel")
    .description("ask for the end of a task, whichever process runs it; finished steps are kept")
    .argument("<task-id>", "the id, or the beginning of it")
    .action(async (taskId: string) => {
      const task = await withOrchestrator({}, async (orchestrator) => {
        const details = await orchestrator.getTaskDetails(taskId);
        if (isTaskEnded(details.status))
          throw invalid(`The task ${details.taskId} has ended already: it is ${details.status}`, "Nothing to do.");
        await orchestrator.cancel(details.taskId, "it was cancelled from the command line");
        return orchestrator.getTaskDetails(details.taskId);
      });
      console.log(
        isTaskEnded(task.status)
          ? `${task.taskId} is ${task.status}.`
          : `${task.taskId} is being ended. See: orchestrator task-details ${task.taskId}`,
      );
    });
}
