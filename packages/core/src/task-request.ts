import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { checkOptions } from "./check-options.js";
import type { Config } from "./config/index.js";
import {
  ANALYST_CHOICES,
  type AnalystChoice,
  type ExecutionMode,
  OrchestratorError,
  type TaskType,
  UNCOMMITTED_CHOICES,
  type UncommittedChoice,
} from "./domain/index.js";
import { findPrice } from "./ledger/index.js";
import { MODEL_NAME, type RoleOptions } from "./roles/index.js";
import { parseTaskType, STEP_KEY, STEP_KEY_RULE, type StepRequest } from "./workflows/index.js";

/** What every way of starting a task takes. Everything but the prompt has a default. */
export interface TaskOptions {
  prompt: string;
  /** The orchestrator's own by default. */
  workingDirectory?: string | undefined;
  /** The configuration's by default. */
  model?: string | undefined;
  /** USD; reaching it ends the task. */
  budgetUsd?: number | undefined;
  /** A task that must have succeeded before this one starts: its id, or the beginning of it. */
  after?: string | undefined;
  /** -100 to 100, 0 by default: steps of a task with a greater one go first when not all can run. */
  priority?: number | undefined;
  /** Agents work in the directory itself; otherwise, in a git repository, in a worktree on a branch of the task's own. */
  inPlace?: boolean | undefined;
  /** `bring`: your uncommitted changes are in the worktree too; `leave`: it begins with your commit alone. */
  uncommitted?: UncommittedChoice | undefined;
  /** A task that no check has proven counts as failed. */
  requireChecks?: boolean | undefined;
  /** Ends the task when it is aborted. */
  signal?: AbortSignal | undefined;
  /** Told the id as soon as the task is recorded. */
  onCreated?: ((taskId: string) => void) | undefined;
}

/** What `execute` takes. */
export interface ExecuteOptions extends TaskOptions {
  /** `auto` by default: found from the prompt. */
  taskType?: TaskType | undefined;
  executionMode?: Exclude<ExecutionMode, "dependencies"> | undefined;
  /** `auto` by default: where the complexity asks for research. */
  includeAnalyst?: AnalystChoice | undefined;
  /** `template` by default. `ai`: an agent plans the workflow; the template is used when its plan cannot be. */
  plan?: "template" | "ai" | undefined;
  /** A workflow of `.orchestrator/workflows/`, by name, in place of a template. */
  workflow?: string | undefined;
}

/** The caller's own roles, one after another or all at once. */
export interface CustomWorkflowOptions extends TaskOptions {
  /** Names of roles, or roles with instructions of their own. */
  roles: readonly (string | StepRequest)[];
  /** All at once; one after another by default. */
  parallel?: boolean | undefined;
}

/** The caller's own graph. */
export interface DependencyWorkflowOptions extends TaskOptions {
  steps: readonly (string | StepRequest)[];
  /** By position from 0, the positions that a step depends on. */
  dependencies: Readonly<Record<number, readonly number[]>>;
}

/** What `estimate` takes: what shapes the plan. */
export interface EstimateOptions
  extends Pick<
    ExecuteOptions,
    "prompt" | "workingDirectory" | "taskType" | "executionMode" | "includeAnalyst" | "workflow" | "inPlace"
  > {
  /** The caller's own roles, in place of a template. */
  roles?: readonly (string | StepRequest)[] | undefined;
}

const roleShape = {
  systemPrompt: z.unknown(),
  model: z.unknown(),
  tools: z.unknown(),
  maxTokens: z.unknown(),
  maxTurns: z.unknown(),
  timeoutMinutes: z.unknown(),
  temperature: z.unknown(),
} satisfies Record<keyof RoleOptions, z.ZodType>;

/** The fields of a role are checked by the room that knows roles. */
export const ROLE_OPTIONS = z.object(roleShape).partial().shape;

const stepObjectSchema = z.strictObject({
  role: z.string(),
  instructions: z.string().optional(),
  key: z.string().regex(STEP_KEY, STEP_KEY_RULE).optional(),
  ...ROLE_OPTIONS,
});
const stepSchema = z.union([z.string(), stepObjectSchema], {
  error: 'the name of a role is expected, or a step such as { role: "scout" }',
});

const taskShape = {
  prompt: z.string(),
  workingDirectory: z.string().min(1, "a directory is expected").optional(),
  model: z.string().optional(),
  budgetUsd: z.number().optional(),
  after: z.string().optional(),
  priority: z.number().int().min(-100).max(100).optional(),
  inPlace: z.boolean().optional(),
  uncommitted: z.enum(UNCOMMITTED_CHOICES).optional(),
  requireChecks: z.boolean().optional(),
  signal: z.instanceof(AbortSignal).optional(),
  onCreated: z
    .custom<(taskId: string) => void>((value) => typeof value === "function", "a function is expected")
    .optional(),
};
const executeSchema = z.strictObject({
  ...taskShape,
  taskType: z.string().optional(),
  executionMode: z.enum(["sequential", "parallel"]).optional(),
  includeAnalyst: z.enum(ANALYST_CHOICES).optional(),
  plan: z.enum(["template", "ai"]).optional(),
  workflow: z.string().optional(),
});
const customSchema = z.strictObject({
  ...taskShape,
  roles: z.array(stepSchema),
  parallel: z.boolean().optional(),
});
const dependencySchema = z.strictObject({
  ...taskShape,
  steps: z.array(stepSchema),
  dependencies: z.record(z.string(), z.array(z.number())),
});

const SCHEMAS = {
  execute: executeSchema,
  executeCustomWorkflow: customSchema,
  executeWithDependencies: dependencySchema,
  estimate: executeSchema
    .pick({
      prompt: true,
      workingDirectory: true,
      taskType: true,
      executionMode: true,
      includeAnalyst: true,
      workflow: true,
      inPlace: true,
    })
    .extend({ roles: z.array(stepSchema).optional() }),
};

/** Checks the options of a call as a whole: no unknown ones, each of its type. */
export function checkCall(call: keyof typeof SCHEMAS, options: unknown): void {
  checkOptions(SCHEMAS[call], options, call, Object.keys(stepObjectSchema.shape));
}

/** A request whose every field has been checked. */
export interface TaskRequest {
  prompt: string;
  taskType: TaskType;
  executionMode: ExecutionMode;
  includeAnalyst: AnalystChoice;
  workingDirectory: string;
  model: string;
  budgetUsd: number | null;
  priority: number;
  /** `null`: as the directory's settings say. */
  inPlace: boolean | null;
  uncommitted: UncommittedChoice | null;
  requireChecks: boolean;
}

const MAX_PROMPT_CHARACTERS = 100_000;

/**
 * Checks a request before anything is recorded or started.
 *
 * @param options - what the caller gave
 * @param defaults - what fills the gaps
 * @throws OrchestratorError `invalid_input` that names the value, the rule and the remedy
 */
export function parseTaskRequest(
  options: Omit<ExecuteOptions, "executionMode"> & { executionMode?: ExecutionMode | undefined },
  defaults: { workingDirectory: string; config: Config; rehearsal: boolean },
): TaskRequest {
  const { config, rehearsal } = defaults;
  const model = parseModel(options.model ?? config.defaultModel);
  const dailyBudgetUsd = rehearsal ? null : config.dailyBudgetUsd;
  const budgetUsd = options.budgetUsd === undefined ? null : parseBudget(options.budgetUsd, config);
  if (budgetUsd !== null || dailyBudgetUsd !== null) requirePrice(model, config);
  return {
    prompt: parsePrompt(options.prompt),
    taskType: parseTaskType(options.taskType ?? "auto"),
    executionMode: options.executionMode ?? "sequential",
    includeAnalyst: options.includeAnalyst ?? "auto",
    workingDirectory: parseDirectory(options.workingDirectory ?? defaults.workingDirectory),
    model,
    budgetUsd,
    priority: options.priority ?? 0,
    inPlace: options.inPlace ?? null,
    uncommitted: options.uncommitted ?? null,
    requireChecks: options.requireChecks ?? false,
  };
}

/** @throws OrchestratorError `invalid_input` for what is no model's name */
export function parseModel(model: string): string {
  if (MODEL_NAME.test(model)) return model;
  throw invalid(
    `The model ${JSON.stringify(model)} is not a model name`,
    "Give a name such as sonnet, opus or claude-sonnet-5-5.",
  );
}

/** @throws OrchestratorError `invalid_input` for a text that is empty or too long to be a prompt or message */
export function parsePrompt(
  prompt: string,
  example = 'Say what is to be done: orchestrator execute "Fix the failing test"',
): string {
  if (typeof prompt !== "string" || prompt.trim() === "") throw invalid("The prompt is empty", example);
  if (prompt.length > MAX_PROMPT_CHARACTERS) {
    throw invalid(
      `The prompt has ${prompt.length} characters; at most ${MAX_PROMPT_CHARACTERS} are allowed`,
      "Put the long part into a file in the working directory and name it in the prompt.",
    );
  }
  return prompt;
}

/** @throws OrchestratorError `invalid_input` for what is no directory that can be read */
export function parseDirectory(given: string): string {
  if (given.trim() === "") throw invalid("The working directory is empty", "Name a directory, or leave it out.");
  const directory = resolve(given);
  try {
    if (!statSync(directory).isDirectory())
      throw invalid(`The working directory ${directory} is a file`, "Name a directory.");
    accessSync(directory, constants.R_OK | constants.X_OK);
    return realpathSync(directory);
  } catch (error) {
    if (OrchestratorError.is(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const problem = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    throw invalid(
      `The working directory ${directory} ${problem}`,
      "Name a directory that exists and that you may read.",
    );
  }
}

function parseBudget(budgetUsd: number, config: Config): number {
  if (!(Number.isFinite(budgetUsd) && budgetUsd > 0))
    throw invalid(`The budget ${budgetUsd} is not an amount above 0`, "Give US dollars, for example --budget 0.50");
  if (!config.costTracking)
    throw invalid(
      "A budget needs cost tracking, which is off",
      "Set ENABLE_COST_TRACKING=true, or leave the budget out.",
    );
  return budgetUsd;
}

/** @throws OrchestratorError `invalid_input` for a model without a known price: a budget could not be kept */
export function requirePrice(model: string, config: Config): void {
  if (findPrice(model, config.prices)) return;
  throw invalid(
    `The price of the model "${model}" is not known, so a budget could not be kept`,
    "Give its price under prices: in .orchestrator/config.yaml, or leave the budget out.",
  );
}

function invalid(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `${problem}.`, remedy);
}
