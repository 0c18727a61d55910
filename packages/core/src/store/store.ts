import type { AgentStatus, NewEvent, StoredEvent } from "../domain/index.js";
import type {
  Admission,
  CallRequest,
  Claimant,
  ClaimResult,
  HeldStep,
  HoldRecord,
  NewHold,
  OwnerRecord,
  StepClaim,
} from "./claims.js";
import type {
  AgentRecord,
  CheckRecord,
  CostRow,
  Draft,
  DurationRow,
  FileRecord,
  FleetCounts,
  LedgerRow,
  MessageRecord,
  PastStep,
  StepRecord,
  TaskRecord,
  UsageTotals,
  WorkspaceRecord,
} from "./derived-records.js";
import type { CostGroup, DurationGroup, EventQuery, LedgerFilter, TaskQuery } from "./queries.js";

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
  /** Shows what an agent is writing. Kept for readers of this moment only: a crash may lose it. */
  putDraft(draft: Draft): Promise<void>;
  /** What agents are writing, and then whatever changes of it, also by other processes, until the signal is aborted. */
  followDrafts(signal: AbortSignal): AsyncIterable<Draft[]>;
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
