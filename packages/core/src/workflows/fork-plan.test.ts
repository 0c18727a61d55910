import { describe, expect, test } from "vitest";
import type { PlannedStep } from "../domain/index.js";
import { type Extension, planFork, type StepResult } from "./fork-plan.js";
import { edgesOf, stepsOf } from "./steps.testsuite.js";

type Edges = Readonly<Record<string, readonly string[]>>;

/** Steps that ended one after another in this order, each in the task's own files and without changing them. */
function resultsOf(keys: readonly string[], given: Readonly<Record<string, Partial<StepResult>>> = {}): StepResult[] {
  const time = (second: number) => new Date(second * 1_000).toISOString();
  return keys.map((stepKey, position) => ({
    ...{ stepKey, status: "succeeded" as const, lane: null, fromTree: null, toTree: null },
    ...{ startedAt: time(2 * position), endedAt: time(2 * position + 1) },
    ...given[stepKey],
  }));
}

const grown = (stepKey: string, edges: Edges, continuedBy: string | null = null): Extension => {
  return { stepKey, data: { reason: "more", steps: stepsOf(edges), continuedBy, plan: null } };
};
const CHAIN: Edges = { scout: [], builder: ["scout"], check: ["builder"], tester: ["check"] };
/** The check was not content: the builder had another round. */
const ROUND = grown("check", { "builder#2": ["check"], "check#2": ["builder#2"] }, "check#2");
const WITH_ROUND = ["scout", "builder", "check", "builder#2", "check#2", "tester"];

function fork(edges: Edges, at: string, given: { extensions?: Extension[]; results?: StepResult[] } = {}) {
  const { extensions = [], results = resultsOf(Object.keys(edges)) } = given;
  const plan = planFork({ steps: stepsOf(edges), extensions }, results, at);
  return { ...plan, edges: edgesOf(plan.steps as PlannedStep[]) };
}

describe("a fork", () => {
  test("reuses what does not come after its step, and runs the step and all that does", () => {
    expect(fork(CHAIN, "builder")).toMatchObject({ reused: ["scout"], following: ["builder", "check", "tester"] });
  });

  test("at the first step reuses nothing", () => {
    expect(fork(CHAIN, "scout").reused).toEqual([]);
  });

  test("reuses what ran beside its step", () => {
    const edges = { scout: [], left: ["scout"], right: ["scout"], merge: ["left", "right"] };
    expect(fork(edges, "left")).toMatchObject({ reused: ["scout", "right"], following: ["left", "merge"] });
  });

  test("names what is reused in the order in which it ended", () => {
    const results = resultsOf(["left", "scout", "right", "merge"]);
    expect(fork({ scout: [], left: [], right: [], merge: [] }, "merge", { results }).reused).toEqual([
      "left",
      "scout",
      "right",
    ]);
  });

  test("runs again beside its step what did not succeed, without taking it for what follows", () => {
    const edges = { left: [], right: [], last: ["right"] };
    const failed = { right: { status: "failed" as const }, last: { status: "skipped" as const } };
    const results = resultsOf(Object.keys(edges), failed);
    expect(fork(edges, "left", { results })).toMatchObject({ reused: [], following: ["left"] });
  });

  test("at a step that there is not is refused with those that there are", () => {
    expect(() => fork(CHAIN, "nobody")).toThrow(
      expect.objectContaining({ code: "invalid_input", hint: "Its steps are: scout, builder, check, tester." }),
    );
  });
});

describe("further rounds", () => {
  const given = { extensions: [ROUND], results: resultsOf(WITH_ROUND) };

  test("that came after the step come again where they are needed", () => {
    const { edges, reused, extensions } = fork(CHAIN, "builder", given);
    expect({ edges, reused, extensions }).toEqual({ edges: CHAIN, reused: ["scout"], extensions: [] });
  });

  test("that came before it are a part of what is reused, and it waits for the last of them", () => {
    const { edges, reused } = fork(CHAIN, "tester", given);
    expect(reused).toEqual(["scout", "builder", "check", "builder#2", "check#2"]);
    expect(edges.tester).toEqual(["check#2"]);
  });

  test("can be forked themselves", () => {
    const { edges, reused, following } = fork(CHAIN, "builder#2", given);
    expect(reused).toEqual(["scout", "builder", "check"]);
    expect(following).toEqual(["tester", "builder#2", "check#2"]);
    expect(edges.tester).toEqual(["check#2"]);
  });

  test("of rounds are followed through all of them", () => {
    const second = grown("check#2", { "builder#3": ["check#2"], "check#3": ["builder#3"] }, "check#3");
    const extensions = [ROUND, second];
    const results = resultsOf([...WITH_ROUND.slice(0, -1), "builder#3", "check#3", "tester"]);
    expect(fork(CHAIN, "tester", { extensions, results }).edges.tester).toEqual(["check#3"]);
    expect(fork(CHAIN, "builder#2", { extensions, results }).extensions).toEqual([ROUND]);
  });
});

test("what a planner planned is reused with the plan, and planned anew without it", () => {
  const extensions = [grown("plan", { scout: ["plan"], builder: ["scout"] })];
  const results = resultsOf(["plan", "scout", "builder"]);
  const plan = { plan: [] };
  expect(fork(plan, "builder", { extensions, results })).toMatchObject({ reused: ["plan", "scout"], extensions });
  expect(fork(plan, "plan", { extensions, results })).toMatchObject({ reused: [], edges: plan, extensions: [] });
});

describe("what ran beside the step, in the same files", () => {
  const edges = { builder: [], critic: ["builder"], judge: ["builder"] };
  const rounds = [grown("critic", { "builder.critic": ["critic"] }), grown("judge", { "builder.judge": ["judge"] })];
  const changed = { fromTree: "t1", toTree: "t2" };
  const of = (order: readonly string[]) => {
    const results = resultsOf(order, { "builder.critic": changed, "builder.judge": changed });
    return fork(edges, "critic", { extensions: rounds, results });
  };

  test("is reused where it began before anything that is not", () => {
    const { reused } = of(["builder", "critic", "judge", "builder.judge", "builder.critic"]);
    expect(reused).toEqual(["builder", "judge", "builder.judge"]);
  });

  test("is run again where it began with what is not reused: its result holds that", () => {
    const { reused, edges: left } = of(["builder", "critic", "judge", "builder.critic", "builder.judge"]);
    expect(reused).toEqual(["builder", "judge"]);
    expect(Object.keys(left)).toEqual(["builder", "critic", "judge", "builder.judge"]);
  });

  test("is judged by its end where it was reused before: when it began is not known any more", () => {
    const reusedBefore = { startedAt: null };
    const results = resultsOf(["left", "right"], { left: { ...changed, ...reusedBefore }, right: reusedBefore });
    expect(fork({ left: [], right: [] }, "left", { results }).reused).toEqual([]);
  });

  test("is reused from another lane, whatever happened here", () => {
    const results = resultsOf(["left", "right"], { left: changed, right: { lane: "right" } });
    expect(fork({ left: [], right: [] }, "left", { results }).reused).toEqual(["right"]);
  });
});
