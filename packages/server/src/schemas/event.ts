import { EVENT_TYPES, eventDataSchemas, type StoredEvent } from "@claude-orchestrator/core";
import { z } from "zod";
import { count, flag, time } from "./shared.js";

const about = {
  seq: z.number().int().meta({ description: "Global and increasing; never used twice" }),
  time,
  version: z.number().int(),
  taskId: z.string().nullable(),
  stepKey: z.string().nullable(),
  agentId: z.string().nullable(),
};

function ofType(type: (typeof EVENT_TYPES)[number]) {
  return z.object({ ...about, type: z.literal(type), data: eventDataSchemas[type] });
}
const [first, ...others] = EVENT_TYPES;

/** Everything that can happen, told apart by `type`. */
export const event = z
  .discriminatedUnion("type", [ofType(first), ...others.map(ofType)])
  .meta({ id: "Event" }) as unknown as z.ZodType<StoredEvent>;

export const eventFilter = z.object({
  taskId: z.string().optional(),
  agentId: z.string().optional(),
  after: count.optional(),
  before: count.optional(),
  types: z.string().optional().meta({ description: "Types of events, separated by commas" }),
  search: z.string().min(1).max(1_000).optional().meta({ description: "A text that occurs in the event" }),
  newestFirst: flag.optional(),
  limit: count.min(1).max(2_000).default(500),
});

export const eventPage = z.object({
  items: z.array(event),
  seq: z.number().int().meta({ description: "Number of the newest event of the log" }),
});

/** From where on a stream begins, and what about. */
export const streamFilter = z.object({
  after: count.optional().meta({ description: "Only later events; without it a snapshot comes first" }),
  taskId: z.string().optional(),
  agentId: z.string().optional(),
});
