/** The public door of the library. */

export type { Config } from "./config/index.js";
export {
  AGENT_STATUSES,
  type AgentStatus,
  ANALYST_CHOICES,
  type AnalystChoice,
  type Census,
  type Complexity,
  ERROR_CODES,
  type ErrorCode,
  type ErrorRecord,
  EXECUTION_MODES,
  type ExecutionMode,
  type FileChange,
  isTaskEnded,
  OrchestratorError,
  type StepStatus,
  type StoredEvent,
  TASK_STATUSES,
  TASK_TYPES,
  type TaskStatus,
  type TaskType,
  type Usage,
} from "./domain/index.js";
export type { FleetStatus } from "./fleet-status.js";
export { PRICES_DATE } from "./ledger/index.js";
export { Orchestrator } from "./orchestrator.js";
export type { CustomWorkflowOptions, DependencyWorkflowOptions, OrchestratorOptions } from "./orchestrator-options.js";
export type { Role } from "./roles/index.js";
export type { ModelEndpoint } from "./runtime/index.js";
export type { AgentRecord, LedgerRow, StepRecord, TaskRecord, UsageTotals } from "./store/index.js";
export type { TaskDetails, TaskResult } from "./task-details.js";
export type { ExecuteOptions } from "./task-request.js";
export type { StepRequest } from "./workflows/index.js";
