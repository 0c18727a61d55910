import { z } from "zod";

/** A time as the store writes it: ISO 8601 in UTC. */
export const time = z.string().meta({ description: "ISO 8601, UTC" });
export const tokens = z.number().int();
export const costUsd = z.number().nullable().meta({ description: "US dollars; null where no price is known" });

/** A flag in the query of an address, where everything is a text. */
export const flag = z.enum(["true", "false"]).transform((text) => text === "true");

/** A number in the query of an address. */
export const count = z.coerce.number().int().min(0);

export const errorRecord = z
  .object({ code: z.string(), message: z.string(), hint: z.string() })
  .meta({ id: "ErrorRecord" });

export const usage = {
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWriteOneHourTokens: tokens,
  webSearches: z.number().int(),
};

export const usageTotals = {
  ...usage,
  modelCalls: z.number().int(),
  incompleteCalls: z.number().int(),
  costUsd,
  unpricedCalls: z.number().int(),
};
export const usageTotalsSchema = z.object(usageTotals).meta({ id: "UsageTotals" });

export const fileChange = z
  .object({
    path: z.string(),
    kind: z.enum(["created", "modified", "deleted", "renamed"]),
    previousPath: z.string().nullable(),
    linesAdded: z.number().int().nullable(),
    linesRemoved: z.number().int().nullable(),
  })
  .meta({ id: "FileChange" });

export const files = z.object({ consumed: z.array(z.string()), produced: z.array(fileChange) });
