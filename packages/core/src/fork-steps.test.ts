import { describe, expect, test } from "vitest";
import { NO_OVERRIDES, type PlannedStep } from "./domain/index.js";
import { changeSteps, type ForkChange } from "./fork-steps.js";
import { loadRoles } from "./roles/index.js";
import { instructionsFor } from "./workflows/index.js";

const { roles } = loadRoles("/nonexistent");

function stepOf(key: string, given: Partial<PlannedStep> = {}): PlannedStep {
  const usual = { kind: "agent" as const, role: key, instructions: "Your part.", dependsOn: [], round: 0, lane: null };
  return { key, ...usual, writes: key === "builder" || key === "tester", overrides: NO_OVERRIDES, ...given };
}

const STEPS = [
  stepOf("scout"),
  stepOf("documenter", { writes: true }),
  stepOf("builder"),
  stepOf("check-builder", { kind: "check", role: "check", writes: true }),
  stepOf("reviewer", { overrides: { ...NO_OVERRIDES, model: "opus" } }),
];

/** The steps of a fork at the builder: the scout is reused, the documenter failed beside it. */
function change(given: Partial<ForkChange>, steps = STEPS): Map<string, PlannedStep> {
  const plan = { steps, reused: ["scout"], following: ["builder", "check-builder", "reviewer"] };
  const same = { at: "builder", model: undefined, role: undefined, earlierModel: "sonnet" };
  const changed = steps.map(changeSteps(plan, roles, { ...same, taskType: "bug_fix", complexity: "simple", ...given }));
  return new Map(changed.map((step) => [step.key, step]));
}
const modelsOf = (steps: ReadonlyMap<string, PlannedStep>) =>
  Object.fromEntries([...steps.values()].map(({ key, overrides }) => [key, overrides.model]));

test("nothing is changed that was not asked for", () => {
  expect([...change({}).values()]).toEqual(STEPS);
});

describe("another model", () => {
  test("is that of the step and of all agents after it, whatever they had", () => {
    expect(modelsOf(change({ model: "haiku" }))).toEqual({
      scout: null,
      documenter: "sonnet",
      builder: "haiku",
      "check-builder": null,
      reviewer: "haiku",
    });
  });

  test("is that of whoever settles a conflict and whoever plans, too", () => {
    const kinds = ["conflict", "plan"] as const;
    for (const kind of kinds)
      expect(modelsOf(change({ model: "haiku" }, [stepOf("builder", { kind })])).builder).toBe("haiku");
  });

  test("leaves what runs again beside the step with the model that it had", () => {
    const steps = STEPS.map((step) =>
      step.key === "documenter" ? { ...step, overrides: { ...NO_OVERRIDES, model: "fable" } } : step,
    );
    expect(modelsOf(change({ model: "haiku" }, steps)).documenter).toBe("fable");
  });
});

describe("another role", () => {
  test("takes the place of the step's, without what the step had other than its old one", () => {
    const steps = STEPS.map((step) =>
      step.key === "builder" ? { ...step, overrides: { ...NO_OVERRIDES, systemPrompt: "Build." } } : step,
    );
    const changed = change({ role: "tester", model: "haiku" }, steps);
    expect(changed.get("builder")).toMatchObject({
      ...{ role: "tester", instructions: "Your part.", writes: true },
      overrides: { systemPrompt: null, model: "haiku" },
    });
    expect(changed.get("reviewer")?.role).toBe("reviewer");
  });

  test("is told in its own words what the template told the old one", () => {
    const told = (role: string) => instructionsFor(role, "bug_fix", "simple");
    const steps = STEPS.map((step) => (step.key === "builder" ? { ...step, instructions: told("builder") } : step));
    expect(change({ role: "tester" }, steps).get("builder")?.instructions).toBe(told("tester"));
  });

  test.each([
    ["that there is not", { role: "wizard" }, /no role "wizard"/],
    ["that only reads, for one that writes", { role: "scout" }, /"scout" only reads.* may write/],
    ["that writes, for one that only reads", { role: "builder", at: "scout" }, /"builder" may write.* only reads/],
    ["for a step of our own", { role: "builder", at: "check-builder" }, /"check-builder" is no agent's/],
  ])("%s is refused", (_, given, problem) => {
    expect(() => change(given)).toThrow(
      expect.objectContaining({ code: "invalid_input", message: expect.stringMatching(problem) }),
    );
  });
});
