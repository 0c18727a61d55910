import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { type PlannedStep, TASK_TYPES } from "../domain/index.js";
import { loadRoles } from "../roles/index.js";
import { type PlanRequest, planWorkflow } from "./plan.js";
import { parseTaskType } from "./task-type.js";

const { roles } = loadRoles(tmpdir());

function plan(given: Partial<PlanRequest> = {}) {
  const request = {
    prompt: "Do it",
    taskType: "default",
    executionMode: "sequential",
    includeAnalyst: "auto",
  } as const;
  return planWorkflow({ ...request, ...given }, roles);
}

const keys = (steps: readonly PlannedStep[]) => steps.map((step) => step.key);
const edges = (steps: readonly PlannedStep[]) => Object.fromEntries(steps.map((step) => [step.key, step.dependsOn]));
const own = (...names: string[]) => names.map((role) => ({ role }));

describe("the steps of each task type", () => {
  test.each([
    ["feature_implementation", ["analyst", "planner", "builder", "tester", "reviewer"]],
    ["bug_fix", ["analyst", "planner", "builder", "tester", "reviewer"]],
    ["code_review", ["analyst", "planner", "reviewer", "tester"]],
    ["documentation", ["analyst", "planner", "documenter", "reviewer"]],
    ["refactoring", ["analyst", "planner", "builder", "tester", "reviewer"]],
    ["testing", ["planner", "tester", "reviewer"]],
    ["simple_implementation", ["builder", "tester"]],
    ["simple_fix", ["builder", "tester"]],
    ["default", ["planner", "builder"]],
  ] as const)("%s: %j", (taskType, roleNames) => {
    const wantsAnalyst = (roleNames as readonly string[]).includes("analyst");
    const made = plan({ taskType, includeAnalyst: wantsAnalyst ? "yes" : "no" });
    expect(keys(made.steps)).toEqual(roleNames);
    expect(made).toMatchObject({ taskType, planMode: "template" });
  });

  test("custom needs steps of the caller's own", () => {
    expect(() => plan({ taskType: "custom" })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });

  test("auto is resolved before anything runs, and says why", () => {
    const made = plan({ taskType: "auto", prompt: "Fix the typo in the README" });
    expect(made.taskType).toBe("simple_fix");
    expect(made.reasons).toContain('task type simple_fix: "Fix" in the prompt');
  });

  test("only roles that may write are steps that write", () => {
    const made = plan({ taskType: "bug_fix", includeAnalyst: "yes" });
    expect(made.steps.filter((step) => step.writes).map((step) => step.key)).toEqual(["builder", "tester"]);
  });

  test("every step of a template says what is to be done", () => {
    for (const taskType of TASK_TYPES.filter((each) => each !== "custom")) {
      for (const step of plan({ taskType, includeAnalyst: "yes" }).steps)
        expect(step.instructions, `${taskType}: ${step.key}`).not.toBe("");
    }
  });

  test("the tester's scope follows complexity", () => {
    const scope = (prompt: string) =>
      plan({ taskType: "simple_fix", prompt }).steps.find((step) => step.role === "tester")?.instructions;
    expect(scope("Fix the typo")).toContain("two or three tests");
    expect(scope("Rewrite the distributed authentication across all services with a database")).toContain("thoroughly");
  });
});

describe("the analyst", () => {
  const complex = "Migrate the authentication across all services to the new database";

  test.each([
    ["yes", "Fix the typo", true],
    ["no", complex, false],
    ["auto", "Fix the typo", false],
    ["auto", complex, true],
  ] as const)("with %s for %j is included: %s", (includeAnalyst, prompt, included) => {
    const made = plan({ taskType: "bug_fix", includeAnalyst, prompt });
    expect(keys(made.steps).includes("analyst")).toBe(included);
    expect(made.reasons.filter((reason) => reason.startsWith("analyst"))).toHaveLength(1);
  });

  test("comes first also in a type that has none, when it is asked for", () => {
    const made = plan({ taskType: "simple_fix", includeAnalyst: "yes" });
    expect(keys(made.steps)).toEqual(["analyst", "builder", "tester"]);
    expect(edges(made.steps)).toEqual({ analyst: [], builder: ["analyst"], tester: ["builder"] });
  });

  test("is not put before steps of the caller's own", () => {
    expect(keys(plan({ steps: own("builder"), includeAnalyst: "yes" }).steps)).toEqual(["builder"]);
  });
});

describe("edges", () => {
  test("sequential: each step depends on the one before", () => {
    expect(edges(plan({ steps: own("scout", "builder", "tester") }).steps)).toEqual({
      scout: [],
      builder: ["scout"],
      tester: ["builder"],
    });
  });

  test("parallel: the caller's roles all start at once", () => {
    const made = plan({ steps: own("scout", "builder"), executionMode: "parallel" });
    expect(edges(made.steps)).toEqual({ scout: [], builder: [] });
  });

  test.each(["parallel", "dependencies"] as const)("%s: a template keeps its edges", (executionMode) => {
    const made = plan({ taskType: "testing", executionMode });
    expect(edges(made.steps)).toEqual({ planner: [], tester: ["planner"], reviewer: ["tester"] });
  });

  test("dependencies: as the caller says, by position", () => {
    const made = plan({
      steps: own("scout", "planner", "builder", "reviewer"),
      executionMode: "dependencies",
      dependencies: { 1: [0], 2: [0, 1], 3: [2] },
    });
    expect(edges(made.steps)).toEqual({
      scout: [],
      planner: ["scout"],
      builder: ["scout", "planner"],
      reviewer: ["builder"],
    });
    expect(made).toMatchObject({ taskType: "custom", planMode: "custom" });
  });

  test.each([
    [{ 5: [0] }, "step 5"],
    [{ 1: [7] }, "step 7"],
    [{ 1: [-1] }, "step -1"],
    [{ 1: [0.5] }, "step 0.5"],
    [{ "-1": [0] }, "step -1"],
    [{ "0.5": [0] }, "step 0.5"],
    [{ "01": [0] }, "step 01"],
    [{ builder: [0] }, "step builder"],
  ])("dependencies: %j is refused by number", (dependencies, named) => {
    const request = { steps: own("scout", "builder"), executionMode: "dependencies", dependencies } as const;
    expect(() => plan(request)).toThrow(
      expect.objectContaining({
        code: "invalid_workflow",
        message: `The dependencies name ${named}, but the steps are numbered 0 to 1.`,
      }),
    );
  });

  test("dependencies: a circle is refused with the way around it", () => {
    const request = {
      steps: own("scout", "builder"),
      executionMode: "dependencies",
      dependencies: { 0: [1], 1: [0] },
    } as const;
    expect(() => plan(request)).toThrow("scout → builder → scout");
  });
});

describe("keys", () => {
  test("are the role's name, numbered where it comes again", () => {
    expect(keys(plan({ steps: own("builder", "tester", "builder", "builder") }).steps)).toEqual([
      "builder",
      "tester",
      "builder#2",
      "builder#3",
    ]);
  });

  test("may be the caller's own", () => {
    const made = plan({ steps: [{ role: "builder", key: "backend", instructions: "Only the server." }] });
    expect(made.steps).toMatchObject([{ key: "backend", role: "builder", instructions: "Only the server." }]);
  });

  test("that come twice are refused", () => {
    const steps = [
      { role: "builder", key: "x" },
      { role: "tester", key: "x" },
    ];
    expect(() => plan({ steps })).toThrow('Two steps have the key "x"');
  });
});

describe("a plan", () => {
  test("is the same for the same request", () => {
    const request = { taskType: "auto", prompt: "Add an API for the database" } as const;
    expect(plan(request)).toEqual(plan(request));
  });

  test("of no steps is refused", () => {
    expect(() => plan({ steps: [] })).toThrow("It has no steps");
  });

  test("with a role that is not there is refused", () => {
    expect(() => plan({ steps: own("wizard") })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

test("a task type is read by its name, and no other", () => {
  for (const taskType of TASK_TYPES) expect(parseTaskType(taskType)).toBe(taskType);
  expect(() => parseTaskType("bugfix")).toThrow(
    expect.objectContaining({ code: "invalid_input", hint: expect.stringContaining("bug_fix") }),
  );
});
