import type { CostRow, DurationRow } from "../../api/costs.ts";

type Usage = Omit<CostRow, "key">;

export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteOneHourTokens: 0,
  webSearches: 0,
  modelCalls: 0,
  incompleteCalls: 0,
  costUsd: 0,
  unpricedCalls: 0,
};

/**
 * The days from the first to the last, none left out, as `2026-11-23`. A range that is upside down is empty.
 *
 * @param first - a day as the server writes it
 * @param last - as `first`
 */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  const end = Date.parse(`${last}T00:00:00Z`);
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= end; at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** `2026-11-23` for a moment, in the reader's time zone. */
export function dayOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/**
 * A value for each day. A day without a row has the value of a day on which nothing happened; a row whose value is not
 * known stays unknown, so that a chart has a gap there and no zero.
 */
export function valuesByDay<Row extends { key: string }>(
  days: readonly string[],
  rows: readonly Row[],
  read: (row: Row) => number | null,
  nothing: number | null,
): (number | null)[] {
  const byDay = new Map(rows.map((row) => [row.key, read(row)]));
  return days.map((day) => {
    const value = byDay.get(day);
    return value === undefined ? nothing : value;
  });
}

/** Each layer with all below it: what a stacked chart draws. An unknown value adds nothing. */
export function stack(layers: readonly (readonly (number | null)[])[]): number[][] {
  const sums = (layers[0] ?? []).map(() => 0);
  return layers.map((values) => {
    for (const [at, value] of values.entries()) sums[at] = (sums[at] ?? 0) + (value ?? 0);
    return [...sums];
  });
}

/** All rows as one. Its cost is that of the rows whose price is known; unknown only where none is. */
export function sumUp(rows: readonly CostRow[]): Usage {
  const sum = { ...NO_USAGE };
  for (const row of rows) {
    for (const key of Object.keys(NO_USAGE) as (keyof Usage)[]) {
      if (key !== "costUsd") sum[key] += row[key];
    }
  }
  const known = rows.flatMap((row) => (row.costUsd === null ? [] : [row.costUsd]));
  const costUsd = rows.length > 0 && known.length === 0 ? null : known.reduce((total, cost) => total + cost, 0);
  return { ...sum, costUsd };
}

/** How long a bar is beside the longest, in per cent; nothing for what is not known. */
export function shareOf(value: number | null, greatest: number): number {
  return value === null || greatest <= 0 ? 0 : Math.max(0.5, (value / greatest) * 100);
}

export const COST_COLUMNS = [
  "key",
  "costUsd",
  "modelCalls",
  "unpricedCalls",
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
] as const satisfies readonly (keyof CostRow)[];

export const DURATION_COLUMNS = [
  "key",
  "count",
  "medianMs",
  "p95Ms",
  "totalMs",
] as const satisfies readonly (keyof DurationRow)[];

/** Rows as the fields of a CSV, in the order of its columns. */
export function toFields<Row, Key extends keyof Row>(rows: readonly Row[], columns: readonly Key[]): Row[Key][][] {
  return rows.map((row) => columns.map((column) => row[column]));
}
