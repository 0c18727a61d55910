import { describe, expect, it } from "vitest";
import type { OrchestratorEvent } from "../../api/types.ts";
import { appendLive, appendNewer, prependOlder, type TimelineWindow } from "./timeline-window.ts";

const event = (seq: number): OrchestratorEvent => ({
  ...{ seq, time: "2026-11-23T12:00:00.000Z", type: "agent.output" },
  ...{ taskId: null, stepKey: null, agentId: "a1", data: { text: String(seq) } },
});
/** Events with the numbers from `first` to `last`. */
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => event(first + index));
const seqsOf = (window: TimelineWindow) => window.events.map((each) => each.seq);
const window = (first: number, last: number, more: Partial<TimelineWindow> = {}): TimelineWindow => ({
  ...{ events: range(first, last), hasOlder: true, isAtEnd: true },
  ...more,
});

describe("the window, live", () => {
  it("takes what is new, once", () => {
    expect(seqsOf(appendLive(window(1, 3), range(3, 5), 10, true))).toEqual([1, 2, 3, 4, 5]);
    const same = window(1, 3);
    expect(appendLive(same, range(2, 3), 10, true)).toBe(same);
  });

  it("lets the oldest go while the end is followed", () => {
    const next = appendLive(window(1, 10), range(11, 11), 10, true);
    expect(seqsOf(next)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    expect([next.hasOlder, next.isAtEnd]).toEqual([true, true]);
  });

  it("takes nothing from under a reader who is further up", () => {
    const next = appendLive(window(1, 9), range(10, 12), 10, false);
    expect(seqsOf(next)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(next.isAtEnd).toBe(false);
  });

  it("leaves no gap: once the end is out of reach, nothing is appended", () => {
    const far = window(1, 5, { isAtEnd: false });
    expect(appendLive(far, range(90, 91), 10, false)).toBe(far);
  });
});

describe("the window, read backwards and forwards", () => {
  it("puts an older page before what is held", () => {
    const next = prependOlder(window(11, 12), range(8, 10).reverse(), true, 10);
    expect(seqsOf(next)).toEqual([8, 9, 10, 11, 12]);
    expect([next.hasOlder, next.isAtEnd]).toEqual([true, true]);
  });

  it("lets the newest go for older ones, and knows that they are out of reach", () => {
    const next = prependOlder(window(11, 18), range(7, 10).reverse(), false, 10);
    expect(seqsOf(next)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect([next.hasOlder, next.isAtEnd]).toEqual([false, false]);
  });

  it("goes forward again to the end", () => {
    const far = window(1, 8, { isAtEnd: false, hasOlder: false });
    const next = appendNewer(far, range(9, 12), false, 10);
    expect(seqsOf(next)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([next.hasOlder, next.isAtEnd]).toEqual([true, false]);
    expect(appendNewer(next, range(13, 13), true, 10).isAtEnd).toBe(true);
  });
});
