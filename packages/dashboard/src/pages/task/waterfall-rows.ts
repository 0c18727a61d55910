import type { TimingSpan } from "../../api/types.ts";
import { formatDuration } from "../../format/moments.ts";

export interface Bar {
  kind: "waiting" | "running" | "failed" | "tool" | "model_call" | "check";
  fromMs: number;
  toMs: number;
  /** It has not ended: its end is the present. */
  isOpen: boolean;
  name: string;
  detail: string;
  isError: boolean;
}

export interface WaterfallRow {
  stepKey: string;
  /** Waiting and attempts, in order. */
  bars: Bar[];
  /** What happened within the step: model calls, tools and checks. */
  inner: Bar[];
  attempts: number;
  waitedMs: number;
  ranMs: number;
}

export interface Waterfall {
  startMs: number;
  endMs: number;
  rows: WaterfallRow[];
}

/**
 * Sets a task's spans in rows, one for each step in the order of the plan. The attempts of a step stand in place of the
 * step as a whole, where there are any; waiting is told apart from running.
 *
 * @param spans - as the server timed them
 * @param steps - the steps, also those that have not begun
 * @param nowMs - where whatever has not ended is cut
 */
export function buildWaterfall(
  spans: readonly TimingSpan[],
  steps: readonly { stepKey: string }[],
  nowMs: number,
): Waterfall {
  const byStep = new Map<string | null, TimingSpan[]>(steps.map(({ stepKey }) => [stepKey, []]));
  for (const span of spans) byStep.get(span.stepKey)?.push(span);
  const rows = steps.map(({ stepKey }) => buildRow(stepKey, byStep.get(stepKey) ?? [], nowMs));
  const bars = rows.flatMap((row) => [...row.bars, ...row.inner]);
  const startMs = bars.reduce((least, bar) => Math.min(least, bar.fromMs), Number.POSITIVE_INFINITY);
  const endMs = bars.reduce((most, bar) => Math.max(most, bar.toMs), Number.NEGATIVE_INFINITY);
  if (bars.length === 0) return { startMs: nowMs, endMs: nowMs + 1_000, rows };
  return { startMs, endMs: Math.max(endMs, startMs + 1_000), rows };
}

function buildRow(stepKey: string, spans: readonly TimingSpan[], nowMs: number): WaterfallRow {
  const of = (kind: TimingSpan["kind"]) => spans.filter((span) => span.kind === kind);
  const attempts = of("attempt");
  const waiting = of("waiting").map((span) => toBar(span, "waiting", nowMs));
  const running =
    attempts.length > 0
      ? attempts.map((span) => toBar(span, span.isError ? "failed" : "running", nowMs))
      : of("step").map((span) => toBar(span, span.isError ? "failed" : "running", nowMs));
  const inner = spans.flatMap((span) =>
    span.kind === "tool" || span.kind === "model_call" || span.kind === "check" ? toBar(span, span.kind, nowMs) : [],
  );
  return {
    stepKey,
    bars: [...waiting, ...running].sort((one, other) => one.fromMs - other.fromMs),
    inner,
    attempts: attempts.length,
    waitedMs: sum(waiting),
    ranMs: sum(running),
  };
}

function toBar(span: TimingSpan, kind: Bar["kind"], nowMs: number): Bar {
  const fromMs = Date.parse(span.startedAt);
  const toMs = span.endedAt === null ? nowMs : Date.parse(span.endedAt);
  return {
    ...{ kind, fromMs, toMs: Math.max(fromMs, toMs), isOpen: span.endedAt === null },
    ...{ name: span.name, detail: span.detail, isError: span.isError },
  };
}

function sum(bars: readonly Bar[]): number {
  return bars.reduce((total, bar) => total + bar.toMs - bar.fromMs, 0);
}

/** What a row shows, for who does not see it. */
export function describeRow({ stepKey, waitedMs, ranMs, attempts, bars }: WaterfallRow): string {
  if (bars.length === 0) return `${stepKey}: not begun`;
  const parts = [
    waitedMs > 0 ? `waited ${formatDuration(waitedMs)}` : "",
    ranMs > 0 ? `ran ${formatDuration(ranMs)}` : "",
    attempts > 1 ? `${attempts} attempts` : "",
  ];
  return `${stepKey}: ${parts.filter(Boolean).join(", ")}`;
}

const TICK_STEPS_MS = [
  100, 250, 500, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400,
].map((step, index) => (index < 3 ? step : step * 1_000));

/**
 * Even distances for the scale above the bars.
 *
 * @param lengthMs - what the scale spans
 * @param most - no more ticks than this
 * @returns milliseconds from the beginning
 */
export function ticksOf(lengthMs: number, most: number): number[] {
  const step =
    TICK_STEPS_MS.find((each) => lengthMs / each <= most) ?? Math.ceil(lengthMs / most / 86_400_000) * 86_400_000;
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, index) => index * step);
}

/** Part of the time, as shares from 0 to 1. */
export interface Brush {
  from: number;
  to: number;
}

/** A narrower part of what is shown, never shorter than a tenth of a percent. */
export function zoom(shown: Brush, part: Brush): Brush {
  const [from, to] = part.from < part.to ? [part.from, part.to] : [part.to, part.from];
  const length = shown.to - shown.from;
  const next = { from: shown.from + from * length, to: shown.from + to * length };
  return next.to - next.from < 0.001 ? shown : next;
}
