import type { EventType, TaskStatus, TaskType } from "../domain/index.js";

/** Which tasks, in which order, and which part of them. */
export interface TaskQuery {
  /** One status, or any of several. */
  status?: TaskStatus | readonly TaskStatus[] | undefined;
  /** `false` for those that run or wait. */
  isEnded?: boolean | undefined;
  taskType?: TaskType | undefined;
  workingDirectory?: string | undefined;
  /** Words that must all occur in its prompt, its output, what a step of it handed over, its error or its id. */
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

/** By what costs can be summed. */
export const COST_GROUPS = ["agent", "task", "role", "model", "taskType", "day"] as const;

export type CostGroup = (typeof COST_GROUPS)[number];

export interface LedgerFilter {
  taskId?: string | undefined;
  agentId?: string | undefined;
  /** Only calls that began at this time or later, ISO 8601. */
  since?: string | undefined;
  /** Only rehearsals, or only real calls; both unless told. */
  rehearsal?: boolean | undefined;
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
