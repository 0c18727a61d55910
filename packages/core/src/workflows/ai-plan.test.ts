import { tmpdir } from "node:os";
import { array, assert, constantFrom, nat, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_OVERRIDES } from "../domain/index.js";
import { loadRoles, type Role } from "../roles/index.js";
import { composePlanningRules, type PlanLimits, planJsonSchema, readAiPlan } from "./ai-plan.js";
import { findGraphFault } from "./graph.js";

const { roles } = loadRoles(tmpdir());

interface Answer {
  role: string;
  key?: string;
  scope?: string;
  constraints?: string[];
  dependsOn?: string[];
  writes?: boolean;
}

/** A planner's answer of such steps. */
function answer(steps: readonly Answer[], given: object = {}) {
  const filled = steps.map((step) => ({ scope: `The part of ${step.role}.`, dependsOn: [], ...step }));
  return { complexity: "medium", rationale: "Few steps are enough.", steps: filled, ...given };
}

function read(value: unknown, given: Partial<PlanLimits> = {}) {
  return readAiPlan(value, { roles, budgetUsd: null, leastCostUsd: () => null, taken: [], ...given });
}

const edges = (...steps: Answer[]) =>
  Object.fromEntries(read(answer(steps)).extension.steps.map((step) => [step.key, step.dependsOn]));

const refusal = (problem: string | RegExp) =>
  expect.objectContaining({
    code: "handoff_invalid",
    message: expect.stringMatching(typeof problem === "string" ? `^The plan cannot be used: ${problem}` : problem),
  });

describe("a plan that can be run", () => {
  test("becomes steps that come after the planning, with what it says of the task", () => {
    const skipped = [{ role: "tester", reason: "There are no tests." }];
    const steps = [{ role: "scout" }, { role: "builder", dependsOn: ["scout"], writes: true }];
    expect(read(answer(steps, { skipped }))).toEqual({
      summary: "Few steps are enough.",
      extension: {
        reason: "the planner's workflow",
        steps: [
          {
            key: "scout",
            kind: "agent",
            role: "scout",
            instructions: "The part of scout.",
            dependsOn: ["plan"],
            writes: false,
            overrides: NO_OVERRIDES,
            round: 0,
            lane: null,
          },
          {
            key: "builder",
            kind: "agent",
            role: "builder",
            instructions: "The part of builder.",
            dependsOn: ["scout"],
            writes: true,
            overrides: NO_OVERRIDES,
            round: 0,
            lane: null,
          },
        ],
        continuedBy: null,
        plan: {
          planMode: "ai",
          complexity: "medium",
          rationale: "Few steps are enough.",
          skippedRoles: skipped,
          fallbackReason: null,
        },
      },
    });
  });

  test("need not say what was left out", () => {
    expect(read(answer([{ role: "scout" }])).extension.plan?.skippedRoles).toEqual([]);
  });

  test("has only its roots wait for the planning itself", () => {
    expect(edges({ role: "scout" }, { role: "analyst" }, { role: "builder", dependsOn: ["scout", "analyst"] })).toEqual(
      { scout: ["plan"], analyst: ["plan"], builder: ["scout", "analyst"] },
    );
  });

  test("may name a step before the one that it depends on, and one dependency twice", () => {
    expect(edges({ role: "builder", dependsOn: ["scout", "scout"] }, { role: "scout" })).toEqual({
      builder: ["scout"],
      scout: ["plan"],
    });
  });

  test("numbers a role that comes again, and takes keys of the planner's own", () => {
    expect(
      edges({ role: "builder" }, { role: "builder", dependsOn: ["builder"] }, { role: "builder", key: "docs" }),
    ).toEqual({ builder: ["plan"], "builder#2": ["builder"], docs: ["plan"] });
  });

  test("tells a step what to keep to, below its scope", () => {
    const { extension } = read(answer([{ role: "builder", scope: "Build.", constraints: ["No new file.", "Fast."] }]));
    expect(extension.steps[0]?.instructions).toBe("Build.\n\nKeep to this:\n- No new file.\n- Fast.");
  });

  test("leaves it to the role whether a step writes, where the planner does not say", () => {
    const { steps } = read(answer([{ role: "scout" }, { role: "builder" }])).extension;
    expect(steps.map((step) => step.writes)).toEqual([false, true]);
  });

  test("may have 20 steps", () => {
    expect(read(answer(Array<Answer>(20).fill({ role: "scout" }))).extension.steps).toHaveLength(20);
  });

  test("always runs to its end: with the planning before it, it is a graph without a fault", () => {
    const names = constantFrom("scout", "builder", "tester");
    assert(
      property(array(tuple(names, nat(), nat()), { minLength: 1, maxLength: 20 }), (drawn) => {
        const steps = drawn.map(([role, some, other], at) => ({
          role,
          key: `s${at}`,
          dependsOn: [some, other].map((each) => each % (at + 1)).flatMap((each) => (each < at ? [`s${each}`] : [])),
        }));
        const made = read(answer(steps)).extension.steps;
        expect(findGraphFault([{ key: "plan", dependsOn: [] }, ...made])).toBeNull();
        expect(made.every((step) => step.dependsOn.length > 0)).toBe(true);
      }),
      { seed: 1 },
    );
  });
});

describe("a plan is given back", () => {
  test.each<[string, Answer[], string]>([
    [
      "with a role that is not there",
      [{ role: "wizard" }],
      'there is no role "wizard" to choose; the roles are analyst, builder,',
    ],
    ["with the role custom, which has no prompt", [{ role: "custom" }], "the role custom needs a prompt of its own"],
    [
      "with a step that is to write and has a role that cannot",
      [{ role: "reviewer", writes: true }],
      "the role reviewer cannot write, but its step is to change files",
    ],
    [
      "with a circle, naming the way around it",
      [
        { role: "builder", dependsOn: ["tester"] },
        { role: "tester", dependsOn: ["builder"] },
      ],
      "The steps depend on each other in a circle: builder → tester → builder\\. ",
    ],
    [
      "with a step that depends on itself",
      [{ role: "builder", dependsOn: ["builder"] }],
      "The steps depend on each other in a circle: builder → builder",
    ],
    [
      "with a step that depends on one that is not there",
      [{ role: "builder", dependsOn: ["scout"] }],
      'The step "builder" depends on "scout", which does not exist\\. The steps are: builder',
    ],
    [
      "with two steps of one key",
      [
        { role: "scout", key: "x" },
        { role: "builder", key: "x" },
      ],
      'Two steps have the key "x"',
    ],
    [
      "with a key that the planning has itself",
      [{ role: "scout", key: "plan" }],
      'a step has the key "plan", which is',
    ],
    ["with more than 20 steps", Array<Answer>(21).fill({ role: "scout" }), "steps: Too big: .*20"],
    ["without a step", [], "steps: Too small: "],
    ["with a step that is to do nothing", [{ role: "scout", scope: "" }], "steps\\.0\\.scope: Too small"],
  ])("%s", (_, steps, problem) => {
    expect(() => read(answer(steps))).toThrow(refusal(problem));
  });

  test.each([
    ["null", null, "the plan: .*expected object"],
    ["words", "First the scout, then the builder.", "the plan: .*expected object"],
    ["a list", [{ role: "scout" }], "the plan: .*expected object"],
    ["an unknown complexity", answer([{ role: "scout" }], { complexity: "huge" }), "complexity: "],
    ["no rationale", answer([{ role: "scout" }], { rationale: undefined }), "rationale: .*expected string"],
    ["no dependencies", { ...answer([]), steps: [{ role: "scout", scope: "Look." }] }, "steps\\.0\\.dependsOn: "],
  ])("where it is %s", (_, value, problem) => {
    expect(() => read(value)).toThrow(refusal(problem));
  });

  test("with no more than five of its mistakes", () => {
    const error = catchError(() => read(answer(Array<Answer>(10).fill({ role: "scout", scope: "" }))));
    expect(error.message.match(/steps\.\d\.scope/g)).toHaveLength(5);
  });

  test("with the role custom allowed where the repository has one of that name", () => {
    const own = new Map<string, Role>(roles).set("custom", { ...(roles.get("scout") as Role), name: "custom" });
    expect(read(answer([{ role: "custom" }]), { roles: own }).extension.steps).toMatchObject([{ role: "custom" }]);
  });
});

function catchError(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

describe("a budget", () => {
  const plan = answer([{ role: "scout" }, { role: "builder" }, { role: "builder" }]);

  test("that such steps have never kept to gives the plan back", () => {
    expect(() => read(plan, { budgetUsd: 0.5, leastCostUsd: () => 0.75 })).toThrow(
      refusal("such steps have cost at least \\$0\\.7500 before, and the budget is \\$0\\.5000; plan fewer"),
    );
  });

  test.each([
    ["is just enough", 0.75, 0.75],
    ["has no history to be measured by", 0.5, null],
    ["is not set", null, 1_000],
  ])("that %s lets it pass", (_, budgetUsd, least) => {
    expect(read(plan, { budgetUsd, leastCostUsd: () => least }).extension.steps).toHaveLength(3);
  });

  test("is measured by the role of every step, also one that comes again", () => {
    let asked: readonly string[] = [];
    const leastCostUsd = (names: readonly string[]) => {
      asked = names;
      return 0;
    };
    read(plan, { budgetUsd: 1, leastCostUsd });
    expect(asked).toEqual(["scout", "builder", "builder"]);
  });
});

test("a plan whose step has the key of another step of the task cannot be used", () => {
  const plan = answer([{ role: "scout", key: "baseline" }]);
  expect(() => read(plan, { taken: ["baseline"] })).toThrow(refusal('a step has the key "baseline", which is taken'));
  expect(() => read(plan)).not.toThrow();
});

describe("what a planner is told", () => {
  test("is the roles it may choose from, what each is for and whether it writes", () => {
    const rules = composePlanningRules(roles, []);
    for (const { name, description, writes } of roles.values()) {
      const line = `- ${name} (${writes ? "may write" : "read-only"}): ${description}`;
      expect(rules.includes(line), name).toBe(name !== "orchestrator");
    }
  });

  test("ends with the rules, and with what the user wishes", () => {
    const rules = composePlanningRules(roles, ["No analyst.", "All steps together may cost $2."]);
    expect(rules.split("Rules:\n")[1]).toBe(
      "- At most 20 steps, without circles.\n- No analyst.\n- All steps together may cost $2.",
    );
  });

  test("is also a schema of the answer", () => {
    expect(planJsonSchema()).toMatchObject({
      type: "object",
      required: expect.arrayContaining(["complexity", "rationale", "steps"]),
      properties: { steps: { type: "array", minItems: 1, maxItems: 20 } },
    });
    expect(planJsonSchema()).not.toHaveProperty("$schema");
  });
});
