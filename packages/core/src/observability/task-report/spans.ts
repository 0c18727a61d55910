import type { StoredEvent } from "../../domain/index.js";
import type { StepRecord } from "../../store/index.js";

/** A stretch of a step's life. Between stretches it waits for the steps before it. */
export interface Span {
  kind: "waiting" | "running" | "failed";
  fromMs: number;
  toMs: number;
}

/** Of one step more are not drawn. */
const MAX_SPANS = 60;

/**
 * When each step waited its turn and when it ran, from its events; from its record where they are not known.
 *
 * @param steps - the steps
 * @param events - of the task, oldest first
 * @param endMs - where whatever has not ended is cut
 * @returns spans by key, each in order
 */
export function findSpans(
  steps: readonly StepRecord[],
  events: readonly StoredEvent[],
  endMs: number,
): Map<string, Span[]> {
  const lives = new Map<string, ReturnType<typeof createLife>>(
    steps.map((step) => [step.stepKey, createLife()] as const),
  );
  for (const event of events) {
    const life = event.stepKey === null ? undefined : lives.get(event.stepKey);
    if (!life) continue;
    const atMs = Date.parse(event.time);
    if (event.type === "step.waiting") life.begin("waiting", atMs);
    else if (event.type === "step.started") life.begin("running", atMs);
    else if (event.type === "step.attempt_failed") life.end(atMs, true);
    else if (event.type === "step.ended") life.end(atMs, event.data.status === "failed");
  }
  return new Map(
    steps.map((step) => {
      const life = lives.get(step.stepKey);
      life?.end(endMs, false);
      const spans = life?.spans ?? [];
      return [step.stepKey, spans.length > 0 ? spans : fromRecord(step, endMs)] as const;
    }),
  );
}

function createLife() {
  const spans: Span[] = [];
  let open: { kind: "waiting" | "running"; fromMs: number } | null = null;
  const end = (toMs: number, isFailed: boolean) => {
    if (!open) return;
    const kind = open.kind === "running" && isFailed ? "failed" : open.kind;
    if (spans.length < MAX_SPANS) spans.push({ kind, fromMs: open.fromMs, toMs: Math.max(open.fromMs, toMs) });
    open = null;
  };
  return {
    spans,
    end,
    /** Another cause to wait is no other stretch. */
    begin(kind: "waiting" | "running", atMs: number): void {
      if (open?.kind === kind && kind === "waiting") return;
      end(atMs, false);
      open = { kind, fromMs: atMs };
    },
  };
}

function fromRecord({ startedAt, endedAt, status }: StepRecord, endMs: number): Span[] {
  if (startedAt === null) return [];
  const toMs = endedAt === null ? endMs : Date.parse(endedAt);
  return [{ kind: status === "failed" ? "failed" : "running", fromMs: Date.parse(startedAt), toMs }];
}
