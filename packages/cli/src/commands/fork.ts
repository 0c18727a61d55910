import type { Command } from "commander";
import { interruptible, withRehearsal } from "../session.js";
import { detach, tellTask } from "./detach.js";
import { parseUsd } from "./options.js";
import { showRun } from "./show-run.js";

interface ForkFlags {
  at: string;
  model?: string;
  prompt?: string;
  role?: string;
  budget?: string;
  rehearse?: true;
  detach?: true;
  json?: true;
}

export function registerFork(program: Command): void {
  program
    .command("fork")
    .description("run an ended task again from some step on, in another way; what came before is reused")
    .argument("<task-id>", "a task that has ended: the id, or the beginning of it")
    .requiredOption("--at <step>", "the first step that is run again, with all that comes after it")
    .option("--model <name>", "the model of that step and of those after it")
    .option("--prompt <text>", "in place of the task's prompt")
    .option("--role <name>", "in place of the step's role")
    .option("--budget <usd>", "end the new task when it has cost so much (default: the task's own)")
    .option("--rehearse", "let a script answer instead of a model: for a task that was a rehearsal")
    .option("--detach", "run in the background: prints the new task's id and survives the terminal")
    .option("--json", "print the result as one JSON document and nothing else")
    .action(async (taskId: string, flags: ForkFlags) => {
      process.exitCode = await fork(taskId, flags);
    });
}

async function fork(taskId: string, flags: ForkFlags): Promise<number> {
  const { at, model, prompt, role } = flags;
  const budgetUsd = flags.budget === undefined ? undefined : parseUsd(flags.budget);
  if (flags.detach) return detach({ workingDirectory: undefined, prompt: "", isJson: flags.json === true });
  return withRehearsal(flags.rehearse === true, {}, (orchestrator) =>
    interruptible((signal) =>
      showRun(orchestrator, {
        isQuiet: flags.json === true,
        signal,
        start: (follow) => {
          const onCreated = (id: string) => {
            tellTask(id);
            follow(id);
          };
          return orchestrator.fork(taskId, { at, model, prompt, role, budgetUsd, signal, onCreated });
        },
      }),
    ),
  );
}
