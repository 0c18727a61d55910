import { isTaskEnded } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { withOrchestrator } from "../session.js";

export function registerPause(program: Command): void {
  program
    .command("pause")
    .description("start nothing new of a task until it is resumed, whichever process runs it")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--now", "stop what runs, too; its agents go on with their conversations later")
    .action(async (given: string, flags: { now?: true }) => {
      const { taskId, status } = await withOrchestrator({}, async (orchestrator) => {
        const task = await orchestrator.getTaskDetails(given);
        await orchestrator.pause(task.taskId, { interrupt: flags.now === true });
        return orchestrator.getTaskDetails(task.taskId);
      });
      if (isTaskEnded(status)) return console.log(`${taskId} has ended before: it is ${status}.`);
      const stopped = status === "paused" ? "is stopped, to be gone on with later" : "is being stopped";
      const what = flags.now ? stopped : "starts nothing new; what runs is finished";
      console.log(`${taskId} ${what}. Go on: orchestrator resume ${taskId}`);
    });
}
