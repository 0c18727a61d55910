import {
  type Estimate,
  type ExecuteOptions,
  type Orchestrator,
  OrchestratorError,
  type TaskOptions,
  type TaskResult,
} from "@claude-orchestrator/core";
import type { Command } from "commander";
import { renderEstimate } from "../output/estimate.js";
import { formatCost, paint, plain } from "../output/format.js";
import { renderReport } from "../output/report.js";
import { createProgress, exitCodeOf, INTERRUPTED_EXIT_CODE, interruptible, withRehearsal } from "../session.js";
import { invalid, parseUsd, parseWhole } from "./options.js";

/** The options of every command that runs a task. */
export interface TaskFlags {
  file?: string;
  cwd?: string;
  model?: string;
  budget?: string;
  after?: string;
  priority?: string;
  rehearse?: true;
  json?: true;
}

/** Adds the options of every command that runs a task. */
export function addTaskOptions(command: Command): Command {
  return command
    .option("-f, --file <path>", "read the prompt from a file")
    .option("--cwd <directory>", "where the agents work (default: the current directory)")
    .option("--model <name>", "the model of every role that names none (default: DEFAULT_MODEL, sonnet)")
    .option("--budget <usd>", "end the task when it has cost so much")
    .option("--after <task-id>", "start when that task has succeeded")
    .option("--priority <number>", "-100 to 100: greater ones go first when not all steps can run")
    .option("--rehearse", "let a script answer instead of a model: free, and changes nothing")
    .option("--json", "print the result as one JSON document and nothing else");
}

/** What the flags say, for the library to check. */
export function readTaskOptions(prompt: string, flags: TaskFlags): TaskOptions {
  return {
    prompt,
    workingDirectory: flags.cwd,
    model: flags.model,
    budgetUsd: flags.budget === undefined ? undefined : parseUsd(flags.budget),
    after: flags.after,
    priority: flags.priority === undefined ? undefined : parseWhole(flags.priority, "The priority"),
  };
}

export interface TaskRun {
  flags: TaskFlags;
  options: TaskOptions;
  /** Starts it. */
  start(orchestrator: Orchestrator, options: ExecuteOptions): Promise<TaskResult>;
  /** Where it will work, and what is known of it; no estimate where an agent plans first. */
  foresee(orchestrator: Orchestrator): Promise<{ directory: string; estimate: Estimate | null }>;
}

/**
 * Runs a task with everything that a user sees of it.
 *
 * @returns the exit code
 */
export async function runTask(run: TaskRun): Promise<number> {
  const { flags } = run;
  const library = flags.cwd === undefined ? {} : { workingDirectory: flags.cwd };
  return withRehearsal(flags.rehearse === true, library, (orchestrator) =>
    interruptible((signal) => runWith(orchestrator, run, signal)),
  );
}

async function runWith(orchestrator: Orchestrator, run: TaskRun, signal: AbortSignal): Promise<number> {
  const { flags, options } = run;
  const isQuiet = flags.json === true;
  if (options.prompt.trim() === "")
    throw invalid("The prompt is empty", 'Say what is to be done: orchestrator execute "Fix the failing test"');
  const foreseen = isQuiet ? null : await run.foresee(orchestrator);
  const progress = await createProgress(orchestrator, isQuiet, signal);
  const onCreated = (taskId: string) => {
    if (foreseen) announce(run, foreseen);
    progress.follow(taskId);
  };
  let result: TaskResult;
  try {
    result = await run.start(orchestrator, { ...options, signal, onCreated });
  } catch (error) {
    if (signal.aborted && !OrchestratorError.is(error)) return INTERRUPTED_EXIT_CODE;
    throw error;
  } finally {
    await progress.stop();
  }
  if (isQuiet) console.log(JSON.stringify(result, null, 2));
  else {
    console.log(`\n${renderReport(result)}`);
    console.log(paint("gray", `\nMore: orchestrator task-details ${result.taskId}`));
  }
  return exitCodeOf(result);
}

function announce({ flags, options }: TaskRun, foreseen: { directory: string; estimate: Estimate | null }): void {
  const { directory, estimate } = foreseen;
  const lines = [
    paint(
      "yellow",
      `Agents work in ${plain(directory)} itself, one writer at a time. Commit or stash what you want to keep apart.`,
    ),
  ];
  if (flags.rehearse) {
    const what = "A script answers instead of a model. It looks around, changes nothing and costs nothing.";
    lines.push(paint("magenta", `This is a rehearsal. ${what}`));
  }
  lines.push(`Estimate: ${estimate ? renderEstimate(estimate) : "an agent plans first"}`);
  const least = estimate?.forecast?.costUsd?.low ?? 0;
  if (options.budgetUsd !== undefined && least > options.budgetUsd) {
    const cost = `such tasks have cost at least ${formatCost(least)} here`;
    lines.push(paint("yellow", `The budget of ${formatCost(options.budgetUsd)} will probably be reached: ${cost}.`));
  }
  console.log(`${lines.join("\n")}\n`);
}
