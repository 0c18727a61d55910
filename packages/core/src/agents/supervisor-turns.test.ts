import { expect, test, vi } from "vitest";
import { createSupervisor } from "./supervisor.js";

test("a finding in a new turn is reported first, also when the turn before it was told off", () => {
  vi.useFakeTimers();
  const actions: string[] = [];
  let reading: { identicalCalls: number; toolCalls: number } | null = null;
  const supervisor = createSupervisor({ intervalMs: 10, policy: "stop" });
  supervisor.watch({
    read: () => reading && { silentMs: 0, callsSinceNew: 0, waitsFor: null, ...reading },
    record: ({ action }) => actions.push(action),
    nudge: () => {},
    stop: () => {},
  });
  for (const each of [
    { identicalCalls: 5, toolCalls: 5 },
    { identicalCalls: 6, toolCalls: 6 },
    null,
    { identicalCalls: 5, toolCalls: 11 },
  ]) {
    reading = each;
    vi.advanceTimersByTime(10);
  }
  supervisor.close();
  vi.useRealTimers();
  expect(actions).toEqual(["reported", "nudged", "reported"]);
});
