import { array, assert, constantFrom, nat, property, record, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import type { PastStep } from "../store/index.js";
import { type Estimate, forecast, leastCostUsd } from "./estimate.js";

let taskNumber = 0;
function past(role: string, given: Partial<PastStep> = {}): PastStep {
  taskNumber += 1;
  return { taskId: `task_${taskNumber}`, role, tokens: 0, costUsd: 0, durationMs: 0, ...given };
}

/** Steps given as `{ role: [what it depends on] }`; the role is the key up to a `#`. */
function plan(edges: Readonly<Record<string, string[]>>): Estimate["steps"] {
  return Object.entries(edges).map(([key, dependsOn]) => ({
    key,
    role: key.split("#")[0] ?? key,
    dependsOn,
    writes: false,
  }));
}

const range = (low: number, high = low) => ({ low, high });

describe("a forecast", () => {
  test("is nothing without any history for its roles", () => {
    expect(forecast(plan({ scout: [] }), [])).toBeNull();
    expect(forecast(plan({ scout: [] }), [past("builder", { tokens: 5 })])).toBeNull();
    expect(forecast([], [past("builder")])).toBeNull();
  });

  test("sums up what each step's role has used", () => {
    const history = [past("scout", { tokens: 100, costUsd: 0.25 }), past("builder", { tokens: 1_000, costUsd: 2 })];
    expect(forecast(plan({ scout: [], builder: ["scout"] }), history)).toMatchObject({
      tokens: range(1_100),
      costUsd: range(2.25),
    });
  });

  test("counts a role as often as it comes", () => {
    const history = [past("builder", { tokens: 10, costUsd: 1 })];
    expect(forecast(plan({ builder: [], "builder#2": [], "builder#3": [] }), history)).toMatchObject({
      tokens: range(30),
      costUsd: range(3),
    });
  });

  test("leaves out the history of roles that are not in the plan", () => {
    const history = [past("scout", { tokens: 1 }), past("builder", { tokens: 1_000, costUsd: null })];
    expect(forecast(plan({ scout: [] }), history)).toMatchObject({ runs: 1, tokens: range(1), costUsd: range(0) });
  });

  test("rests on tasks, each counted once however many steps of it are looked at", () => {
    const history = [
      past("scout", { taskId: "task_a" }),
      past("builder", { taskId: "task_a" }),
      past("builder", { taskId: "task_b" }),
      past("tester", { taskId: "task_c" }),
    ];
    expect(forecast(plan({ scout: [], builder: [] }), history)?.runs).toBe(2);
  });

  test("names each role without history once, and leaves its steps out", () => {
    const steps = plan({ scout: [], tester: ["scout"], "tester#2": ["scout"], reviewer: ["tester"] });
    expect(forecast(steps, [past("scout", { tokens: 7 })])).toMatchObject({
      tokens: range(7),
      rolesWithoutHistory: ["tester", "reviewer"],
    });
  });
});

describe("the range", () => {
  const tokensOf = (...tokens: number[]) =>
    forecast(
      plan({ scout: [] }),
      tokens.map((each) => past("scout", { tokens: each })),
    )?.tokens;

  test.each([
    [[5], range(5)],
    [[9, 5], range(5, 9)],
    [[7, 9, 5], range(5, 9)],
  ])("of few values (%j) goes from the least to the greatest", (tokens, found) => {
    expect(tokensOf(...tokens)).toEqual(found);
  });

  test.each([
    [[1, 2, 3, 1_000], range(2, 3)],
    [[0, 10, 20, 30, 1_000], range(10, 30)],
    [[1_000, 8, 7, 6, 5, 4, 3, 2, 0], range(3, 7)],
  ])("of four and more (%j) goes from the lower to the upper quartile", (tokens, found) => {
    expect(tokensOf(...tokens)).toEqual(found);
  });

  test("orders numbers as numbers", () => {
    expect(tokensOf(100, 9, 20)).toEqual(range(9, 100));
  });
});

describe("the cost", () => {
  test("is not known where the price of a step's whole history is not", () => {
    const history = [past("scout", { costUsd: 1 }), past("builder", { costUsd: null })];
    expect(forecast(plan({ scout: [], builder: [] }), history)?.costUsd).toBeNull();
  });

  test("rests on the runs whose price is known", () => {
    const history = [past("scout", { costUsd: null }), past("scout", { costUsd: 3 }), past("scout", { costUsd: 2 })];
    expect(forecast(plan({ scout: [] }), history)?.costUsd).toEqual(range(2, 3));
  });
});

describe("the time", () => {
  const minutes = (role: string, durationMs: number) => past(role, { durationMs });
  const history = [minutes("scout", 10), minutes("builder", 50), minutes("tester", 30), minutes("reviewer", 5)];
  const timeOf = (edges: Record<string, string[]>) => forecast(plan(edges), history)?.durationMs;

  test("of steps one after another is their sum", () => {
    expect(timeOf({ scout: [], builder: ["scout"], tester: ["builder"] })).toEqual(range(90));
  });

  test("of steps side by side is that of the longest", () => {
    expect(timeOf({ scout: [], builder: [], tester: [] })).toEqual(range(50));
  });

  test("of a graph is that of its longest way", () => {
    const edges = { scout: [], builder: ["scout"], tester: ["scout"], reviewer: ["builder", "tester"] };
    expect(timeOf(edges)).toEqual(range(65));
  });

  test("does not depend on the order in which the steps are named", () => {
    expect(timeOf({ reviewer: ["builder"], builder: ["scout"], scout: [] })).toEqual(range(65));
  });

  test("counts nothing for a step without history, and goes on behind it", () => {
    expect(timeOf({ scout: [], wizard: ["scout"], builder: ["wizard"] })).toEqual(range(60));
  });

  test("has a least and a most of its own", () => {
    const either = [minutes("scout", 10), minutes("scout", 90), minutes("builder", 40), minutes("builder", 50)];
    expect(forecast(plan({ scout: [], builder: [] }), either)?.durationMs).toEqual(range(40, 90));
  });

  test("of a wide and deep graph is found without walking every way through it", () => {
    const layers = Array.from({ length: 30 }, (_, layer) => [`scout#${layer}a`, `scout#${layer}b`]);
    const edges = Object.fromEntries(layers.flatMap((keys, at) => keys.map((key) => [key, layers[at - 1] ?? []])));
    expect(timeOf(edges)).toEqual(range(300));
  });
});

const roleNames = constantFrom("scout", "builder", "tester");
const history = array(
  record({
    role: roleNames,
    tokens: nat(1_000),
    costUsd: nat(50),
    durationMs: nat(1_000),
    taskId: constantFrom("a", "b"),
  }),
  { minLength: 1, maxLength: 20 },
);
const plans = array(tuple(roleNames, nat(), nat()), { minLength: 1, maxLength: 10 }).map((steps) =>
  steps.map(([role, some, other], at) => ({
    key: `s${at}`,
    role,
    writes: false,
    dependsOn: at === 0 ? [] : [`s${some % at}`, `s${other % at}`],
  })),
);

test("whatever was and is planned, low never exceeds high, and time side by side never exceeds time in a row", () => {
  assert(
    property(plans, history, (steps, before) => {
      const found = forecast(steps, before);
      if (!found) return;
      const ranges = [found.tokens, found.durationMs, found.costUsd ?? range(0)];
      for (const { low, high } of ranges) expect(low).toBeLessThanOrEqual(high);
      const inARow = forecast(
        steps.map((step, at) => ({ ...step, dependsOn: at === 0 ? [] : [`s${at - 1}`] })),
        before,
      );
      expect(found.durationMs.high).toBeLessThanOrEqual(inARow?.durationMs.high ?? 0);
      expect(found.costUsd?.low).toBeGreaterThanOrEqual(leastKnown(steps, before));
    }),
    { seed: 1 },
  );
});

function leastKnown(steps: Estimate["steps"], before: readonly PastStep[]): number {
  const known = steps.map((step) => step.role).filter((role) => before.some((each) => each.role === role));
  return leastCostUsd(known, before) ?? 0;
}

describe("the least that roles have cost", () => {
  const before = [
    past("scout", { costUsd: 3 }),
    past("scout", { costUsd: 1 }),
    past("scout", { costUsd: null }),
    past("builder", { costUsd: 10 }),
    past("tester", { costUsd: null }),
  ];

  test.each([
    [["scout"], 1],
    [["scout", "builder"], 11],
    [["scout", "scout"], 2],
    [[], 0],
    [["scout", "wizard"], null],
    [["tester"], null],
  ])("for %j is %j", (roles, least) => {
    expect(leastCostUsd(roles, before)).toBe(least);
  });
});
