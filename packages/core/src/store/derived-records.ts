import type {
  AgentSettings,
  AgentStatus,
  AnalystChoice,
  Census,
  CheckCommand,
  Complexity,
  ErrorRecord,
  EventData,
  ExecutionMode,
  FileChange,
  Finding,
  Fork,
  PlanMode,
  RoleOverrides,
  SkippedRole,
  StepKind,
  StepStatus,
  TaskStatus,
  TaskType,
  UncommittedChoice,
  Usage,
  WhenBusy,
  WorkspaceKind,
} from "../domain/index.js";

/** A task as derived from its events, with what it has used. */
export interface TaskRecord extends UsageTotals {
  taskId: string;
  prompt: string;
  workingDirectory: string;
  taskType: TaskType;
  executionMode: ExecutionMode;
  includeAnalyst: AnalystChoice;
  model: string;
  budgetUsd: number | null;
  rehearsal: boolean;
  status: TaskStatus;
  complexity: Complexity | null;
  complexityReasons: string[];
  planMode: PlanMode | null;
  /** The name of the workflow file, where one was used. */
  workflow: string | null;
  /** Why a planner planned as it did; empty for any other plan. */
  rationale: string;
  /** Why the template was taken in place of a planner's answer. */
  fallbackReason: string | null;
  skippedRoles: SkippedRole[];
  /** Steps of a task with a greater number go first when not all can run. */
  priority: number;
  /** The task that must have succeeded before this one starts. */
  afterTaskId: string | null;
  /** The task whose results this one builds on. */
  followUpOf: string | null;
  /** The task and the step at which this one goes another way. */
  forkOf: Fork | null;
  /** Whether agents work in worktrees or in the directory itself. */
  workspaceKind: WorkspaceKind;
  uncommitted: UncommittedChoice;
  requireChecks: boolean;
  /** The check commands that were found before the run. */
  checkCommands: CheckCommand[];
  /** What the fleet waits for, while a step of the task waits with it. */
  held: EventData<"task.held"> | null;
  /** What a person has to do, while the task needs attention. */
  attention: { reason: string; hint: string } | null;
  /** When and how its result came into the user's checkout. */
  applied: (EventData<"task.applied"> & { time: string }) | null;
  /** When what it changed in place was put back. */
  undoneAt: string | null;
  ownerId: string | null;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  error: ErrorRecord | null;
  output: string;
  census: Census | null;
  warnings: string[];
  cancelRequested: boolean;
}

/** A step as derived from its events. */
export interface StepRecord {
  taskId: string;
  stepKey: string;
  kind: StepKind;
  role: string;
  instructions: string;
  dependsOn: string[];
  writes: boolean;
  /** What it has other than its role. */
  overrides: RoleOverrides;
  /** 0 for the first pass; counts those that a failed check or a review has added. */
  round: number;
  /** The step in whose own worktree it works; `null` for the task's. */
  lane: string | null;
  /** The files before and after a step that writes: ids of git trees. */
  fromTree: string | null;
  toTree: string | null;
  /** The commit that a step ended in. */
  commit: string | null;
  /** The task in which it ran, where its result was reused from there; then it has not run here. */
  reusedFrom: string | null;
  status: StepStatus;
  attempt: number;
  ownerId: string | null;
  agentId: string | null;
  /** Why it waits, was skipped or ended as it did. */
  reason: string;
  error: ErrorRecord | null;
  handoff: Record<string, unknown> | null;
  startedAt: string | null;
  endedAt: string | null;
}

/** What an agent or task has used, every token counted once. */
export interface UsageTotals extends Usage {
  modelCalls: number;
  /** Calls that were cut off, so that their final usage is not known. */
  incompleteCalls: number;
  /** USD over the calls whose price is known; `null` when there were calls and none has a known price. */
  costUsd: number | null;
  /** Calls of models without a known price: what `costUsd` leaves out. */
  unpricedCalls: number;
}

/** An agent as derived from its events, with what it has used. */
export interface AgentRecord extends UsageTotals {
  agentId: string;
  taskId: string | null;
  stepKey: string | null;
  name: string;
  role: string;
  model: string;
  tools: string[];
  systemPrompt: string;
  workingDirectory: string;
  logDirectory: string | null;
  /** True when a script answers in place of a model: nothing was charged. */
  rehearsal: boolean;
  settings: AgentSettings;
  /** The owner whose process runs it now; `null` when none does. */
  ownerId: string | null;
  status: AgentStatus;
  sessionId: string | null;
  pid: number | null;
  guard: string | null;
  startMs: number | null;
  messages: number;
  toolCalls: number;
  retries: number;
  /** The last thing it did, in a few words. */
  activity: string;
  contextUsedTokens: number | null;
  contextWindowTokens: number | null;
  contextPercentage: number | null;
  /** What the last status check found wrong. */
  finding: Finding | null;
  error: ErrorRecord | null;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
}

/** One model call in the ledger. */
export interface LedgerRow extends Usage {
  callId: string;
  taskId: string | null;
  stepKey: string | null;
  agentId: string;
  /** Of the agent that made the call; kept when its record is cleaned away. */
  role: string;
  taskType: TaskType | null;
  rehearsal: boolean;
  processId: string;
  ordinal: number;
  /** `stream`: seen as it was made. `reconciled`: found in the runtime's own total. */
  source: "stream" | "reconciled";
  /** `incomplete`: in flight or cut off. `failed`: refused without any usage. */
  state: "complete" | "incomplete" | "failed";
  model: string;
  apiMessageId: string | null;
  costUsd: number | null;
  startedAt: string;
  endedAt: string | null;
}

/** A message to a hand-made agent, and what became of it. */
export interface MessageRecord {
  messageId: string;
  agentId: string;
  text: string;
  whenBusy: WhenBusy;
  /** `queued`: in the mailbox. `delivered`: the model has it. `answered` and `failed`: over. */
  status: "queued" | "delivered" | "answered" | "failed";
  createdAt: string;
}

/** What a step of this repository's past has used. */
export interface PastStep {
  taskId: string;
  role: string;
  tokens: number;
  costUsd: number | null;
  durationMs: number;
}

export interface CostRow extends UsageTotals {
  /** An id, a name, or a day as `2026-11-22`; `none` where there is none. */
  key: string;
}

/** A file that a step read or changed, or that the task as a whole changed. */
export interface FileRecord {
  taskId: string;
  /** `null` for what the task changed from its beginning to its end. */
  stepKey: string | null;
  agentId: string | null;
  use: "consumed" | "produced";
  path: string;
  kind: FileChange["kind"] | null;
  previousPath: string | null;
  linesAdded: number | null;
  linesRemoved: number | null;
}

/** Where the agents of a task, or of one of its steps, work. */
export interface WorkspaceRecord extends EventData<"workspace.created"> {
  taskId: string;
  /** What its branch stands at. */
  tip: string | null;
  prepared: EventData<"workspace.prepared"> | null;
  rescued: { ref: string; commit: string; files: number }[];
  createdAt: string;
  removedAt: string | null;
}

/** One run of a check: the evidence. */
export interface CheckRecord extends EventData<"check.ended"> {
  taskId: string;
  stepKey: string;
  endedAt: string;
}

/** How many tasks and agents there are. */
export interface FleetCounts {
  tasksByStatus: Partial<Record<TaskStatus, number>>;
  agentsByStatus: Partial<Record<AgentStatus, number>>;
  agentsByRole: Partial<Record<string, number>>;
  /** Different files, each counted once for each task that used it. */
  files: { consumed: number; produced: number };
}

/** What an agent is writing at this moment: a block that is not finished. It is no event, and is gone when it is one. */
export interface Draft {
  agentId: string;
  taskId: string | null;
  kind: "text" | "thinking";
  /** Another number is another block. */
  block: number;
  /** All of the block so far. */
  text: string;
}

/** How long ended tasks, or steps that succeeded, have taken. */
export interface DurationRow {
  key: string;
  count: number;
  medianMs: number;
  /** 95 of 100 took no longer. */
  p95Ms: number;
  totalMs: number;
}
