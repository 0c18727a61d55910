import { afterEach, describe, expect, test, vi } from "vitest";
import { formatTime } from "./format.js";
import { sampleTask } from "./sample-task.testsuite.js";
import { describeHold, describeOtherHold, describeStandstill } from "./standstill.js";

const TIME = "2026-11-22T14:32:10.000Z";
const open = { taskId: "task_a", endedAt: null, attention: null, ownerAlive: true } as const;
const LONG = "the five-hour limit of the account is reached, and every agent of the fleet has met it";
const attention = { reason: "a conflict is open", hint: "Settle it." };

afterEach(() => {
  vi.unstubAllEnvs();
});

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

describe("a hold of which there is much to say", () => {
  test("is one line in a pipe, for whoever searches it", () => {
    vi.stubEnv("COLUMNS", undefined);
    expect(describeHold({ reason: LONG, until: TIME }, 0)).not.toContain("\n");
  });

  test("is as wide there as COLUMNS asks for", () => {
    vi.stubEnv("COLUMNS", "80");
    const text = describeHold({ reason: LONG, until: TIME }, 0);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(text.replaceAll("\n", " ")).toBe(
      `Held until ${formatTime(TIME)}: ${LONG}. One agent tries then; the others follow.`,
    );
  });

  test.each(["0", "wide", "-3", ""])("is one line where COLUMNS is %j, which is no width", (columns) => {
    vi.stubEnv("COLUMNS", columns);
    expect(describeHold({ reason: LONG, until: TIME }, 0)).not.toContain("\n");
  });
});
