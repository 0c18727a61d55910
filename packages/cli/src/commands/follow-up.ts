import type { Command } from "commander";
import { invalid, readText } from "./options.js";
import { addTaskOptions, readTaskOptions, runTask, type TaskFlags } from "./run-task.js";

export function registerFollowUp(program: Command): void {
  const command = program
    .command("follow-up")
    .description("go on from a task that has ended: in its directory, with its results")
    .argument("<task-id>", "the id, or the beginning of it")
    .argument("[prompt...]", "what is to be done now; - reads it from standard input");
  addTaskOptions(command).action(async (taskId: string, words: string[], flags: TaskFlags) => {
    if (flags.cwd !== undefined)
      throw invalid("--cwd was given, but a follow-up works where its task did", "Leave it out.");
    const options = readTaskOptions(readText(words, flags.file), flags);
    process.exitCode = await runTask({
      flags,
      options,
      foresee: async (orchestrator) => {
        const { workingDirectory } = await orchestrator.getTaskDetails(taskId);
        const { prompt, inPlace } = options;
        const estimate = await orchestrator.estimate({ prompt, workingDirectory, inPlace });
        return { directory: workingDirectory, estimate, isPlannedByAgent: false };
      },
      start: (orchestrator, options) => orchestrator.followUp(taskId, options),
    });
  });
}
