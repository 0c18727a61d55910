import { describe, expect, test } from "vitest";
import type { PlannedStep } from "../domain/index.js";
import { arrangeSteps } from "./arrange.js";
import { findGraphFault } from "./graph.js";
import { planRound, type RoundRules } from "./rounds.js";
import { edgesOf, stepsOf } from "./steps.testsuite.js";

type Edges = Readonly<Record<string, readonly string[]>>;

const RULES: RoundRules = { maxRounds: 2, hasChecks: true, isBuilder: (step) => step.role === "builder" };

const arrange = (edges: Edges) => arrangeSteps(stepsOf(edges), { isolated: true, hasChecks: true, baseline: null });

const CHAIN: Edges = { planner: [], "builder!": ["planner"], reviewer: ["builder"] };

function plan(steps: readonly PlannedStep[], key: string, rules: Partial<RoundRules> = {}) {
  const extension = planRound(steps, key, { ...RULES, ...rules });
  if (!extension) throw new Error("No round was planned.");
  return extension;
}

/** The graph after a round, as the store records it: what waited for the step waits for its continuation. */
function extend(steps: readonly PlannedStep[], key: string, rules: Partial<RoundRules> = {}): PlannedStep[] {
  const { steps: added, continuedBy } = plan(steps, key, rules);
  const rewired = steps.map((step) => ({
    ...step,
    dependsOn: step.dependsOn.map((each) => (each === key ? (continuedBy ?? each) : each)),
  }));
  return [...rewired, ...added];
}

describe("a check that fails", () => {
  test("sends the work back to its builder, and is followed by a check of its own", () => {
    const { steps, continuedBy, plan: decided } = plan(arrange(CHAIN), "check-builder");
    expect(edgesOf(steps)).toEqual({ "builder#2": ["check-builder"], "check-builder#2": ["builder#2"] });
    expect(steps.map(({ kind, round }) => [kind, round])).toEqual([
      ["agent", 1],
      ["check", 1],
    ]);
    expect(continuedBy).toBe("check-builder#2");
    expect(decided).toBeNull();
  });

  test("keeps the builder what it was: its role, and what it has other than that", () => {
    const overrides = { systemPrompt: "Careful.", model: "opus", tools: ["Read", "Edit"] };
    const steps = arrange(CHAIN).map((step) =>
      step.key === "builder" ? { ...step, overrides: { ...step.overrides, ...overrides } } : step,
    );
    expect(plan(steps, "check-builder").steps[0]).toMatchObject({ role: "builder", writes: true, overrides });
  });

  test("says why, and which round it is", () => {
    expect(plan(arrange(CHAIN), "check-builder").reason).toBe("round 1 of 2: the checks failed (check-builder)");
  });

  test("sends it back once more from the check of the round", () => {
    const steps = extend(arrange(CHAIN), "check-builder");
    const { steps: added, continuedBy, reason } = plan(steps, "check-builder#2");
    expect(edgesOf(added)).toEqual({ "builder#3": ["check-builder#2"], "check-builder#3": ["builder#3"] });
    expect(added.map((step) => step.round)).toEqual([2, 2]);
    expect(continuedBy).toBe("check-builder#3");
    expect(reason).toMatch(/^round 2 of 2: /);
  });

  test("leaves a graph that can run, in which the reviewer waits for the last check", () => {
    const steps = extend(extend(arrange(CHAIN), "check-builder"), "check-builder#2");
    expect(findGraphFault(steps)).toBeNull();
    expect(edgesOf(steps).reviewer).toEqual(["check-builder#3"]);
  });
});

describe("a review that asks for changes", () => {
  test("has the builder, the check and itself again, one after the other", () => {
    const { steps, continuedBy, reason } = plan(arrange(CHAIN), "reviewer");
    expect(edgesOf(steps)).toEqual({
      "builder#2": ["reviewer"],
      "check-builder#2": ["builder#2"],
      "reviewer#2": ["check-builder#2"],
    });
    expect(steps.map((step) => step.round)).toEqual([1, 1, 1]);
    expect(continuedBy).toBe("reviewer#2");
    expect(reason).toBe("round 1 of 2: reviewer asked for changes, listed below");
  });

  test("comes right after the builder where there are no checks", () => {
    const { steps, continuedBy } = plan(stepsOf(CHAIN), "reviewer", { hasChecks: false });
    expect(edgesOf(steps)).toEqual({ "builder#2": ["reviewer"], "reviewer#2": ["builder#2"] });
    expect(continuedBy).toBe("reviewer#2");
  });

  test("counts the rounds that a check has asked for before", () => {
    const steps = extend(arrange(CHAIN), "check-builder");
    const { steps: added } = plan(steps, "reviewer");
    expect(edgesOf(added)).toEqual({
      "builder#3": ["reviewer"],
      "check-builder#3": ["builder#3"],
      "reviewer#2": ["check-builder#3"],
    });
    expect(added.map((step) => step.round)).toEqual([2, 2, 2]);
  });

  test("keeps the reviewer what it was", () => {
    expect(plan(arrange(CHAIN), "reviewer").steps.at(-1)).toMatchObject({
      kind: "agent",
      role: "reviewer",
      writes: false,
      instructions: "Your part.",
    });
  });
});

describe("rounds", () => {
  test.each([0, 1, 2, 5])("are no more than the %i that are allowed", (maxRounds) => {
    let steps = arrange(CHAIN);
    let asking = "check-builder";
    let rounds = 0;
    for (let next = planRound(steps, asking, { ...RULES, maxRounds }); next; ) {
      steps = extend(steps, asking, { maxRounds });
      asking = next.continuedBy ?? "";
      rounds += 1;
      next = planRound(steps, asking, { ...RULES, maxRounds });
    }
    expect(rounds).toBe(maxRounds);
    expect(findGraphFault(steps)).toBeNull();
  });

  test("of another branch are not counted", () => {
    const steps = extend(arrange({ "builder!": [], "builder#2!": [] }), "check-builder", { maxRounds: 1 });
    expect(plan(steps, "check-builder#2", { maxRounds: 1 }).steps[0]).toMatchObject({ round: 1 });
  });

  test("are not for a check before which nobody has written", () => {
    expect(planRound(stepsOf({ scout: [], reviewer: ["scout"] }), "reviewer", RULES)).toBeNull();
  });

  test("are not for a step that is not there", () => {
    expect(planRound(arrange(CHAIN), "nobody", RULES)).toBeNull();
  });
});

describe("who mends it", () => {
  test("is the builder rather than the tester who came after", () => {
    const steps = arrange({ "builder!": [], "tester!": ["builder"] });
    expect(plan(steps, "check-tester").steps[0]).toMatchObject({ key: "builder#2", role: "builder" });
  });

  test("is the builder who came last", () => {
    const steps = stepsOf({ "first!": [], "second!": ["first"], reviewer: ["second"] });
    const isBuilder = ({ role }: PlannedStep) => role === "first" || role === "second";
    expect(plan(steps, "reviewer", { isBuilder }).steps[0]).toMatchObject({ key: "second#2", role: "second" });
  });

  test("is the tester where nobody builds", () => {
    const steps = arrange({ scout: [], "tester!": ["scout"] });
    expect(plan(steps, "check-tester").steps[0]).toMatchObject({ key: "tester#2", role: "tester" });
  });

  test("is never the orchestrator, whose checks and merges write as well", () => {
    const steps = arrange({ "left!": [], "right!": [] });
    expect(plan(steps, "check-merge").steps[0]).toMatchObject({ kind: "agent" });
  });
});

describe("where it is mended", () => {
  test("is the worktree of the branch whose check failed", () => {
    const { steps } = plan(arrange({ "builder!": [], "builder#2!": [] }), "check-builder#2");
    expect(steps.map(({ key, lane }) => [key, lane])).toEqual([
      ["builder#2#2", "builder#2"],
      ["check-builder#2#2", "builder#2"],
    ]);
  });

  test("is the task's own for what was merged, not that of the builder's first work", () => {
    const { steps } = plan(arrange({ "builder!": [], "builder#2!": [] }), "check-merge");
    expect(steps.map(({ lane }) => lane)).toEqual([null, null]);
  });
});

describe("what the builder is told", () => {
  const instructionsOf = (steps: readonly PlannedStep[], key: string) => plan(steps, key).steps[0]?.instructions;

  test("is its own part, then the round, what was found, and what counts", () => {
    const [own, round, ...more] = instructionsOf(arrange(CHAIN), "check-builder")?.split("\n\n") ?? [];
    expect(own).toBe("Your part.");
    expect(round).toMatch(/^Round 1 of 2: after the work so far the checks failed \(check-builder\)\. /);
    expect(round).toContain("exit codes");
    expect(round).toContain("Never weaken or delete a test");
    expect(more).toEqual([]);
  });

  test("does not pile up from round to round", () => {
    const steps = extend(arrange(CHAIN), "check-builder");
    const instructions = instructionsOf(steps, "check-builder#2") ?? "";
    expect(instructions.match(/Round \d/g)).toEqual(["Round 2"]);
    expect(instructions).toMatch(/^Your part\.\n\nRound 2 of 2: /);
  });

  test("may speak of rounds of its own", () => {
    const steps = arrange(CHAIN).map((step) => ({ ...step, instructions: "Two parts.\n\nRound numbers up." }));
    expect(instructionsOf(steps, "check-builder")).toMatch(/^Two parts\.\n\nRound numbers up\.\n\nRound 1 of 2: /);
  });
});

describe("keys", () => {
  test("of two branches that ask at the same moment are different, round after round", () => {
    let steps = arrange({ "builder!": [], "builder#2!": [], "builder#3!": [] });
    let asking = ["check-builder", "check-builder#2", "check-builder#3"];
    for (const _ of [1, 2, 3]) {
      const rounds = asking.map((key) => plan(steps, key, { maxRounds: 3 }));
      const added = rounds.flatMap((round) => round.steps);
      expect(new Set([...steps, ...added].map((step) => step.key)).size).toBe(steps.length + added.length);
      steps = [...steps, ...added];
      asking = rounds.map((round) => round.continuedBy ?? "");
    }
  });

  test("that are taken get the next number", () => {
    const steps = arrange({ "builder!": [], "builder#2!": ["builder"], "check-builder#3": ["builder#2"] });
    const { steps: added } = plan(steps, "check-builder");
    expect(added.map((step) => step.key)).toEqual(["builder#3", "check-builder#3#2"]);
  });
});
