import { z } from "zod";
import { agentItem } from "./agent.js";
import { time, usageTotalsSchema } from "./shared.js";
import { stepItem, taskItem } from "./task.js";

const counts = z.record(z.string(), z.number().int());

/** The fleet at one moment. */
export const fleet = z
  .object({
    seq: z.number().int().meta({ description: "The events after this one are not in it" }),
    time,
    tasks: z.object({ total: z.number().int(), byStatus: counts }),
    agents: z.object({ total: z.number().int(), byStatus: counts, byRole: counts }),
    totals: usageTotalsSchema,
    today: usageTotalsSchema,
    rehearsedToday: usageTotalsSchema.meta({ description: "What scripts have answered: nothing was charged" }),
    files: z.object({ consumed: z.number().int(), produced: z.number().int() }),
    holds: z.array(
      z.object({
        cause: z.enum(["usage_limit", "overload", "unreachable"]),
        reason: z.string(),
        since: time,
        until: time,
        strikes: z.number().int(),
        canary: z.string().nullable(),
        isOurs: z.boolean(),
      }),
    ),
    maxParallelAgents: z.number().int(),
    running: z.array(taskItem.extend({ steps: z.array(stepItem) })),
    living: z.array(agentItem),
  })
  .meta({ id: "Fleet" });
export type Fleet = z.input<typeof fleet>;
