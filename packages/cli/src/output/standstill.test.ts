import { describe, expect, test } from "vitest";
import { formatTime } from "./format.js";
import { sampleTask } from "./sample-task.testsuite.js";
import { describeOtherHold, describeStandstill } from "./standstill.js";

const TIME = "2026-11-22T14:32:10.000Z";
const open = { taskId: "task_a", endedAt: null, attention: null, ownerAlive: true } as const;
const attention = { reason: "a conflict is open", hint: "Settle it." };

describe("a task that", () => {
  test.each([
    ["runs", { ...open, status: "running" } as const, []],
    ["has ended", { status: "completed" } as const, []],
    [
      "is paused",
      { ...open, status: "paused", ownerAlive: false } as const,
      ["It is paused. Go on with it: orchestrator resume task_a"],
    ],
    [
      "waits for a limit",
      { ...open, status: "held", held: { cause: "usage_limit", reason: "the limit is reached", until: TIME } } as const,
      [`Held until ${formatTime(TIME)}: the limit is reached. One agent tries then; the others follow.`],
    ],
    [
      "has lost its process",
      { ...open, status: "running", ownerAlive: false } as const,
      ["The process that ran it is gone. Go on with it: orchestrator resume task_a"],
    ],
  ])("%s is told about as that", (_, given, lines) => {
    expect(describeStandstill(sampleTask(given), Date.parse(TIME) - 1)).toEqual(lines);
  });

  test("waits for a limit whose end has come says that one tries", () => {
    const held = { cause: "usage_limit", reason: "the limit is reached", until: TIME } as const;
    expect(describeStandstill(sampleTask({ ...open, status: "held", held }), Date.parse(TIME))).toEqual([
      `Held: the limit is reached. The wait ended at ${formatTime(TIME)}; the next agent tries, and the others follow.`,
    ]);
  });

  test("waits for a person says for what", () => {
    const lines = describeStandstill(sampleTask({ ...open, status: "needs_attention", attention }));
    expect(lines.join("\n")).toContain("a conflict is open");
  });
});

test("a hold of another account is told of while it lasts, as one that holds nobody here", () => {
  const hold = { cause: "usage_limit", reason: "the limit is reached", since: TIME, until: TIME, strikes: 1 } as const;
  const other = { ...hold, canary: null, isOurs: false };
  expect(describeOtherHold(other, Date.parse(TIME) - 1)).toBe(
    `With another key or endpoint held until ${formatTime(TIME)}: the limit is reached. It holds nobody here.`,
  );
  expect(describeOtherHold(other, Date.parse(TIME))).toBe("");
});
