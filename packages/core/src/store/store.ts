import type {
  AgentSettings,
  AgentStatus,
  AnalystChoice,
  Census,
  CheckCommand,
  Complexity,
  ErrorRecord,
  EventData,
  EventType,
  ExecutionMode,
  FileChange,
  Finding,
  Fork,
  HoldCause,
  NewEvent,
  PlanMode,
  RoleOverrides,
  SkippedRole,
  StepKind,
  StepStatus,
  StoredEvent,
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

/** By what costs can be summed. */
export const COST_GROUPS = ["agent", "task", "role", "model", "taskType", "day"] as const;
export type CostGroup = (typeof COST_GROUPS)[number];

export interface CostRow extends UsageTotals {
  /** An id, a name, or a day as `2026-11-22`; `none` where there is none. */
  key: string;
}

export interface LedgerFilter {
  taskId?: string | undefined;
  agentId?: string | undefined;
  /** Only calls that began at this time or later, ISO 8601. */
  since?: string | undefined;
  /** Only rehearsals, or only real calls; both unless told. */
  rehearsal?: boolean | undefined;
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

/** A process that runs tasks. Its lease says how long it counts as alive without a word from it. */
export interface OwnerRecord {
  ownerId: string;
  /** Boot id and process namespace: a pid means something only on the same host. */
  host: string;
  pid: number;
  pidStarted: string;
  leaseUntilMs: number;
}

/** How many tasks and agents there are. */
export interface FleetCounts {
  tasksByStatus: Partial<Record<TaskStatus, number>>;
  agentsByStatus: Partial<Record<AgentStatus, number>>;
  agentsByRole: Partial<Record<string, number>>;
  /** Different files, each counted once for each task that used it. */
  files: { consumed: number; produced: number };
}

/** Which tasks, in which order, and which part of them. */
export interface TaskQuery {
  /** One status, or any of several. */
  status?: TaskStatus | readonly TaskStatus[] | undefined;
  /** `false` for those that run or wait. */
  isEnded?: boolean | undefined;
  taskType?: TaskType | undefined;
  workingDirectory?: string | undefined;
  /** Words that must all occur in its prompt, output, error or id. */
  search?: string | undefined;
  /** Created at this time or later, ISO 8601. */
  since?: string | undefined;
  /** Created before this time, ISO 8601. */
  until?: string | undefined;
  minCostUsd?: number | undefined;
  maxCostUsd?: number | undefined;
  rehearsal?: boolean | undefined;
  /** By the time of their creation unless told. */
  sort?: TaskOrder | undefined;
  /** Newest, dearest or longest first unless told. */
  ascending?: boolean | undefined;
  /** At most so many; 1 000 unless told. */
  limit?: number | undefined;
  /** So many of the first are left out. */
  offset?: number | undefined;
}

export const TASK_ORDERS = ["createdAt", "costUsd", "durationMs", "tokens"] as const;
/** By what tasks can be sorted. */
export type TaskOrder = (typeof TASK_ORDERS)[number];

/** By what durations can be summed up: tasks by day or task type, steps by role. */
export const DURATION_GROUPS = ["day", "taskType", "role"] as const;
export type DurationGroup = (typeof DURATION_GROUPS)[number];

/** How long ended tasks, or steps that succeeded, have taken. */
export interface DurationRow {
  key: string;
  count: number;
  medianMs: number;
  /** 95 of 100 took no longer. */
  p95Ms: number;
  totalMs: number;
}

export interface EventQuery {
  /** Only events with a greater sequence number; 0 for all. */
  after?: number | undefined;
  /** Only events with a smaller sequence number. */
  before?: number | undefined;
  /** Only events of these types. */
  types?: readonly EventType[] | undefined;
  /** Only events whose data has this text in it. */
  search?: string | undefined;
  taskId?: string | undefined;
  agentId?: string | undefined;
  /** At most so many; 1 000 unless told. */
  limit?: number | undefined;
  /** The newest come first. */
  newestFirst?: boolean | undefined;
}

/** What the fleet waits for: until somebody has tried and was answered, nobody begins a model call. */
export interface HoldRecord {
  /** How the models are reached: a digest of endpoint and credentials. Others are not held. */
  scope: string;
  cause: HoldCause;
  reason: string;
  /** When the first of an unbroken row of holds began. */
  sinceMs: number;
  /** When one may try. */
  untilMs: number;
  /** So many holds in that row. */
  strikes: number;
  /** The step (`<task id>/<key>`) or the agent that tries; `null` while none does. */
  canary: string | null;
  canaryOwnerId: string | null;
  canaryUntilMs: number;
  /** When it was answered; for a while the others follow one after another. */
  releasedMs: number | null;
  nextMs: number;
}

/** A limit or an outage that a model call has met. */
export interface NewHold {
  scope: string;
  cause: HoldCause;
  reason: string;
  /** When one may try; `null` where nobody has said it: then it is tried ever less often. */
  untilMs: number | null;
  /** Who has met it. */
  caller: string;
  /** How long a row of holds may last before everybody fails by themselves; `null` for ever. */
  patienceMs: number | null;
  nowMs: number;
}

/** A step or an agent that is about to begin with model calls. */
export interface CallRequest extends Claimant {
  scope: string;
  caller: string;
}

export type Admission = { admitted: true } | { admitted: false; hold: HoldRecord; retryAtMs: number };

export interface StepClaim {
  taskId: string;
  stepKey: string;
  ownerId: string;
  /** How it would reach the models; absent for a step that calls none. */
  scope?: string | undefined;
  /** Steps that may run at once over all processes. */
  maxRunning: number;
  /** Owners known to be at work although their lease may have run out: their steps count. */
  aliveOwnerIds: readonly string[];
  /** Owners known to be dead although their lease still runs: their steps do not count. */
  deadOwnerIds: readonly string[];
  nowMs: number;
  /** Whether the step was begun before and interrupted. */
  isInterrupted: boolean;
}

/** An attempt at a step, and who makes it. */
export interface HeldStep {
  taskId: string;
  stepKey: string;
  ownerId: string;
  attempt: number;
}

export type ClaimResult =
  | { claimed: true; attempt: number }
  | { claimed: false; reason: "limit" | "priority" | "writer" | "ended" | "taken_over"; holders: string[] }
  | { claimed: false; reason: "held"; hold: HoldRecord; retryAtMs: number };

/** The owner that asks, and what it knows of the others. */
export interface Claimant {
  ownerId: string;
  aliveOwnerIds: readonly string[];
  deadOwnerIds: readonly string[];
  nowMs: number;
}

/** Something that the tables say otherwise than the events. */
export interface Contradiction {
  message: string;
  /** Whether making the tables again from the events mends it. */
  isMendable: boolean;
}

/**
 * Where everything that happens is kept. Every method is one atomic operation; no transaction spans an `await`.
 * Each throws an OrchestratorError with a `database_…` or `disk_full` code when the database cannot do it.
 */
export interface Store {
  /** Appends events and updates the projections, in one transaction; durable when the promise resolves. */
  append(events: readonly NewEvent[]): Promise<StoredEvent[]>;
  /**
   * Appends events about a task if this owner still runs it; otherwise changes nothing and answers false. A task that
   * is queued is anybody's, one that has ended is nobody's.
   */
  appendAsOwner(taskId: string, ownerId: string, events: readonly NewEvent[]): Promise<boolean>;
  /** Events in order, from a cursor. */
  readEvents(query: EventQuery): Promise<StoredEvent[]>;
  /** Events from a cursor and then live, also from other processes, until the signal is aborted. */
  subscribe(query: Omit<EventQuery, "newestFirst"> & { signal?: AbortSignal | undefined }): AsyncIterable<StoredEvent>;
  /** The greatest sequence number so far; 0 in an empty log. */
  lastSeq(): Promise<number>;
  /** What tells this database from any other: a cursor is good for one only. */
  databaseId(): Promise<string>;

  /**
   * Makes the owner the runner of a task that was interrupted, is paused or needed a person. False when a living owner
   * has it, or when it has ended or not begun.
   */
  resumeTask(taskId: string, claimant: Claimant): Promise<boolean>;
  /** Makes the owner the runner of a queued task. False when somebody else has it or it has ended. */
  claimTask(taskId: string, ownerId: string): Promise<boolean>;
  /** Starts an attempt at a step of a task that this owner runs, if the limits allow it at this moment. */
  claimStep(claim: StepClaim): Promise<ClaimResult>;
  /** Appends events of a step if this owner still holds this attempt; otherwise nothing, and answers false. */
  appendToStep(events: readonly NewEvent[], claim: HeldStep): Promise<boolean>;
  /**
   * Ends a step if this owner still holds this attempt; otherwise changes nothing and answers false.
   *
   * @param extension - the steps that the graph gains by it, in the same transaction
   */
  endStep(
    event: NewEvent & { type: "step.ended" },
    ownerId: string,
    attempt: number,
    extension?: NewEvent & { type: "workflow.extended" },
  ): Promise<boolean>;
  /** Holds the fleet, or extends the hold. `null` when it has waited longer than it may. */
  holdFleet(hold: NewHold): Promise<HoldRecord | null>;
  /** Lets a hand-made agent begin a turn, unless the fleet is held. A claimed step has been let. */
  admitCall(request: CallRequest): Promise<Admission>;
  /** The one that tried was answered. False when it was not the one. */
  releaseFleet(scope: string, caller: string): Promise<boolean>;
  /** The one that tried ended without an answer. False when it was not the one. */
  loseCanary(scope: string, caller: string): Promise<boolean>;
  /** What the fleet waits for now. */
  listHolds(): Promise<HoldRecord[]>;
  /** Makes the owner the one whose process runs a hand-made agent. False while another living owner is. */
  claimAgent(agentId: string, claimant: Claimant): Promise<boolean>;
  /** Messages of an agent that are not over, in the order in which they were sent. */
  listOpenMessages(agentId: string): Promise<MessageRecord[]>;

  putOwner(owner: OwnerRecord): Promise<void>;
  removeOwner(ownerId: string): Promise<void>;
  listOwners(): Promise<OwnerRecord[]>;

  getTask(taskId: string): Promise<TaskRecord | null>;
  listTasks(query?: TaskQuery): Promise<TaskRecord[]>;
  /** How many tasks a query finds, whatever part of them it asks for. */
  countTasks(query?: TaskQuery): Promise<number>;
  /** How many there are, without reading them. */
  countFleet(): Promise<FleetCounts>;
  listSteps(taskId: string): Promise<StepRecord[]>;
  getAgent(agentId: string): Promise<AgentRecord | null>;
  listAgents(filter?: {
    taskId?: string | undefined;
    role?: string | undefined;
    status?: AgentStatus | undefined;
    isDeleted?: boolean | undefined;
    limit?: number | undefined;
  }): Promise<AgentRecord[]>;
  listLedger(filter?: LedgerFilter): Promise<LedgerRow[]>;
  listFiles(taskId: string): Promise<FileRecord[]>;
  /** The checks that were run for a task, in order. */
  listChecks(taskId: string): Promise<CheckRecord[]>;
  /** Workspaces of one task or all, oldest first; `isPresent`: only those that have not been removed. */
  listWorkspaces(filter?: { taskId?: string | undefined; isPresent?: boolean | undefined }): Promise<WorkspaceRecord[]>;
  /** Totals over everything, one task or one agent; rehearsals are left out of the overall figure unless asked for. */
  totals(filter?: LedgerFilter): Promise<UsageTotals>;
  /** The ledger summed by something, dearest first; days in order. Rehearsals are left out unless asked for. */
  costs(by: CostGroup, filter?: LedgerFilter): Promise<CostRow[]>;
  /** How long tasks or steps have taken; days in order, else the longest first. Rehearsals are left out unless asked for. */
  durations(by: DurationGroup, filter?: Pick<LedgerFilter, "since" | "rehearsal">): Promise<DurationRow[]>;
  /** Succeeded steps of ended tasks in a directory, of the newest so many tasks. */
  listPastSteps(filter: { workingDirectory: string; rehearsal: boolean; maxTasks: number }): Promise<PastStep[]>;
  /** Removes a task that has ended: events, steps, agents, files. Its ledger rows and a tombstone stay. */
  deleteTask(taskId: string): Promise<void>;
  /** Removes the records of a deleted hand-made agent. Its ledger rows and a tombstone stay. */
  deleteAgentRecord(agentId: string): Promise<void>;
  /** Whether the records of a task or agent were removed: its id is never used again. */
  isRemoved(id: string): Promise<boolean>;
  /** Ids of tasks or agents that begin with the text, with or without the `task_` or `agent_` before it. */
  findIds(kind: "task" | "agent", prefix: string): Promise<string[]>;

  /** Looks for damage in the file; what it found, in words, or nothing. */
  check(): Promise<string[]>;
  /** Holds what is derived from the events against them; what differs, or nothing. */
  compare(): Promise<Contradiction[]>;
  close(): Promise<void>;
}
