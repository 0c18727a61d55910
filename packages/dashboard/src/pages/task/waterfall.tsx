import { type PointerEvent, useRef, useState } from "react";
import type { StepRecord, TimingSpan } from "../../api/types.ts";
import { Button } from "../../components/button.tsx";
import { StatusMark } from "../../components/status.tsx";
import { formatClock, formatDuration } from "../../format/moments.ts";
import { isTaskEnded, lookOfStep } from "../../format/statuses.ts";
import { useNow } from "../../live/clock.ts";
import {
  type Bar,
  type Brush,
  buildWaterfall,
  describeRow,
  ticksOf,
  type WaterfallRow,
  zoom,
} from "./waterfall-rows.ts";

const LOOKS: Record<Bar["kind"], string> = {
  waiting: "h-1.5 border border-edge bg-transparent",
  running: "h-3.5 bg-accent",
  failed: "h-3.5 bg-bad bg-[repeating-linear-gradient(135deg,transparent_0_3px,var(--surface)_3px_4px)]",
  model_call: "h-1.5 bg-[var(--hue-3)]",
  tool: "h-1.5 bg-[var(--hue-2)]",
  check: "h-1.5 bg-[var(--hue-8)]",
};
const NAMES: Record<Bar["kind"], string> = {
  waiting: "waiting",
  running: "running",
  failed: "failed attempt",
  model_call: "model call",
  tool: "tool",
  check: "check",
};
const WHOLE: Brush = { from: 0, to: 1 };
/** Of one step more are not drawn. */
const MAX_INNER = 400;

/** Each step as a bar in time: waiting apart from running, each attempt by itself, and what happened within. */
export function Waterfall({
  task,
  spans,
  isCut,
  selected,
  onSelect,
}: {
  task: { status: Parameters<typeof isTaskEnded>[0]; steps: readonly StepRecord[] };
  spans: readonly TimingSpan[];
  /** There were more calls than can be told. */
  isCut: boolean;
  selected: string | null;
  onSelect(stepKey: string): void;
}) {
  const nowMs = useNow(!isTaskEnded(task.status));
  const [shown, setShown] = useState<Brush>(WHOLE);
  const { startMs, endMs, rows } = buildWaterfall(spans, task.steps, nowMs);
  const lengthMs = endMs - startMs;
  const window = { fromMs: startMs + shown.from * lengthMs, lengthMs: (shown.to - shown.from) * lengthMs };
  const isWhole = shown === WHOLE;

  return (
    <div className="panel overflow-hidden">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-3 py-1.5 text-xs text-muted">
        <ul className="flex flex-wrap gap-x-4 gap-y-0.5">
          {(Object.keys(LOOKS) as Bar["kind"][]).map((kind) => (
            <li key={kind} className="flex items-center gap-1.5">
              <span aria-hidden="true" className={`inline-block w-4 rounded-[1px] ${LOOKS[kind]}`} />
              {NAMES[kind]}
            </li>
          ))}
        </ul>
        {isWhole ? (
          <span className="hidden sm:inline">{isCut && "not every call is drawn · "}drag over the bars to zoom</span>
        ) : (
          <Button look="quiet" className="!min-h-6 !px-2 !py-0 text-xs" onClick={() => setShown(WHOLE)}>
            Show all {formatDuration(lengthMs)}
          </Button>
        )}
      </div>
      <div className="grid grid-cols-[7.5rem_minmax(0,1fr)] sm:grid-cols-[11rem_minmax(0,1fr)_6.5rem]">
        <Scale window={window} startMs={startMs} />
        {rows.map((row) => {
          const step = task.steps.find((each) => each.stepKey === row.stepKey);
          return step ? (
            <Row
              key={row.stepKey}
              row={row}
              step={step}
              window={window}
              isSelected={row.stepKey === selected}
              onSelect={onSelect}
              onBrush={(part) => setShown((before) => zoom(before, part))}
            />
          ) : null;
        })}
      </div>
    </div>
  );
}

interface TimeWindow {
  fromMs: number;
  lengthMs: number;
}

function Scale({ window, startMs }: { window: TimeWindow; startMs: number }) {
  const offsetMs = window.fromMs - startMs;
  return (
    <>
      <span className="border-b border-line" />
      <div aria-hidden="true" className="relative h-5 border-b border-line text-[0.6875rem] text-muted">
        {ticksOf(window.lengthMs, 5).map((tick) => (
          <span
            key={tick}
            className="absolute top-0.5 whitespace-nowrap border-l border-line pl-1"
            style={{ left: `${(tick / window.lengthMs) * 100}%` }}
          >
            {offsetMs + tick < 1 ? "0" : formatDuration(Math.round(offsetMs + tick))}
          </span>
        ))}
      </div>
      <span className="hidden border-b border-line sm:block" />
    </>
  );
}

function Row(props: {
  row: WaterfallRow;
  step: StepRecord;
  window: TimeWindow;
  isSelected: boolean;
  onSelect(stepKey: string): void;
  onBrush(part: Brush): void;
}) {
  const { row, step, window, isSelected, onSelect } = props;
  const look = lookOfStep(step);
  const ground = isSelected ? "bg-accent-ground" : "";
  return (
    <>
      <button
        type="button"
        data-item
        aria-pressed={isSelected}
        onClick={() => onSelect(row.stepKey)}
        className={`flex min-w-0 items-center gap-1.5 px-3 py-1 text-left hover:bg-sunken ${ground}`}
      >
        <StatusMark shape={look.shape} tone={look.tone} />
        <span className="truncate">{row.stepKey}</span>
        <span className="sr-only">{`, ${look.word}. ${describeRow(row)}`}</span>
      </button>
      <Track window={window} onBrush={props.onBrush} className={ground}>
        {row.bars.map((bar) => (
          <BarView key={`${bar.kind} ${bar.fromMs}`} bar={bar} window={window} className="top-1.5" />
        ))}
        {row.inner.slice(-MAX_INNER).map((bar) => (
          <BarView
            key={`${bar.kind} ${bar.fromMs} ${bar.name}`}
            bar={bar}
            window={window}
            className={bar.kind === "model_call" ? "top-6" : "top-8"}
          />
        ))}
      </Track>
      <span className={`hidden py-1 pl-2 pr-3 text-right text-muted sm:block ${ground}`}>
        {row.ranMs > 0 ? formatDuration(row.ranMs) : ""}
      </span>
    </>
  );
}

/** The way of a row, on which a part of the time can be marked by dragging. */
function Track(props: {
  window: TimeWindow;
  onBrush(part: Brush): void;
  className: string;
  children: React.ReactNode;
}) {
  const begun = useRef<number | null>(null);
  const [mark, setMark] = useState<Brush | null>(null);
  const shareOf = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
  };
  const end = () => {
    if (mark && Math.abs(mark.to - mark.from) > 0.01) props.onBrush(mark);
    begun.current = null;
    setMark(null);
  };
  return (
    <div
      aria-hidden="true"
      className={`relative h-10 cursor-crosshair touch-pan-y select-none ${props.className}`}
      onPointerDown={(event) => {
        begun.current = shareOf(event);
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (begun.current !== null) setMark({ from: begun.current, to: shareOf(event) });
      }}
      onPointerUp={end}
      onPointerCancel={end}
    >
      {props.children}
      {mark && (
        <span
          className="absolute inset-y-0 border-x border-accent bg-accent/15"
          style={{ left: `${Math.min(mark.from, mark.to) * 100}%`, width: `${Math.abs(mark.to - mark.from) * 100}%` }}
        />
      )}
    </div>
  );
}

function BarView({ bar, window, className }: { bar: Bar; window: TimeWindow; className: string }) {
  const from = Math.max(0, (bar.fromMs - window.fromMs) / window.lengthMs);
  const to = Math.min(1, (bar.toMs - window.fromMs) / window.lengthMs);
  if (to < 0 || from > 1 || to < from) return null;
  const title = [
    `${NAMES[bar.kind]}: ${bar.name}${bar.isError && bar.kind !== "failed" ? ", failed" : ""}`,
    `${formatDuration(bar.toMs - bar.fromMs)}${bar.isOpen ? " until now" : ""}`,
    `from ${formatClock(new Date(bar.fromMs).toISOString())}`,
    bar.detail,
  ];
  return (
    <span
      title={title.filter(Boolean).join("\n")}
      className={`absolute min-w-0.5 rounded-[1px] ${bar.isError && bar.kind !== "failed" ? "outline-1 outline-bad" : ""} ${LOOKS[bar.kind]} ${className} ${bar.kind === "waiting" ? "!top-2.5" : ""}`}
      style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
    />
  );
}
