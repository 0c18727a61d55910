import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EventData, Finding } from "../domain/index.js";
import type { PulseReading } from "./pulse.js";
import { createSupervisor, findWrong, type Supervised, type SupervisionPolicy, type Supervisor } from "./supervisor.js";

const INTERVAL_MS = 30_000;
const WELL: PulseReading = { silentMs: 0, identicalCalls: 1, callsSinceNew: 0, toolCalls: 3, waitsFor: null };

describe("what is wrong with an agent", () => {
  const finding = (given: Partial<PulseReading>, intervalMs = INTERVAL_MS) =>
    findWrong({ ...WELL, ...given }, intervalMs)?.finding ?? null;

  test.each([
    [4, null],
    [5, "looping"],
    [50, "looping"],
  ])("after %d identical calls in a row: %s", (identicalCalls, found) => {
    expect(finding({ identicalCalls })).toBe(found);
  });

  test.each([
    [24, null],
    [25, "no_progress"],
  ])("after %d calls without a new one: %s", (callsSinceNew, found) => {
    expect(finding({ callsSinceNew })).toBe(found);
  });

  test.each([
    [119_999, INTERVAL_MS, null],
    [120_000, INTERVAL_MS, "silent"],
    [3_999, 1_000, null],
    [59_999, 1_000, null],
    [60_000, 1_000, "silent"],
  ])("after %d ms in which nothing is open, looked at every %d ms: %s", (silentMs, intervalMs, found) => {
    expect(finding({ silentMs }, intervalMs)).toBe(found);
  });

  test.each([
    [11 * 60_000 - 1, null],
    [11 * 60_000, "silent"],
  ])("after %d ms in a tool: %s", (silentMs, found) => {
    expect(finding({ silentMs, waitsFor: "tool" })).toBe(found);
  });

  test("is never the silence of a model call, which has limits of its own", () => {
    expect(finding({ silentMs: 24 * 3_600_000, waitsFor: "model" })).toBeNull();
  });

  test("is the loop first, then the lack of progress, then the silence", () => {
    const all = { identicalCalls: 5, callsSinceNew: 25, silentMs: 3_600_000 };
    expect(finding(all)).toBe("looping");
    expect(finding({ ...all, identicalCalls: 1 })).toBe("no_progress");
    expect(finding({ ...all, identicalCalls: 1, callsSinceNew: 0 })).toBe("silent");
  });

  test.each([
    [{ identicalCalls: 7 }, "it made the same tool call 7 times in a row"],
    [{ callsSinceNew: 30 }, "its last 30 tool calls all repeat earlier ones"],
    [{ silentMs: 130_400 }, "nothing was heard of it for 130 s"],
  ])("is said in words: %j", (given, detail) => {
    expect(findWrong({ ...WELL, ...given }, INTERVAL_MS)?.detail).toBe(detail);
  });
});

/** An agent whose reading the test sets, and what was done with it. */
class FakeAgent implements Supervised {
  reading: PulseReading | null = WELL;
  readonly checks: EventData<"agent.checked">[] = [];
  readonly nudges: string[] = [];
  readonly stops: [Finding, string][] = [];

  read() {
    return this.reading;
  }
  record(check: EventData<"agent.checked">) {
    this.checks.push(check);
  }
  nudge(text: string) {
    this.nudges.push(text);
  }
  stop(finding: Finding, detail: string) {
    this.stops.push([finding, detail]);
  }

  get actions() {
    return this.checks.map((check) => check.action);
  }
}

const looping = (identicalCalls: number): PulseReading => ({ ...WELL, identicalCalls, toolCalls: identicalCalls });
const silent = (silentMs: number): PulseReading => ({ ...WELL, silentMs });

let supervisor: Supervisor;
let agent: FakeAgent;

function supervise(policy: SupervisionPolicy): void {
  supervisor = createSupervisor({ intervalMs: INTERVAL_MS, policy });
}

/** Each reading is what the next check sees. */
function check(...readings: (PulseReading | null)[]): void {
  for (const reading of readings) {
    agent.reading = reading;
    vi.advanceTimersByTime(INTERVAL_MS);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  agent = new FakeAgent();
  supervise("stop");
});
afterEach(() => {
  supervisor.close();
  vi.useRealTimers();
});

describe("status checks", () => {
  test("come at every interval, and record what was measured", () => {
    supervisor.watch(agent);
    check({ ...WELL, silentMs: 7, identicalCalls: 2, callsSinceNew: 1 }, WELL);
    expect(agent.checks).toEqual([
      { silentMs: 7, identicalCalls: 2, callsSinceNew: 1, finding: null, action: "none" },
      { silentMs: 0, identicalCalls: 1, callsSinceNew: 0, finding: null, action: "none" },
    ]);
  });

  test("say nothing of an agent that has nothing to do", () => {
    supervisor.watch(agent);
    check(null, null);
    expect(agent.checks).toEqual([]);
  });

  test("report what is wrong, then tell the agent, then end its work", () => {
    supervisor.watch(agent);
    check(looping(5), looping(6));
    expect(agent.stops).toEqual([]);
    check(looping(7));
    expect(agent.actions).toEqual(["reported", "nudged", "stopped"]);
    expect(agent.checks.map((each) => each.finding)).toEqual(["looping", "looping", "looping"]);
    expect(agent.nudges).toHaveLength(1);
    expect(agent.stops).toEqual([["looping", "it made the same tool call 7 times in a row"]]);
  });

  test("do no more once the work was ended", () => {
    supervisor.watch(agent);
    check(looping(5), looping(6), looping(7), looping(8), looping(9));
    expect(agent.actions).toEqual(["reported", "nudged", "stopped", "none", "none"]);
    expect(agent.stops).toHaveLength(1);
  });

  test("give an agent time that has made no call since it was told", () => {
    supervisor.watch(agent);
    check(looping(5), looping(6), looping(6), looping(6));
    expect(agent.actions).toEqual(["reported", "nudged", "none", "none"]);
    check(looping(7));
    expect(agent.actions.at(-1)).toBe("stopped");
  });

  test("give no time to an agent that stays silent: it cannot heed anything", () => {
    supervisor.watch(agent);
    check(silent(120_000), silent(150_000), silent(180_000));
    expect(agent.actions).toEqual(["reported", "nudged", "stopped"]);
    expect(agent.stops).toEqual([["silent", "nothing was heard of it for 180 s"]]);
  });

  test("begin anew with an agent that has found its way out", () => {
    supervisor.watch(agent);
    check(looping(5), looping(6), { ...WELL, toolCalls: 7 }, looping(12), looping(13));
    expect(agent.actions).toEqual(["reported", "nudged", "none", "reported", "nudged"]);
    expect(agent.stops).toEqual([]);
  });

  test("go on with an agent whose fault has become another one", () => {
    supervisor.watch(agent);
    check(looping(5), { ...WELL, callsSinceNew: 25, toolCalls: 30 });
    expect(agent.checks.map(({ finding, action }) => [finding, action])).toEqual([
      ["looping", "reported"],
      ["no_progress", "nudged"],
    ]);
  });

  test("keep the agents apart", () => {
    const other = new FakeAgent();
    supervisor.watch(agent);
    supervisor.watch(other);
    check(looping(5), looping(6));
    expect(agent.actions).toEqual(["reported", "nudged"]);
    expect(other.actions).toEqual(["none", "none"]);
  });
});

describe("the policy", () => {
  test.each<[SupervisionPolicy, string[]]>([
    ["report", ["reported", "none", "none", "none"]],
    ["nudge", ["reported", "nudged", "none", "none"]],
    ["stop", ["reported", "nudged", "stopped", "none"]],
  ])("%s goes as far as %j", (policy, actions) => {
    supervise(policy);
    supervisor.watch(agent);
    check(looping(5), looping(6), looping(7), looping(8));
    expect(agent.actions).toEqual(actions);
    expect(agent.nudges).toHaveLength(actions.includes("nudged") ? 1 : 0);
    expect(agent.stops).toHaveLength(actions.includes("stopped") ? 1 : 0);
  });
});

describe("what an agent is told", () => {
  test.each<[PulseReading, PulseReading, string]>([
    [looping(5), looping(6), "you made the same tool call 6 times in a row"],
    [
      { ...WELL, callsSinceNew: 25 },
      { ...WELL, callsSinceNew: 26, toolCalls: 4 },
      "your last 26 tool calls all repeat earlier ones",
    ],
    [silent(120_000), silent(150_000), "nothing was heard of you for 150 s"],
  ])("speaks to it", (first, second, detail) => {
    supervisor.watch(agent);
    check(first, second);
    expect(agent.nudges).toEqual([
      `A status check found that ${detail}. Stop and think: say what you expected, and take another way, or finish with what you have.`,
    ]);
  });
});

describe("a timer", () => {
  test("runs only while something is watched, and is one for all", () => {
    expect(vi.getTimerCount()).toBe(0);
    const leave = supervisor.watch(agent);
    const leaveOther = supervisor.watch(new FakeAgent());
    expect(vi.getTimerCount()).toBe(1);
    leave();
    expect(vi.getTimerCount()).toBe(1);
    leaveOther();
    leaveOther();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("starts again for the next agent", () => {
    supervisor.watch(new FakeAgent())();
    supervisor.watch(agent);
    check(WELL);
    expect(agent.checks).toHaveLength(1);
  });

  test("looks no more at an agent that is not watched any more", () => {
    const leave = supervisor.watch(agent);
    supervisor.watch(new FakeAgent());
    leave();
    check(looping(5));
    expect(agent.checks).toEqual([]);
  });

  test("ends when the supervisor is closed", () => {
    supervisor.watch(agent);
    supervisor.close();
    expect(vi.getTimerCount()).toBe(0);
    check(looping(5));
    expect(agent.checks).toEqual([]);
  });
});
