import { describe, expect, it } from "vitest";
import type { TimingSpan } from "../../api/types.ts";
import { buildWaterfall, describeRow, ticksOf, zoom } from "./waterfall-rows.ts";

const BEGIN_MS = Date.parse("2026-11-23T12:00:00.000Z");
const at = (seconds: number) => new Date(BEGIN_MS + seconds * 1_000).toISOString();
const NOW_MS = BEGIN_MS + 60_000;

function span(kind: TimingSpan["kind"], from: number, to: number | null, more: Partial<TimingSpan> = {}): TimingSpan {
  const endedAt = to === null ? null : at(to);
  return {
    kind,
    stepKey: "builder",
    agentId: null,
    name: kind,
    startedAt: at(from),
    endedAt,
    isError: false,
    detail: "",
    ...more,
  };
}

const STEPS = [{ stepKey: "builder" }];
const rowOf = (...spans: TimingSpan[]) => {
  const [row] = buildWaterfall(spans, STEPS, NOW_MS).rows;
  if (!row) throw new Error("There is no row.");
  return row;
};

describe("the waterfall", () => {
  it("tells waiting apart from running", () => {
    const row = rowOf(span("step", 10, 40), span("waiting", 4, 10));
    expect(row.bars.map((bar) => bar.kind)).toEqual(["waiting", "running"]);
    expect([row.waitedMs, row.ranMs]).toEqual([6_000, 30_000]);
  });

  it("shows attempts in place of the step as a whole", () => {
    const row = rowOf(
      span("step", 0, 40),
      span("attempt", 0, 12, { isError: true, detail: "overloaded" }),
      span("attempt", 14, 40),
    );
    expect(row.bars.map((bar) => bar.kind)).toEqual(["failed", "running"]);
    expect(describeRow(row)).toBe("builder: ran 38 s, 2 attempts");
  });

  it("lets what has not ended reach the present", () => {
    const row = rowOf(span("step", 10, null));
    expect(row.bars[0]).toMatchObject({ isOpen: true, toMs: NOW_MS });
  });

  it("keeps what happened within a step apart", () => {
    const row = rowOf(span("step", 0, 40), span("tool", 3, 5), span("model_call", 1, 3), span("check", 30, 39));
    expect(row.inner.map((bar) => bar.kind)).toEqual(["tool", "model_call", "check"]);
    expect(row.bars).toHaveLength(1);
  });

  it("has a row for a step that has not begun, and stands without any span", () => {
    const { rows, startMs, endMs } = buildWaterfall([], STEPS, NOW_MS);
    expect(rows.map(describeRow)).toEqual(["builder: not begun"]);
    expect(endMs).toBeGreaterThan(startMs);
  });

  it("spans all from the first beginning to the last end", () => {
    const { startMs, endMs } = buildWaterfall([span("waiting", 2, 3), span("tool", 3, 50)], STEPS, NOW_MS);
    expect([startMs, endMs]).toEqual([BEGIN_MS + 2_000, BEGIN_MS + 50_000]);
  });
});

describe("its scale", () => {
  it("has even ticks, and not too many", () => {
    expect(ticksOf(60_000, 6)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    expect(ticksOf(900, 6).at(-1)).toBe(750);
    expect(ticksOf(40 * 86_400_000, 6).length).toBeLessThanOrEqual(7);
  });

  it("narrows to the part that was marked, in whichever direction", () => {
    expect(zoom({ from: 0, to: 1 }, { from: 0.75, to: 0.25 })).toEqual({ from: 0.25, to: 0.75 });
    expect(zoom({ from: 0.5, to: 1 }, { from: 0, to: 0.5 })).toEqual({ from: 0.5, to: 0.75 });
    expect(zoom({ from: 0, to: 1 }, { from: 0.5, to: 0.5 })).toEqual({ from: 0, to: 1 });
  });
});
