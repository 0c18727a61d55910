import type {
  AgentStatus,
  AnalystChoice,
  Census,
  Complexity,
  ErrorRecord,
  EventData,
  ExecutionMode,
  FileChange,
  NewEvent,
  StepKind,
  StepStatus,
  StoredEvent,
  TaskStatus,
  TaskType,
  Usage,
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
  planMode: EventData<"workflow.planned">["planMode"] | null;
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
  /** True when its task was a rehearsal: nothing was charged. */
  rehearsal: boolean;
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

/** A file that a step read or changed. */
export interface FileRecord {
  taskId: string;
  stepKey: string;
  agentId: string | null;
  use: "consumed" | "produced";
  path: string;
  kind: FileChange["kind"] | null;
  previousPath: string | null;
  linesAdded: number | null;
  linesRemoved: number | null;
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
}

export interface EventQuery {
  /** Only events with a greater sequence number; 0 for all. */
  after?: number;
  taskId?: string;
  agentId?: string;
  /** At most so many; 1 000 unless told. */
  limit?: number;
}

export interface StepClaim {
  taskId: string;
  stepKey: string;
  ownerId: string;
  /** Steps that may run at once over all processes. */
  maxRunning: number;
  /** Owners known to be dead although their lease still runs: their steps do not count. */
  deadOwnerIds: readonly string[];
  nowMs: number;
}

export type ClaimResult =
  | { claimed: true; attempt: number }
  | { claimed: false; reason: "limit" | "writer" | "ended"; holders: string[] };

/**
 * Where everything that happens is kept. Every method is one atomic operation; no transaction spans an `await`.
 * Each throws an OrchestratorError with a `database_…` or `disk_full` code when the database cannot do it.
 */
export interface Store {
  /** Appends events and updates the projections, in one transaction; durable when the promise resolves. */
  append(events: readonly NewEvent[]): Promise<StoredEvent[]>;
  /** Events in order, from a cursor. */
  readEvents(query: EventQuery): Promise<StoredEvent[]>;
  /** Events from a cursor and then live, also from other processes, until the signal is aborted. */
  subscribe(query: EventQuery & { signal?: AbortSignal }): AsyncIterable<StoredEvent>;
  /** The greatest sequence number so far; 0 in an empty log. */
  lastSeq(): Promise<number>;

  /** Makes the owner the runner of a queued task. False when somebody else has it or it has ended. */
  claimTask(taskId: string, ownerId: string): Promise<boolean>;
  /** Starts an attempt at a step if the limits allow it at this moment. */
  claimStep(claim: StepClaim): Promise<ClaimResult>;
  /** Ends a step if this owner still holds this attempt; otherwise changes nothing and answers false. */
  endStep(event: NewEvent & { type: "step.ended" }, ownerId: string, attempt: number): Promise<boolean>;

  putOwner(owner: OwnerRecord): Promise<void>;
  removeOwner(ownerId: string): Promise<void>;
  listOwners(): Promise<OwnerRecord[]>;

  getTask(taskId: string): Promise<TaskRecord | null>;
  /** Newest first; `isEnded: false` for those that run or wait. */
  listTasks(filter?: { status?: TaskStatus; isEnded?: boolean; limit?: number }): Promise<TaskRecord[]>;
  /** How many there are, without reading them. */
  countFleet(): Promise<FleetCounts>;
  listSteps(taskId: string): Promise<StepRecord[]>;
  getAgent(agentId: string): Promise<AgentRecord | null>;
  listAgents(filter?: { taskId?: string; role?: string; status?: AgentStatus; limit?: number }): Promise<AgentRecord[]>;
  listLedger(filter?: { taskId?: string; agentId?: string }): Promise<LedgerRow[]>;
  listFiles(taskId: string): Promise<FileRecord[]>;
  /** Totals over everything, one task or one agent; rehearsals are left out of the overall figure. */
  totals(filter?: { taskId?: string; agentId?: string }): Promise<UsageTotals>;
  /** Ids of tasks or agents that begin with the text, with or without the `task_` or `agent_` before it. */
  findIds(kind: "task" | "agent", prefix: string): Promise<string[]>;

  /** Looks for damage in the file; what it found, in words, or nothing. */
  check(): Promise<string[]>;
  close(): Promise<void>;
}
