/** What an amount is made of: the part of a usage that says how well its cost is known. */
export interface Spending {
  costUsd: number | null;
  modelCalls: number;
  incompleteCalls: number;
  unpricedCalls: number;
}

export interface TokenCounts {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
}

/** `1,234`. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-US");
}

/** `3 steps`, `1 step`. */
export function countOf(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `$0.0123`, and `unknown` where the price is not known. */
export function formatUsd(costUsd: number | null): string {
  if (costUsd === null) return "unknown";
  return `$${costUsd.toFixed(costUsd < 10 ? 4 : 2)}`;
}

/**
 * What a figure of cost leaves out, in words; empty when it is whole.
 *
 * @param spending - what was counted
 */
export function explainSpending({ costUsd, incompleteCalls, unpricedCalls }: Spending): string {
  const reasons = [
    unpricedCalls > 0 ? `${countOf(unpricedCalls, "call")} of unknown price` : "",
    incompleteCalls > 0 ? `${countOf(incompleteCalls, "call")} cut off or in flight` : "",
  ].filter(Boolean);
  if (reasons.length === 0) return "";
  return costUsd === null ? reasons.join(", ") : `at least; ${reasons.join(", ")}`;
}

/** All tokens, of whatever kind. */
export function totalTokens(usage: TokenCounts): number {
  return usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}

/** `850`, `12.3k`, `4.56M`: for narrow places; the exact number belongs into the title. */
export function formatShort(value: number): string {
  if (value < 1_000) return String(value);
  if (value < 1_000_000) return `${(value / 1_000).toFixed(value < 100_000 ? 1 : 0)}k`;
  return `${(value / 1_000_000).toFixed(2)}M`;
}

/** The kinds of tokens in words, one a line. */
export function describeTokens(usage: TokenCounts): string {
  return [
    `${formatNumber(usage.inputTokens)} input`,
    `${formatNumber(usage.outputTokens)} output`,
    `${formatNumber(usage.cacheReadTokens)} read from the cache`,
    `${formatNumber(usage.cacheWriteTokens)} written to the cache`,
  ].join("\n");
}

/** `0 B`, `4.2 kB`, `1.3 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
