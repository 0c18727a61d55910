import { readFileSync } from "node:fs";
import {
  ANALYST_CHOICES,
  type AnalystChoice,
  type ExecuteOptions,
  type Orchestrator,
  OrchestratorError,
  TASK_TYPES,
  type TaskResult,
  type TaskType,
} from "@claude-orchestrator/core";
import type { Command } from "commander";
import { paint } from "../output/format.js";
import { renderReport } from "../output/report.js";
import { createProgress, exitCodeOf, INTERRUPTED_EXIT_CODE, interruptible, withOrchestrator } from "../session.js";

interface ExecuteFlags {
  file?: string;
  taskType: string;
  mode: string;
  analyst: string;
  roles?: string;
  dependencies?: string;
  cwd?: string;
  model?: string;
  budget?: string;
  rehearse?: true;
  json?: true;
}

export function registerExecute(program: Command): void {
  program
    .command("execute")
    .description("turn a prompt into a team of agents and run it to its end")
    .argument("[prompt...]", "what is to be done; - reads it from standard input")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("--task-type <type>", `one of ${TASK_TYPES.join(", ")}`, "auto")
    .option("--mode <mode>", "sequential or parallel", "sequential")
    .option("--analyst <choice>", `research first: ${ANALYST_CHOICES.join(", ")}`, "auto")
    .option("--roles <names>", "your own workflow: roles separated by commas")
    .option("--dependencies <json>", 'with --roles: by position from 0, e.g. {"1":[0],"2":[0,1]}')
    .option("--cwd <directory>", "where the agents work (default: the current directory)")
    .option("--model <name>", "the model of every role that names none (default: DEFAULT_MODEL, sonnet)")
    .option("--budget <usd>", "end the task when it has cost so much")
    .option("--rehearse", "let a script answer instead of a model: free, and changes nothing")
    .option("--json", "print the result as one JSON document and nothing else")
    .action(async (words: string[], flags: ExecuteFlags) => {
      process.exitCode = await execute(words, flags);
    });
}

async function execute(words: string[], flags: ExecuteFlags): Promise<number> {
  const options = parseFlags(words, flags);
  const rehearsal = flags.rehearse ? await startLookingAround() : null;
  try {
    const endpoint = rehearsal ? { endpoint: { baseUrl: rehearsal.url, rehearsal: true } } : {};
    const directory = flags.cwd ? { workingDirectory: flags.cwd } : {};
    return await withOrchestrator({ ...endpoint, ...directory }, (orchestrator) =>
      interruptible((signal) => runTask(orchestrator, options, flags, signal)),
    );
  } finally {
    await rehearsal?.close();
  }
}

async function startLookingAround() {
  const { lookAround, startRehearsalServer } = await import("@claude-orchestrator/rehearsal");
  return startRehearsalServer({ script: lookAround() });
}

async function runTask(
  orchestrator: Orchestrator,
  options: ExecuteOptions,
  flags: ExecuteFlags,
  signal: AbortSignal,
): Promise<number> {
  const isQuiet = flags.json === true;
  const progress = await createProgress(orchestrator, isQuiet);
  const onCreated = (taskId: string) => {
    if (!isQuiet) announce(options.workingDirectory ?? process.cwd(), flags.rehearse === true);
    progress.follow(taskId);
  };
  let result: TaskResult;
  try {
    result = await start(orchestrator, { ...options, signal, onCreated }, flags);
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

function start(orchestrator: Orchestrator, options: ExecuteOptions, flags: ExecuteFlags): Promise<TaskResult> {
  if (!flags.roles) return orchestrator.execute(options);
  const roles = flags.roles
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const { prompt, workingDirectory, model, budgetUsd, signal, onCreated } = options;
  const common = { prompt, workingDirectory, model, budgetUsd, signal, onCreated };
  if (flags.dependencies === undefined)
    return orchestrator.executeCustomWorkflow({ ...common, roles, parallel: flags.mode === "parallel" });
  return orchestrator.executeWithDependencies({
    ...common,
    steps: roles,
    dependencies: parseDependencies(flags.dependencies),
  });
}

function announce(directory: string, isRehearsal: boolean): void {
  console.log(
    paint(
      "yellow",
      `Agents work in ${directory} itself, one writer at a time. Commit or stash what you want to keep apart.`,
    ),
  );
  if (isRehearsal)
    console.log(
      paint(
        "magenta",
        "This is a rehearsal: a script answers instead of a model. It looks around, changes nothing and costs nothing.",
      ),
    );
  console.log("");
}

function parseFlags(words: string[], flags: ExecuteFlags): ExecuteOptions {
  if (flags.mode !== "sequential" && flags.mode !== "parallel")
    throw invalid(`"${flags.mode}" is not a mode`, "The modes are: sequential, parallel.");
  if (!ANALYST_CHOICES.includes(flags.analyst as AnalystChoice))
    throw invalid(
      `"${flags.analyst}" is not a choice for --analyst`,
      `The choices are: ${ANALYST_CHOICES.join(", ")}.`,
    );
  if (flags.dependencies !== undefined && !flags.roles)
    throw invalid("--dependencies was given without --roles", "Name the roles that the positions stand for.");
  if (flags.roles !== undefined && flags.roles.trim() === "")
    throw invalid("--roles names no role", "For example: --roles scout,builder");
  return {
    prompt: readPrompt(words, flags.file),
    // The library checks what it is; here it is only carried.
    taskType: flags.taskType as TaskType,
    executionMode: flags.mode,
    includeAnalyst: flags.analyst as AnalystChoice,
    workingDirectory: flags.cwd,
    model: flags.model,
    budgetUsd: flags.budget === undefined ? undefined : parseBudget(flags.budget),
  };
}

function parseBudget(value: string): number {
  const amount = Number(value.replace(/^\$/, ""));
  if (value.trim() !== "" && Number.isFinite(amount)) return amount;
  throw invalid(`The budget "${value}" is not a number`, "Give US dollars, for example --budget 0.50");
}

function readPrompt(words: string[], file: string | undefined): string {
  if (file !== undefined && words.length > 0)
    throw invalid("The prompt was given twice, as words and as a file", "Give one of them.");
  if (file === undefined && !(words.length === 1 && words[0] === "-")) return words.join(" ");
  const source = file === undefined || file === "-" ? 0 : file;
  try {
    return readFileSync(source, "utf8");
  } catch (error) {
    throw invalid(
      `The prompt cannot be read from ${source === 0 ? "standard input" : source} (${(error as NodeJS.ErrnoException).code})`,
      "Name a file that exists and that you may read.",
    );
  }
}

function parseDependencies(text: string): Record<number, number[]> {
  const example = 'Give positions from 0, for example {"1":[0],"2":[0,1]}.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(`--dependencies is not JSON: ${text}`, example);
  }
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap || !Object.values(value as object).every((list) => Array.isArray(list) && list.every(Number.isInteger))) {
    throw invalid(`--dependencies does not map positions to lists of positions: ${text}`, example);
  }
  return value as Record<number, number[]>;
}

function invalid(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `${problem}.`, remedy);
}
