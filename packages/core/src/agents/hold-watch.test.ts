import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Hold, Holds, Obstacle } from "../limits/index.js";
import type { RuntimeEvent, TurnResult } from "../runtime/index.js";
import { HoldWatch } from "./hold-watch.js";

const HOLD: Hold = { cause: "usage_limit", reason: "the limit is reached", untilMs: 1 };

let reported: Obstacle[];
let answered: string[];
let interrupts: number;
/** What the fleet waits for, as far as the agent must wait with it. */
let present: Hold | null;
let tell: (hold: Hold) => void;
let watch: HoldWatch;
/** What the store fails with. */
let failure: Error | null;

beforeEach(() => {
  reported = [];
  answered = [];
  interrupts = 0;
  present = null;
  failure = null;
  const holds: Holds = {
    scope: "account",
    report: async (obstacle) => {
      reported.push(obstacle);
      if (failure) throw failure;
      return HOLD;
    },
    find: async () => {
      if (failure) throw failure;
      return present;
    },
    answered: (caller) => void answered.push(caller),
    enter: async () => {},
    ended: async () => {},
    onHeld: (listener) => {
      tell = listener;
      return () => {};
    },
    onReleased: () => () => {},
  };
  const interrupt = async () => {
    interrupts += 1;
  };
  watch = new HoldWatch({ holds, caller: "task_a/one", interrupt });
});

const retry = (status: number | null, delayMs: number, attempt = 1): RuntimeEvent => ({
  type: "model_call.retry",
  attempt,
  maxRetries: 3,
  delayMs,
  status,
  error: "",
});
const failed = (code: "usage_limit" | "model_unavailable" | "agent_failed", httpStatus?: number) =>
  ({ ok: false, error: { code, message: "", hint: "" }, text: "", httpStatus }) satisfies TurnResult;

describe("a retry that the CLI announces", () => {
  test.each([
    ["a 429 of more than five seconds", retry(429, 5_001), "usage_limit", true],
    ["a 429 of five seconds", retry(429, 5_000), null, false],
    ["a first 529", retry(529, 500), null, false],
    ["a second 529", retry(529, 1_000, 2), "overload", false],
    ["a second 429", retry(429, 1_000, 2), "usage_limit", false],
    ["a second 503", retry(503, 1_000, 2), "unreachable", false],
    ["a second lost connection", retry(null, 1_000, 2), "unreachable", false],
    ["a second 408", retry(408, 1_000, 2), null, false],
  ] as const)("%s", async (_, event, cause, hasEnd) => {
    await watch.begin();
    watch.take(event);
    const hold = await watch.settle(failed("agent_failed"));
    expect(reported.map((each) => each.cause)).toEqual(cause === null ? [] : [cause]);
    expect(reported.every((each) => (each.untilMs !== null) === hasEnd)).toBe(true);
    // What everybody waits for ends the turn here at once.
    expect(interrupts).toBe(cause === null ? 0 : 1);
    expect(hold).toEqual(cause === null ? null : HOLD);
  });
});

describe("an agent at work", () => {
  test("is ended before its next call when the fleet is held, and knows why", async () => {
    expect(await watch.beforeCall()).toBeNull();
    present = HOLD;
    expect(await watch.beforeCall()).toEqual(HOLD);
    expect(interrupts).toBe(1);
    expect(await watch.settle(failed("agent_failed"))).toEqual(HOLD);
    expect(reported).toEqual([]);
  });

  test("is not begun with while the fleet is held", async () => {
    present = HOLD;
    expect(await watch.begin()).toEqual(HOLD);
    expect(interrupts).toBe(0);
  });

  test("that is about to try again by itself is ended when the fleet is held by another", async () => {
    await watch.begin();
    present = HOLD;
    tell(HOLD);
    expect(interrupts).toBe(0);
    watch.take(retry(529, 4_000));
    tell(HOLD);
    await expect.poll(() => interrupts).toBe(1);
  });

  test("tells of its first answer", () => {
    const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };
    watch.take({ type: "model_call.report", callId: "c", model: "m", apiMessageId: null, usage } as RuntimeEvent);
    expect(answered).toEqual(["task_a/one"]);
  });
});

describe("a turn that was refused", () => {
  test("waits for the reset that the login told", async () => {
    watch.take({ type: "usage_limit.reached", resetsAtMs: 99_000, limit: "seven_day_opus" });
    expect(await watch.settle(failed("usage_limit", 429))).toEqual(HOLD);
    expect(reported).toEqual([{ cause: "usage_limit", reason: "the 7-day opus limit is reached", untilMs: 99_000 }]);
  });

  test.each([
    [429, "usage_limit"],
    [529, "overload"],
    [500, "unreachable"],
    [undefined, "unreachable"],
  ] as const)("with status %s names no end: %s", async (status, cause) => {
    await watch.settle(failed("model_unavailable", status));
    expect(reported).toMatchObject([{ cause, untilMs: null }]);
  });

  test("for a cause of its own waits for nothing", async () => {
    expect(await watch.settle(failed("agent_failed"))).toBeNull();
  });
});

describe("a store that fails", () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  beforeEach(() => {
    unhandled.length = 0;
    process.on("unhandledRejection", note);
  });
  afterEach(() => {
    process.off("unhandledRejection", note);
  });
  /** Node tells of a rejection that nobody handles before the next timers run. */
  const aTurnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

  test("is told to whoever settles the turn, and ends no process", async () => {
    await watch.begin();
    failure = new Error("the disk is full");
    watch.take(retry(429, 60_000));
    watch.take(retry(429, 60_000, 2));
    await aTurnOfTheLoop();
    expect(unhandled).toEqual([]);
    await expect(watch.settle(failed("agent_failed"))).rejects.toThrow("the disk is full");
  });

  test("when another has met a limit is met by the agent's own next write", async () => {
    await watch.begin();
    watch.take(retry(529, 4_000));
    failure = new Error("the disk is full");
    tell(HOLD);
    await aTurnOfTheLoop();
    expect(unhandled).toEqual([]);
    expect(interrupts).toBe(0);
  });
});
