import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "./config/index.js";
import { type AnalystChoice, type ExecutionMode, OrchestratorError, type TaskType } from "./domain/index.js";
import { findPrice } from "./ledger/index.js";
import { parseTaskType } from "./workflows/index.js";

/** What `execute` takes. Everything but the prompt has a default. */
export interface ExecuteOptions {
  prompt: string;
  /** `auto` by default: found from the prompt. */
  taskType?: TaskType | undefined;
  executionMode?: Exclude<ExecutionMode, "dependencies"> | undefined;
  /** `auto` by default: where the complexity asks for research. */
  includeAnalyst?: AnalystChoice | undefined;
  /** The orchestrator's own by default. */
  workingDirectory?: string | undefined;
  /** The configuration's by default. */
  model?: string | undefined;
  /** USD; reaching it ends the task. */
  budgetUsd?: number | undefined;
  /** Ends the task when it is aborted. */
  signal?: AbortSignal | undefined;
  /** Told the id as soon as the task is recorded. */
  onCreated?: ((taskId: string) => void) | undefined;
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
  defaults: { workingDirectory: string; config: Config },
): TaskRequest {
  const model = options.model ?? defaults.config.defaultModel;
  if (!/^[\w.:/@[\]-]{1,200}$/.test(model))
    throw invalid(
      `The model ${JSON.stringify(model)} is not a model name`,
      "Give a name such as sonnet, opus or claude-sonnet-5-5.",
    );
  return {
    prompt: checkPrompt(options.prompt),
    taskType: parseTaskType(options.taskType ?? "auto"),
    executionMode: options.executionMode ?? "sequential",
    includeAnalyst: options.includeAnalyst ?? "auto",
    workingDirectory: checkDirectory(resolve(options.workingDirectory ?? defaults.workingDirectory)),
    model,
    budgetUsd: checkBudget(options.budgetUsd, model, defaults.config),
  };
}

function checkPrompt(prompt: string): string {
  if (typeof prompt !== "string" || prompt.trim() === "")
    throw invalid("The prompt is empty", 'Say what is to be done: orchestrator execute "Fix the failing test"');
  if (prompt.length > MAX_PROMPT_CHARACTERS) {
    throw invalid(
      `The prompt has ${prompt.length} characters; at most ${MAX_PROMPT_CHARACTERS} are allowed`,
      "Put the long part into a file in the working directory and name it in the prompt.",
    );
  }
  return prompt;
}

function checkDirectory(directory: string): string {
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

function checkBudget(budgetUsd: number | undefined, model: string, config: Config): number | null {
  if (budgetUsd === undefined) return null;
  if (!(Number.isFinite(budgetUsd) && budgetUsd > 0))
    throw invalid(`The budget ${budgetUsd} is not an amount above 0`, "Give US dollars, for example --budget 0.50");
  if (!config.costTracking)
    throw invalid(
      "A budget needs cost tracking, which is off",
      "Set ENABLE_COST_TRACKING=true, or leave the budget out.",
    );
  if (!findPrice(model, config.prices)) {
    throw invalid(
      `The price of the model "${model}" is not known, so a budget could not be kept`,
      "Give its price under prices: in .orchestrator/config.yaml, or leave the budget out.",
    );
  }
  return budgetUsd;
}

function invalid(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `${problem}.`, remedy);
}
