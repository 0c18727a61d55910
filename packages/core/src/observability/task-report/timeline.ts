import { isTaskEnded } from "../../domain/index.js";
import { type Html, html } from "./escape.js";
import type { TaskReportInput } from "./input.js";
import { brief, note, section, takeSome } from "./parts.js";
import { findSpans, type Span } from "./spans.js";
import { formatDuration, formatTime } from "./words.js";

const MAX_STEPS = 200;

/** When each step ran, and when it waited its turn. The words beside each bar say the same. */
export function renderTimeline(input: TaskReportInput): Html {
  const { task, steps, events, writtenAt } = input;
  const endMs = Date.parse(isTaskEnded(task.status) ? (task.endedAt ?? writtenAt) : writtenAt);
  const begun = [...findSpans(steps, events.events, endMs)].filter(([, spans]) => spans.length > 0);
  if (begun.length === 0) return section("timeline", "When it ran", note("No step has begun yet."));
  const spans = begun.flatMap(([, each]) => each);
  const startMs = spans.reduce((first, span) => Math.min(first, span.fromMs), Date.parse(task.startedAt ?? writtenAt));
  const lastMs = spans.reduce((last, span) => Math.max(last, span.toMs), startMs);
  const { shown, remark } = takeSome(begun, MAX_STEPS, "steps");
  return section(
    "timeline",
    "When it ran",
    html`<p class="note">${formatDuration(lastMs - startMs)} from left to right, beginning at ${formatTime(toIso(startMs))}. While a step waits for the steps before it nothing is drawn.</p>
<p class="legend"><span>${sample("running")}running</span><span>${sample("failed")}an attempt that failed</span><span>${sample("waiting")}waiting for its turn</span></p>
<ol class="time-line">
${shown.map(([key, own]) => renderRow(key, own, startMs, lastMs))}</ol>
${remark}`,
    !events.isComplete && note("There were too many events to look through; of the last ones only the records speak."),
  );
}

function sample(kind: Span["kind"]): Html {
  return html`<span class="sample"><span class="bar ${kind}" style="left:0;right:0"></span></span>`;
}

function renderRow(key: string, spans: readonly Span[], startMs: number, lastMs: number): Html {
  const bars = spans.map(
    ({ kind, fromMs, toMs }) =>
      html`<span class="bar ${kind}" style="left:${share(fromMs - startMs, lastMs - startMs)}%;width:${share(toMs - fromMs, lastMs - startMs)}%"></span>`,
  );
  return html`<li><span>${brief(key, 120)}</span><span class="track" aria-hidden="true">${bars}</span><span class="muted">${describe(spans, startMs)}</span></li>
`;
}

function describe(spans: readonly Span[], startMs: number): string {
  const sumOf = (isCounted: (span: Span) => boolean) =>
    spans.filter(isCounted).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const waited = sumOf((span) => span.kind === "waiting");
  const ran = spans.filter((span) => span.kind !== "waiting");
  const parts = [
    `after ${formatDuration((spans[0]?.fromMs ?? startMs) - startMs)}`,
    spans.some((span) => span.kind === "waiting") ? `waited ${formatDuration(waited)}` : "",
    ran.length > 0 ? `ran ${formatDuration(sumOf((span) => span.kind !== "waiting"))}` : "has not run",
    ran.length > 1 ? `in ${ran.length} attempts` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** A part of the whole in hundredths, never outside it. */
function share(part: number, whole: number): string {
  const percent = whole > 0 && Number.isFinite(part) ? (100 * part) / whole : 0;
  return Math.min(100, Math.max(0, percent)).toFixed(2);
}

function toIso(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : "an unknown time";
}
