import { array, assert, boolean, integer, nat, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlannedStep } from "../domain/index.js";
import { type Arrangement, arrangeSteps, BASELINE_STEP, baselineStep, freeKey } from "./arrange.js";
import { findAncestors, findGraphFault } from "./graph.js";
import { edgesOf, stepsOf } from "./steps.testsuite.js";

const ISOLATED: Arrangement = { isolated: true, hasChecks: true, baseline: null };
const MERGES_ONLY: Arrangement = { isolated: true, hasChecks: false, baseline: null };
const IN_PLACE: Arrangement = { isolated: false, hasChecks: true, baseline: null };

type Edges = Readonly<Record<string, readonly string[]>>;

const arrange = (edges: Edges, arrangement: Arrangement = ISOLATED) => arrangeSteps(stepsOf(edges), arrangement);
const edges = (given: Edges, arrangement?: Arrangement) => edgesOf(arrange(given, arrangement));
const lanes = (given: Edges, arrangement?: Arrangement) =>
  Object.fromEntries(arrange(given, arrangement).map((step) => [step.key, step.lane]));

describe("checks", () => {
  test("come after each step that writes, and whatever came after it waits for them", () => {
    expect(edges({ planner: [], "builder!": ["planner"], reviewer: ["builder"] })).toEqual({
      planner: [],
      builder: ["planner"],
      "check-builder": ["builder"],
      reviewer: ["check-builder"],
    });
  });

  test("come after each of several writers in a row", () => {
    expect(edges({ "builder!": [], "tester!": ["builder"] })).toEqual({
      builder: [],
      "check-builder": ["builder"],
      tester: ["check-builder"],
      "check-tester": ["tester"],
    });
  });

  test("come after a merge, too", () => {
    expect(edges({ "left!": [], "right!": [], last: ["left", "right"] })).toEqual({
      left: [],
      "check-left": ["left"],
      right: [],
      "check-right": ["right"],
      merge: ["check-left", "check-right"],
      "check-merge": ["merge"],
      last: ["check-merge"],
    });
  });

  test("stand right behind what they check, as the orchestrator's own steps that have the files for themselves", () => {
    const [, check] = arrange({ "builder!": [], reviewer: ["builder"] });
    expect(check).toMatchObject({ key: "check-builder", kind: "check", role: "check", writes: true, round: 0 });
  });

  test("are left out where there are none to run", () => {
    expect(edges({ "builder!": [], reviewer: ["builder"] }, MERGES_ONLY)).toEqual({
      builder: [],
      reviewer: ["builder"],
    });
  });

  test("are not for steps that only read", () => {
    expect(edges({ scout: [], reviewer: ["scout"] })).toEqual({ scout: [], reviewer: ["scout"] });
  });

  test("keep what a step depends on besides", () => {
    expect(edges({ scout: [], "builder!": [], reviewer: ["scout", "builder"] }).reviewer).toEqual([
      "scout",
      "check-builder",
    ]);
  });
});

describe("the baseline", () => {
  const WITH_BASELINE = { ...ISOLATED, baseline: BASELINE_STEP, taken: [BASELINE_STEP] };

  test("comes before the first writers, and readers need not wait for it", () => {
    expect(edges({ scout: [], "left!": ["scout"], "right!": [] }, WITH_BASELINE)).toMatchObject({
      scout: [],
      left: ["scout", BASELINE_STEP],
      right: [BASELINE_STEP],
    });
  });

  test("is not waited for again by those behind them", () => {
    const arranged = arrange(
      { "builder!": [], "tester!": ["builder"], "other!": [], last: ["tester", "other"] },
      WITH_BASELINE,
    );
    const waiting = arranged.filter((step) => step.dependsOn.includes(BASELINE_STEP)).map((step) => step.key);
    expect(waiting).toEqual(["builder", "other"]);
  });

  test("is no step of the arrangement itself: whoever records the plan puts it first", () => {
    const steps = arrange({ "builder!": [] }, WITH_BASELINE);
    expect(steps.map((step) => step.key)).toEqual(["builder", "check-builder"]);
    expect(findGraphFault([baselineStep(), ...steps])).toBeNull();
  });

  test("may have another key, where a user's step has this one", () => {
    const given = { ...ISOLATED, baseline: "baseline#2", taken: ["baseline#2"] };
    expect(edges({ "baseline!": [] }, given)).toEqual({
      baseline: ["baseline#2"],
      "check-baseline": ["baseline"],
    });
  });
});

describe("merges", () => {
  test("come before whatever needs the work of parallel writers", () => {
    expect(edges({ "left!": [], "right!": [], "last!": ["left", "right"] }, MERGES_ONLY)).toEqual({
      left: [],
      right: [],
      merge: ["left", "right"],
      last: ["merge"],
    });
  });

  test("come at the end where nothing needs it", () => {
    expect(edges({ "left!": [], "right!": [] }, MERGES_ONLY)).toEqual({
      left: [],
      right: [],
      merge: ["left", "right"],
    });
  });

  test("are shared by those that need the same", () => {
    expect(
      edges({ "left!": [], "right!": [], reviewer: ["left", "right"], critic: ["left", "right"] }, MERGES_ONLY),
    ).toEqual({ left: [], right: [], merge: ["left", "right"], reviewer: ["merge"], critic: ["merge"] });
  });

  test("of some parts come before those of all", () => {
    expect(edges({ "a!": [], "b!": [], "c!": [], some: ["a", "b"], all: ["some", "c"] }, MERGES_ONLY)).toEqual({
      a: [],
      b: [],
      c: [],
      merge: ["a", "b"],
      some: ["merge"],
      "merge#2": ["c", "merge"],
      all: ["some", "merge#2"],
    });
  });

  test("of overlapping parts are one each, and come together at the end", () => {
    expect(edges({ "a!": [], "b!": [], "c!": [], one: ["a", "b"], two: ["b", "c"] }, MERGES_ONLY)).toEqual({
      a: [],
      b: [],
      c: [],
      merge: ["a", "b"],
      one: ["merge"],
      "merge#2": ["b", "c"],
      two: ["merge#2"],
      "merge#3": ["merge", "merge#2"],
    });
  });

  test("are needed also where the work comes by way of readers", () => {
    const arranged = edges({ "a!": [], "b!": [], lookA: ["a"], lookB: ["b"], last: ["lookA", "lookB"] }, MERGES_ONLY);
    expect(arranged.merge).toEqual(["a", "b"]);
    expect(arranged.last).toEqual(["lookA", "lookB", "merge"]);
  });

  test("are not for writers of which one comes after the other", () => {
    expect(edges({ "a!": [], "b!": ["a"], last: ["a", "b"] }, MERGES_ONLY)).toEqual({
      a: [],
      b: ["a"],
      last: ["a", "b"],
    });
  });

  test("do not depend on the order in which the steps are given", () => {
    const given = stepsOf({ "left!": [], "right!": [], last: ["left", "right"] });
    const [left, right, last] = given;
    const turned = arrangeSteps([last, left, right] as PlannedStep[], MERGES_ONLY);
    expect(edgesOf(turned)).toEqual(edgesOf(arrangeSteps(given, MERGES_ONLY)));
  });

  test("are not for work in place, where writers wait for each other", () => {
    expect(edges({ "left!": [], "right!": [], last: ["left", "right"] }, IN_PLACE)).toEqual({
      left: [],
      "check-left": ["left"],
      right: [],
      "check-right": ["right"],
      last: ["check-left", "check-right"],
    });
  });
});

describe("lanes", () => {
  test("a writer that nothing writes beside works in the task's own worktree, and so do its readers", () => {
    expect(lanes({ scout: [], "builder!": ["scout"], reviewer: ["builder"] })).toEqual({
      scout: null,
      builder: null,
      "check-builder": null,
      reviewer: null,
    });
  });

  test("each of several that write side by side has one of its own, with its check; their merge has the task's", () => {
    expect(lanes({ "left!": [], "right!": [] })).toEqual({
      left: "left",
      "check-left": "left",
      right: "right",
      "check-right": "right",
      merge: null,
      "check-merge": null,
    });
  });

  test("a reader looks at the work that it follows", () => {
    expect(lanes({ "left!": [], "right!": [], look: ["left"], last: ["left", "right"] }, MERGES_ONLY)).toEqual({
      left: "left",
      right: "right",
      look: "left",
      merge: null,
      last: null,
    });
  });

  test("each writer of a branch has one of its own, so that a failed one is never worked on", () => {
    expect(lanes({ "a!": [], "more!": ["a"], "b!": [] }, MERGES_ONLY)).toEqual({
      a: "a",
      more: "more",
      b: "b",
      merge: null,
    });
  });

  test("what comes before and after the parallel part has the task's", () => {
    expect(
      lanes({ "first!": [], "left!": ["first"], "right!": ["first"], "last!": ["left", "right"] }, MERGES_ONLY),
    ).toEqual({ first: null, left: "left", right: "right", merge: null, last: null });
  });

  test("there are none in place", () => {
    expect(new Set(Object.values(lanes({ "left!": [], "right!": [] }, IN_PLACE)))).toEqual(new Set([null]));
  });
});

describe("keys", () => {
  test("that a user's own steps have already get a number", () => {
    expect(edges({ "merge!": [], "check-merge!": [] })).toEqual({
      merge: [],
      "check-merge#2": ["merge"],
      "check-merge": [],
      "check-check-merge": ["check-merge"],
      "merge#2": ["check-merge#2", "check-check-merge"],
      "check-merge#2#2": ["merge#2"],
    });
  });

  test("that others of the task have already get one, too", () => {
    const given = { ...ISOLATED, taken: ["merge", "merge#2", "check-left"] };
    expect(Object.keys(edges({ "left!": [], "right!": [] }, given))).toEqual([
      "left",
      "check-left#2",
      "right",
      "check-right",
      "merge#3",
      "check-merge#3",
    ]);
  });

  test("stay short, and each is another", () => {
    const long = ["a", "b"].map((end) => `${"x".repeat(59)}${end}`);
    const keys = Object.keys(edges(Object.fromEntries(long.map((key) => [`${key}!`, []]))));
    expect(new Set(keys).size).toBe(6);
    expect(Math.max(...keys.map((key) => key.length))).toBeLessThanOrEqual(60);
  });

  test("are taken when they are given", () => {
    const keys = new Set(["merge"]);
    expect([freeKey("merge", keys), freeKey("merge", keys), freeKey("other", keys)]).toEqual([
      "merge#2",
      "merge#3",
      "other",
    ]);
  });
});

/** Graphs of writers and readers without cycles: each step depends on some of those before it. */
const dags = integer({ min: 1, max: 12 }).chain((size) =>
  tuple(
    array(boolean(), { minLength: size, maxLength: size }),
    array(tuple(nat(size - 1), nat(size - 1)), { maxLength: size * 2 }),
  ).map(([writes, pairs]) => {
    const dependsOn = writes.map((): Set<string> => new Set());
    for (const [a, b] of pairs) if (a !== b) dependsOn[Math.max(a, b)]?.add(`s${Math.min(a, b)}`);
    return stepsOf(
      Object.fromEntries(writes.map((each, at) => [`s${at}${each ? "!" : ""}`, [...(dependsOn[at] ?? [])]])),
    );
  }),
);

describe("whatever the plan", () => {
  const RUNS = { seed: 1, numRuns: 300 };
  const isSource = ({ kind, writes }: PlannedStep) => kind === "merge" || (kind === "agent" && writes);
  const before = (steps: readonly PlannedStep[], key: string) => new Set(findAncestors(steps, key));

  function everywhere(claim: (arranged: PlannedStep[], given: PlannedStep[]) => void, only: Partial<Arrangement> = {}) {
    assert(
      property(dags, boolean(), boolean(), boolean(), (given, isolated, hasChecks, hasBaseline) => {
        const baseline = hasBaseline ? BASELINE_STEP : null;
        const arrangement = { isolated, hasChecks, baseline, taken: [BASELINE_STEP], ...only };
        const arranged = arrangeSteps(given, arrangement);
        claim(arrangement.baseline === null ? arranged : [baselineStep(), ...arranged], given);
      }),
      RUNS,
    );
  }

  test("it can run to its end", () => {
    everywhere((arranged) => expect(findGraphFault(arranged)).toBeNull());
  });

  test("every step of it is there, and comes after all that it came after", () => {
    everywhere((arranged, given) => {
      for (const step of given) {
        const found = arranged.find((each) => each.key === step.key);
        expect(found).toMatchObject({ kind: "agent", role: step.role, writes: step.writes });
        expect([...before(arranged, step.key)]).toEqual(expect.arrayContaining(findAncestors(given, step.key)));
      }
    });
  });

  test("exactly one check comes right after everything that changes files, and nothing else passes it by", () => {
    everywhere(
      (arranged) => {
        for (const step of arranged.filter(isSource)) {
          const next = arranged.filter((each) => each.dependsOn.includes(step.key));
          expect(next.map((each) => each.kind)).toEqual(["check"]);
          expect(next[0]).toMatchObject({ dependsOn: [step.key], lane: step.lane });
        }
        expect(arranged.filter((each) => each.kind === "check")).toHaveLength(arranged.filter(isSource).length);
      },
      { hasChecks: true },
    );
  });

  test("each step finds the work of all writers before it in one place", () => {
    everywhere(
      (arranged) => {
        for (const step of arranged.filter((each) => each.kind !== "merge")) {
          const sources = arranged.filter((each) => isSource(each) && before(arranged, step.key).has(each.key));
          const last = sources.filter((each) => !sources.some((other) => before(arranged, other.key).has(each.key)));
          expect(last.length).toBeLessThanOrEqual(1);
          if (!isSource(step) && last[0]) expect(step.lane).toBe(last[0].lane);
        }
      },
      { isolated: true },
    );
  });

  test("what is not ordered never writes in the same worktree", () => {
    everywhere(
      (arranged) => {
        const writers = arranged.filter(isSource);
        for (const one of writers)
          for (const other of writers.filter((each) => each !== one && each.lane === one.lane)) {
            const isOrdered = before(arranged, one.key).has(other.key) || before(arranged, other.key).has(one.key);
            expect(isOrdered, `${one.key} and ${other.key}`).toBe(true);
          }
      },
      { isolated: true },
    );
  });

  test("everything that was written comes together in the task's own worktree", () => {
    everywhere(
      (arranged) => {
        const sources = arranged.filter(isSource);
        const last = sources.filter((each) => !sources.some((other) => before(arranged, other.key).has(each.key)));
        expect(last.length).toBe(sources.length === 0 ? 0 : 1);
        if (last[0]) expect(last[0].lane).toBeNull();
      },
      { isolated: true },
    );
  });

  test("nothing is written before the baseline was taken", () => {
    everywhere(
      (arranged) => {
        for (const step of arranged.filter(isSource)) expect(before(arranged, step.key)).toContain(BASELINE_STEP);
      },
      { baseline: BASELINE_STEP },
    );
  });

  test("the same plan is arranged the same way", () => {
    everywhere((_, given) => expect(arrangeSteps(given, ISOLATED)).toEqual(arrangeSteps(given, ISOLATED)));
  });
});
