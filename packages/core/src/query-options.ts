import { z } from "zod";
import { checkOptions } from "./check-options.js";
import { AGENT_STATUSES, type AgentStatus, TASK_STATUSES, type TaskStatus } from "./domain/index.js";
import { COST_GROUPS, type CostGroup, type EventQuery, type LedgerFilter } from "./store/index.js";

export interface TaskFilter {
  status?: TaskStatus | undefined;
  /** At most so many; 1 000 unless told. */
  limit?: number | undefined;
}

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
export interface EventsOptions extends Omit<EventQuery, "newestFirst" | "limit"> {
  /** Ends the iteration. */
  signal?: AbortSignal | undefined;
}

/** A page of events as they stand. */
export type EventPage = Omit<EventQuery, "newestFirst">;

const limit = z.number().int().min(1).optional();
const id = z.string().optional();
const time = z.iso.datetime({ offset: true, error: "a time such as 2026-11-22T08:00:00Z is expected" }).optional();

const taskFilterSchema = z.strictObject({ status: z.enum(TASK_STATUSES).optional(), limit });
const agentFilterSchema = z.strictObject({
  taskId: id,
  role: z.string().optional(),
  status: z.enum(AGENT_STATUSES).optional(),
  isDeleted: z.boolean().optional(),
  limit,
});
const ledgerFilterSchema = z.strictObject({ taskId: id, agentId: id, since: time, rehearsal: z.boolean().optional() });
const cursor = { after: z.number().int().min(0).optional(), taskId: id, agentId: id };
const eventsSchema = z.strictObject({ ...cursor, signal: z.instanceof(AbortSignal).optional() });
const eventPageSchema = z.strictObject({ ...cursor, limit });

/** Each checks what a caller asks for: no unknown fields, each of its type. */
export const checkTaskFilter = (filter: TaskFilter) => checkOptions(taskFilterSchema, filter, "listTasks");
export const checkAgentFilter = (filter: AgentFilter) => checkOptions(agentFilterSchema, filter, "listAgents");
export const checkLedgerFilter = (filter: LedgerFilter) => checkOptions(ledgerFilterSchema, filter, "the ledger");
export const checkEvents = (query: EventsOptions) => checkOptions(eventsSchema, query, "events");
export const checkEventPage = (query: EventPage) => checkOptions(eventPageSchema, query, "listEvents");
export const checkCostGroup = (by: CostGroup) => checkOptions(z.enum(COST_GROUPS), by, "costs");
