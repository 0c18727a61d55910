import {
  type Estimate,
  type ExecuteOptions,
  type Orchestrator,
  type TaskOptions,
  type TaskResult,
  UNCOMMITTED_CHOICES,
} from "@claude-orchestrator/core";
import type { Command } from "commander";
import { renderEstimate } from "../output/estimate.js";
import { formatCost, paint, wrap } from "../output/format.js";
import { describePlace, describeProof } from "../output/workspace.js";
import { interruptible, withRehearsal } from "../session.js";
import { detach, tellTask } from "./detach.js";
import { invalid, parseChoice, parseUsd, parseWhole } from "./options.js";
import { showRun } from "./show-run.js";

/** The options of every command that runs a task. */
export interface TaskFlags {
  file?: string;
  cwd?: string;
  model?: string;
  budget?: string;
  after?: string;
  priority?: string;
  inPlace?: true;
  uncommitted?: string;
  requireChecks?: true;
  rehearse?: true;
  json?: true;
  detach?: true;
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
    .option("--in-place", "agents work in the directory itself, not on a copy of the repository")
    .option("--uncommitted <choice>", "bring your uncommitted changes into the copy, or leave them (default: bring)")
    .option("--require-checks", "a task that no check has proven fails")
    .option("--rehearse", "let a script answer instead of a model: free, and changes nothing")
    .option("--detach", "run in the background: prints the task's id and survives the terminal")
    .option("--json", "print the result as one JSON document and nothing else");
}

/** What the flags say, for the library to check. */
export function readTaskOptions(prompt: string, flags: TaskFlags): TaskOptions {
  const { uncommitted } = flags;
  if (flags.inPlace && uncommitted !== undefined)
    throw invalid("--uncommitted was given with --in-place, which works on your files as they are", "Leave one out.");
  return {
    prompt,
    workingDirectory: flags.cwd,
    model: flags.model,
    budgetUsd: flags.budget === undefined ? undefined : parseUsd(flags.budget),
    after: flags.after,
    priority: flags.priority === undefined ? undefined : parseWhole(flags.priority, "The priority"),
    inPlace: flags.inPlace,
    uncommitted:
      uncommitted === undefined
        ? undefined
        : parseChoice(uncommitted, UNCOMMITTED_CHOICES, "a choice for --uncommitted"),
    requireChecks: flags.requireChecks,
  };
}

/** What is known of a task before it runs. */
export interface Foresight {
  /** Where it will work. */
  directory: string;
  estimate: Estimate;
  /** The steps of the estimate are a guess then: an agent plans first. */
  isPlannedByAgent: boolean;
}

export interface TaskRun {
  flags: TaskFlags;
  options: TaskOptions;
  /** Starts it. */
  start(orchestrator: Orchestrator, options: ExecuteOptions): Promise<TaskResult>;
  foresee(orchestrator: Orchestrator): Promise<Foresight>;
}

/**
 * Runs a task with everything that a user sees of it.
 *
 * @returns the exit code
 */
export async function runTask(run: TaskRun): Promise<number> {
  const { flags } = run;
  if (flags.detach)
    return detach({ workingDirectory: flags.cwd, prompt: run.options.prompt, isJson: flags.json === true });
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
  return showRun(orchestrator, {
    isQuiet,
    signal,
    start: (follow) => {
      const onCreated = (taskId: string) => {
        tellTask(taskId);
        if (foreseen) announce(run, foreseen);
        follow(taskId);
      };
      return run.start(orchestrator, { ...options, signal, onCreated });
    },
  });
}

/** What a user should know before agents begin: where they work, what proves the work, what it will probably cost. */
function announce({ flags, options }: TaskRun, { directory, estimate, isPlannedByAgent }: Foresight): void {
  const lines = [paint("yellow", wrap(describePlace(estimate.workspaceKind, directory), 0))];
  if (flags.rehearse) {
    const what = "A script answers instead of a model. It looks around, changes nothing and costs nothing.";
    lines.push(paint("magenta", `This is a rehearsal. ${what}`));
  }
  lines.push(wrap(describeProof(estimate, { isPlannedByAgent, requireChecks: flags.requireChecks === true }), 0));
  lines.push(`Estimate: ${isPlannedByAgent ? "an agent plans first" : renderEstimate(estimate)}`);
  const least = isPlannedByAgent ? 0 : (estimate.forecast?.costUsd?.low ?? 0);
  if (options.budgetUsd !== undefined && least > options.budgetUsd) {
    const cost = `such tasks have cost at least ${formatCost(least)} here`;
    lines.push(paint("yellow", `The budget of ${formatCost(options.budgetUsd)} will probably be reached: ${cost}.`));
  }
  console.log(`${lines.join("\n")}\n`);
}
