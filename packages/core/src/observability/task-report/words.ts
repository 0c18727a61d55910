import { totalTokens, type Usage } from "../../domain/index.js";
import type { UsageTotals } from "../../store/index.js";
import { type Html, html } from "./escape.js";

/** `1,234`. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 call`, `2 calls`. */
export function countOf(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `340 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return "unknown";
  const ms = Math.max(0, durationMs);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long something took, or has taken until now; `null` when it has not begun. */
export function durationOf(
  { startedAt, endedAt }: { startedAt: string | null; endedAt: string | null },
  nowIso: string,
): number | null {
  return startedAt === null ? null : Date.parse(endedAt ?? nowIso) - Date.parse(startedAt);
}

/** A moment in UTC, to the second; a text that is no moment stands as it is. */
export function formatTime(iso: string): Html {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return html`${iso}`;
  const exact = new Date(ms).toISOString();
  return html`<time datetime="${exact}">${exact.slice(0, 19).replace("T", " ")} UTC</time>`;
}

type Spending = Pick<UsageTotals, "costUsd" | "modelCalls" | "incompleteCalls" | "unpricedCalls">;

/**
 * What something has cost, and how well that is known: an unknown price is never guessed.
 *
 * @param spending - what was counted
 * @param isRehearsal - a script answered: nothing was charged, whatever the list price
 */
export function formatCost(spending: Spending, isRehearsal: boolean): string {
  const { costUsd, modelCalls, incompleteCalls, unpricedCalls } = spending;
  if (isRehearsal) {
    return costUsd === null || modelCalls === 0
      ? "nothing was charged"
      : `nothing was charged (${formatUsd(costUsd)} at list price)`;
  }
  if (modelCalls === 0) return "no model call";
  if (costUsd === null) return "unknown";
  const reasons = [
    unpricedCalls > 0 ? `${countOf(unpricedCalls, "call")} of unknown price` : "",
    incompleteCalls > 0 ? `${countOf(incompleteCalls, "call")} cut off` : "",
  ].filter(Boolean);
  return reasons.length === 0 ? formatUsd(costUsd) : `at least ${formatUsd(costUsd)} (${reasons.join(", ")})`;
}

function formatUsd(costUsd: number): string {
  return `$${costUsd.toFixed(costUsd < 1 ? 4 : 2)}`;
}

/** The spending of several as one. */
export function sumSpending(all: readonly Spending[]): Spending {
  const sum = { costUsd: null as number | null, modelCalls: 0, incompleteCalls: 0, unpricedCalls: 0 };
  for (const each of all) {
    if (each.costUsd !== null) sum.costUsd = (sum.costUsd ?? 0) + each.costUsd;
    sum.modelCalls += each.modelCalls;
    sum.incompleteCalls += each.incompleteCalls;
    sum.unpricedCalls += each.unpricedCalls;
  }
  return sum;
}

/** All tokens, and of what kinds they are. */
export function formatTokens(usage: Usage): string {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const kinds = [
    `${formatNumber(inputTokens)} input`,
    `${formatNumber(outputTokens)} output`,
    `${formatNumber(cacheReadTokens)} read from the cache`,
    `${formatNumber(cacheWriteTokens)} written to the cache`,
  ];
  return `${formatNumber(totalTokens(usage))} (${kinds.join(", ")})`;
}

/** `+3 −1`, or that nobody counted. */
export function formatLines({ linesAdded, linesRemoved }: { linesAdded: number | null; linesRemoved: number | null }) {
  if (linesAdded === null || linesRemoved === null) return "not text";
  return `+${formatNumber(linesAdded)} \u2212${formatNumber(linesRemoved)}`;
}
