import { z } from "zod";
import { checkOptions } from "./check-options.js";
import { AGENT_STATUSES, type AgentStatus, EVENT_TYPES, TASK_STATUSES, TASK_TYPES } from "./domain/index.js";
import {
  COST_GROUPS,
  type CostGroup,
  DURATION_GROUPS,
  type DurationGroup,
  type EventQuery,
  type LedgerFilter,
  TASK_ORDERS,
  type TaskQuery,
} from "./store/index.js";

/** Which tasks, in which order, and which part of them. */
export type TaskFilter = TaskQuery;

export interface AgentFilter {
  taskId?: string | undefined;
  role?: string | undefined;
  status?: AgentStatus | undefined;
  /** Only those that live, or only the deleted; both unless told. */
  isDeleted?: boolean | undefined;
  /** At most so many, the oldest; 1 000 unless told. */
  limit?: number | undefined;
}

/** Which events, from where on, and until when. */
export interface EventsOptions extends Omit<EventQuery, "newestFirst" | "limit" | "before"> {
  /** Ends the iteration. */
  signal?: AbortSignal | undefined;
}

/** A page of events as they stand. */
export type EventPage = EventQuery;

const limit = z.number().int().min(1).optional();
const id = z.string().optional();
const time = z.iso.datetime({ offset: true, error: "a time such as 2026-11-22T08:00:00Z is expected" }).optional();

const status = z.enum(TASK_STATUSES);
const costUsd = z.number().min(0).optional();
const taskFilterSchema = z.strictObject({
  status: z.union([status, z.array(status).readonly()]).optional(),
  isEnded: z.boolean().optional(),
  taskType: z.enum(TASK_TYPES).optional(),
  workingDirectory: z.string().optional(),
  search: z.string().max(1_000).optional(),
  since: time,
  until: time,
  minCostUsd: costUsd,
  maxCostUsd: costUsd,
  rehearsal: z.boolean().optional(),
  sort: z.enum(TASK_ORDERS).optional(),
  ascending: z.boolean().optional(),
  limit,
  offset: z.number().int().min(0).optional(),
});
const agentFilterSchema = z.strictObject({
  taskId: id,
  role: z.string().optional(),
  status: z.enum(AGENT_STATUSES).optional(),
  isDeleted: z.boolean().optional(),
  limit,
});
const ledgerFilterSchema = z.strictObject({ taskId: id, agentId: id, since: time, rehearsal: z.boolean().optional() });
const durationFilterSchema = z.strictObject({ since: time, rehearsal: z.boolean().optional() });
const seq = z.number().int().min(0).optional();
const cursor = {
  after: seq,
  taskId: id,
  agentId: id,
  types: z.array(z.enum(EVENT_TYPES)).readonly().optional(),
  search: z.string().min(1).max(1_000).optional(),
};
const eventsSchema = z.strictObject({ ...cursor, signal: z.instanceof(AbortSignal).optional() });
const eventPageSchema = z.strictObject({ ...cursor, before: seq, newestFirst: z.boolean().optional(), limit });

/** Each checks what a caller asks for: no unknown fields, each of its type. */
export const checkTaskFilter = (filter: TaskFilter) => checkOptions(taskFilterSchema, filter, "listTasks");
export const checkAgentFilter = (filter: AgentFilter) => checkOptions(agentFilterSchema, filter, "listAgents");
export const checkLedgerFilter = (filter: LedgerFilter) => checkOptions(ledgerFilterSchema, filter, "the ledger");
export const checkEvents = (query: EventsOptions) => checkOptions(eventsSchema, query, "events");
export const checkEventPage = (query: EventPage) => checkOptions(eventPageSchema, query, "listEvents");
export const checkDurations = (by: DurationGroup, filter: Pick<LedgerFilter, "since" | "rehearsal">) => {
  checkOptions(z.enum(DURATION_GROUPS), by, "durations");
  checkOptions(durationFilterSchema, filter, "durations");
};
export const checkCostGroup = (by: CostGroup) => checkOptions(z.enum(COST_GROUPS), by, "costs");
