import { z } from "zod";

/** Tokens of one model call, each token counted once: input excludes what was read from or written to the cache. */
export const usageSchema = z.object({
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  cacheReadTokens: z.number().int().nonnegative(),
  /** All tokens written to the cache, the one-hour ones included. */
  cacheWriteTokens: z.number().int().nonnegative(),
  /** The part of `cacheWriteTokens` that is kept for one hour and priced apart. */
  cacheWriteOneHourTokens: z.number().int().nonnegative(),
  webSearches: z.number().int().nonnegative(),
});
export type Usage = z.infer<typeof usageSchema>;

export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteOneHourTokens: 0,
  webSearches: 0,
};

const KEYS = Object.keys(NO_USAGE) as (keyof Usage)[];

/** Adds two usages. */
export function addUsage(left: Usage, right: Usage): Usage {
  const sum = { ...left };
  for (const key of KEYS) sum[key] += right[key];
  return sum;
}

/** What `total` holds beyond `part`; never below zero. */
export function subtractUsage(total: Usage, part: Usage): Usage {
  const rest = { ...total };
  for (const key of KEYS) rest[key] = Math.max(0, rest[key] - part[key]);
  return rest;
}

/** True when every count is zero. */
export function isNoUsage(usage: Usage): boolean {
  return KEYS.every((key) => usage[key] === 0);
}

/** All tokens of a usage, of whatever kind. */
export function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}
