import {
  ANALYST_CHOICES,
  type ExecuteOptions,
  type Orchestrator,
  TASK_TYPES,
  type TaskResult,
} from "@claude-orchestrator/core";
import type { Command } from "commander";
import { invalid, parseChoice, parseNames, readText } from "./options.js";
import { addTaskOptions, readTaskOptions, runTask, type TaskFlags } from "./run-task.js";

interface ExecuteFlags extends TaskFlags {
  taskType?: string;
  mode: string;
  analyst?: string;
  plan?: string;
  workflow?: string;
  roles?: string;
  dependencies?: string;
}

const MODES = ["sequential", "parallel"] as const;

export function registerExecute(program: Command): void {
  const command = program
    .command("execute")
    .description("turn a prompt into a team of agents and run it to its end")
    .argument("[prompt...]", "what is to be done; - reads it from standard input")
    .option("--task-type <type>", `one of ${TASK_TYPES.join(", ")} (default: auto)`)
    .option("--mode <mode>", MODES.join(" or "), "sequential")
    .option("--analyst <choice>", `research first: ${ANALYST_CHOICES.join(", ")} (default: auto)`)
    .option("--plan <planner>", "template, or ai: an agent plans the workflow (default: template)")
    .option("--workflow <name>", "a workflow of .orchestrator/workflows/")
    .option("--roles <names>", "your own workflow: roles separated by commas")
    .option("--dependencies <json>", 'with --roles: by position from 0, e.g. {"1":[0],"2":[0,1]}');
  addTaskOptions(command).action(async (words: string[], flags: ExecuteFlags) => {
    process.exitCode = await execute(words, flags);
  });
}

async function execute(words: string[], flags: ExecuteFlags): Promise<number> {
  refuseContradictions(flags);
  const executionMode = parseChoice(flags.mode, MODES, "a mode");
  const includeAnalyst =
    flags.analyst === undefined ? undefined : parseChoice(flags.analyst, ANALYST_CHOICES, "a choice for --analyst");
  const taskType = flags.taskType === undefined ? undefined : parseChoice(flags.taskType, TASK_TYPES, "a task type");
  const plan = flags.plan === undefined ? undefined : parseChoice(flags.plan, ["template", "ai"], "a way to plan");
  const { workflow } = flags;
  const roles = flags.roles === undefined ? undefined : parseNames(flags.roles);
  const dependencies = flags.dependencies === undefined ? undefined : parseDependencies(flags.dependencies);
  const options = readTaskOptions(readText(words, flags.file), flags);
  return runTask({
    flags,
    options,
    foresee: async (orchestrator) => {
      const { prompt, inPlace, workingDirectory } = options;
      const shape = { prompt, taskType, executionMode, includeAnalyst, workflow, roles, inPlace };
      return {
        directory: workingDirectory ?? process.cwd(),
        estimate: await orchestrator.estimate(shape),
        isPlannedByAgent: plan === "ai",
      };
    },
    start: (orchestrator: Orchestrator, given: ExecuteOptions): Promise<TaskResult> => {
      if (!roles) return orchestrator.execute({ ...given, taskType, executionMode, includeAnalyst, plan, workflow });
      if (dependencies) return orchestrator.executeWithDependencies({ ...given, steps: roles, dependencies });
      return orchestrator.executeCustomWorkflow({ ...given, roles, parallel: executionMode === "parallel" });
    },
  });
}

function refuseContradictions(flags: ExecuteFlags): void {
  const { roles, dependencies, workflow, taskType, analyst, plan } = flags;
  if (dependencies !== undefined && roles === undefined)
    throw invalid("--dependencies was given without --roles", "Name the roles that the positions stand for.");
  if (roles !== undefined && parseNames(roles).length === 0)
    throw invalid("--roles names no role", "For example: --roles scout,builder");
  const source = roles === undefined ? (workflow === undefined ? null : "--workflow") : "--roles";
  const others = { "--workflow": workflow, "--task-type": taskType, "--analyst": analyst, "--plan": plan };
  for (const [name, value] of Object.entries(others)) {
    if (source !== null && name !== source && value !== undefined)
      throw invalid(`${name} was given with ${source}, which says already what runs`, "Give one of them.");
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
