import type { ModelEndpoint } from "./runtime/index.js";
import type { ExecuteOptions } from "./task-request.js";
import type { StepRequest } from "./workflows/index.js";

/** How the library is opened. Everything has a default. */
export interface OrchestratorOptions {
  /** Where agents work unless a task says otherwise; the current directory by default. */
  workingDirectory?: string;
  /** The database file; `<data>/orchestrator.db` by default. */
  databasePath?: string;
  /** The data folder; `~/.orchestrator` by default. */
  home?: string;
  /** Agent logs on disk; on by default. */
  enableMonitoring?: boolean;
  defaultModel?: string;
  maxParallelAgents?: number;
  /** What stands for `process.env`. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Sends model calls to this endpoint, whatever the environment says. */
  endpoint?: ModelEndpoint;
}

/** The caller's own roles, one after another or all at once. */
export type CustomWorkflowOptions = Omit<ExecuteOptions, "taskType" | "executionMode" | "includeAnalyst"> & {
  /** Names of roles, or roles with instructions of their own. */
  roles: readonly (string | StepRequest)[];
  /** All at once; one after another by default. */
  parallel?: boolean | undefined;
};

/** The caller's own graph. */
export type DependencyWorkflowOptions = Omit<ExecuteOptions, "taskType" | "executionMode" | "includeAnalyst"> & {
  steps: readonly (string | StepRequest)[];
  /** By position from 0, the positions that a step depends on. */
  dependencies: Readonly<Record<number, readonly number[]>>;
};

/** A role's name stands for a step of that role. */
export function toStepRequest(step: string | StepRequest): StepRequest {
  return typeof step === "string" ? { role: step } : step;
}
