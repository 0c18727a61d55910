/** The public door of the library. */

export { AgentHandle, type AnsweredReply, type ContextUsage } from "./agent-handle.js";
export type { CreateAgentOptions } from "./agent-request.js";
export type { AgentReply, SendOptions } from "./agents/index.js";
export type { CleanedData } from "./clean-data.js";
export type { CleanedWorkspace } from "./clean-workspaces.js";
export type { Config } from "./config/index.js";
export {
  AGENT_STATUSES,
  type AgentStatus,
  ANALYST_CHOICES,
  type AnalystChoice,
  APPLY_MODES,
  type ApplyMode,
  type Census,
  type CheckCommand,
  type Complexity,
  ERROR_CODES,
  type ErrorCode,
  type ErrorRecord,
  EVENT_TYPES,
  type EventType,
  EXECUTION_MODES,
  type ExecutionMode,
  eventDataSchemas,
  FINDINGS,
  type FileChange,
  type Finding,
  isTaskEnded,
  OrchestratorError,
  PLAN_MODES,
  type PlanMode,
  STEP_KINDS,
  STEP_STATUSES,
  type StepKind,
  type StepStatus,
  type StoredEvent,
  type StoredEventOf,
  TASK_STATUSES,
  TASK_TYPES,
  type TaskStatus,
  type TaskType,
  UNCOMMITTED_CHOICES,
  type UncommittedChoice,
  type Usage,
  WHEN_BUSY,
  type WhenBusy,
} from "./domain/index.js";
export type { DataFinding } from "./examine-data.js";
export type { FleetHold, FleetStatus } from "./fleet-status.js";
export { PRICES_DATE } from "./ledger/index.js";
export { Orchestrator } from "./orchestrator.js";
export type { OrchestratorOptions } from "./orchestrator-options.js";
export type { AgentFilter, EventPage, EventsOptions, TaskFilter } from "./query-options.js";
export type { Role, RoleOptions } from "./roles/index.js";
export type { ModelEndpoint } from "./runtime/index.js";
export {
  type AgentRecord,
  type CheckRecord,
  COST_GROUPS,
  type CostGroup,
  type CostRow,
  type Draft,
  DURATION_GROUPS,
  type DurationGroup,
  type DurationRow,
  type LedgerFilter,
  type LedgerRow,
  type StepRecord,
  TASK_ORDERS,
  type TaskOrder,
  type TaskRecord,
  type UsageTotals,
  type WorkspaceRecord,
} from "./store/index.js";
export type { ApplyOptions, ApplyResult } from "./task-apply.js";
export type { ComparedCheck, ComparedStep, ComparedTask, Pair, TaskComparison } from "./task-compare.js";
export type { AgentDetails, TaskDetails, TaskDigest, TaskResult, TaskSummary } from "./task-details.js";
export type { DiffOptions, TaskDiff } from "./task-diff.js";
export type { ForkOptions } from "./task-fork.js";
export type { ResumeOptions } from "./task-launch.js";
export type {
  CustomWorkflowOptions,
  DependencyWorkflowOptions,
  EstimateOptions,
  ExecuteOptions,
  TaskOptions,
} from "./task-request.js";
export { type Estimate, type Forecast, type StepRequest, TEMPLATES, type Workflow } from "./workflows/index.js";
export type { KeptWork } from "./workspaces/index.js";
