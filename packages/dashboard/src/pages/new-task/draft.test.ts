import { describe, expect, test } from "vitest";
import {
  allowedAmong,
  type Draft,
  emptyDraft,
  fieldOf,
  findProblems,
  readDraft,
  toEstimateRequest,
  toTaskRequest,
  withOwnDependencies,
} from "./draft.ts";

const draftOf = (fields: Partial<Draft>): Draft => ({ ...emptyDraft("/code/app"), prompt: "Fix it", ...fields });
const step = (id: number, role: string, after: number[] = [], instructions = "") => ({ id, role, instructions, after });

describe("the request for a task", () => {
  test("says of a plain draft only what was asked", () => {
    expect(toTaskRequest(draftOf({}))).toEqual({
      prompt: "Fix it",
      workingDirectory: "/code/app",
      taskType: "auto",
      includeAnalyst: "auto",
      executionMode: "sequential",
    });
  });

  test("carries every choice", () => {
    const request = toTaskRequest(
      draftOf({
        taskType: "bug_fix",
        includeAnalyst: "no",
        executionMode: "parallel",
        plan: "ai",
        model: " opus ",
        budgetUsd: "0.50",
        place: "worktree",
        uncommitted: "bring",
        requireChecks: true,
      }),
    );
    expect(request).toEqual({
      prompt: "Fix it",
      workingDirectory: "/code/app",
      taskType: "bug_fix",
      includeAnalyst: "no",
      executionMode: "parallel",
      plan: "ai",
      model: "opus",
      budgetUsd: 0.5,
      inPlace: false,
      uncommitted: "bring",
      requireChecks: true,
    });
  });

  test("names a workflow without what a task type would say", () => {
    const request = toTaskRequest(draftOf({ shape: "workflow", workflow: "careful", taskType: "bug_fix", plan: "ai" }));
    expect(request).toEqual({
      prompt: "Fix it",
      workingDirectory: "/code/app",
      workflow: "careful",
      executionMode: "sequential",
    });
  });

  test("has own roles in their order, with their instructions", () => {
    const steps = [step(4, "scout"), step(2, "builder", [], "Only the parser.")];
    expect(toTaskRequest(draftOf({ shape: "roles", steps, order: "parallel" }))).toMatchObject({
      roles: ["scout", { role: "builder", instructions: "Only the parser." }],
      executionMode: "parallel",
    });
  });

  test("turns dependencies into positions, and drops those on steps that are gone", () => {
    const steps = [step(7, "scout"), step(3, "builder", [7, 99]), step(5, "tester", [3, 7])];
    const request = toTaskRequest(draftOf({ shape: "roles", steps, order: "dependencies" }));
    expect(request.dependencies).toEqual({ "1": [0], "2": [0, 1] });
    expect(request).not.toHaveProperty("executionMode");
  });

  test("leaves uncommitted changes out of the question where agents work in the directory itself", () => {
    const request = toTaskRequest(draftOf({ place: "in_place", uncommitted: "leave" }));
    expect(request).toMatchObject({ inPlace: true });
    expect(request).not.toHaveProperty("uncommitted");
  });

  test("asks an estimate only for what shapes the plan", () => {
    const request = toEstimateRequest(draftOf({ model: "opus", budgetUsd: "3", requireChecks: true, plan: "ai" }));
    expect(Object.keys(request).sort()).toEqual([
      "executionMode",
      "includeAnalyst",
      "prompt",
      "taskType",
      "workingDirectory",
    ]);
  });
});

describe("the preview of own roles", () => {
  const answered = [
    { key: "scout", dependsOn: [] },
    { key: "builder", dependsOn: ["scout"] },
  ];

  test("has the dependencies of the draft, which the estimate does not know", () => {
    const draft = draftOf({
      shape: "roles",
      order: "dependencies",
      steps: [step(1, "scout", [2]), step(2, "builder")],
    });
    expect(withOwnDependencies(answered, draft)).toEqual([
      { key: "scout", dependsOn: ["builder"] },
      { key: "builder", dependsOn: [] },
    ]);
  });

  test("is as the server says while that has answered another list of roles", () => {
    const draft = draftOf({ shape: "roles", order: "dependencies", steps: [step(1, "scout")] });
    expect(withOwnDependencies(answered, draft)).toEqual(answered);
  });
});

describe("a draft that was kept", () => {
  test("comes back as it was", () => {
    const draft = draftOf({ shape: "roles", steps: [step(1, "scout"), step(2, "builder", [1])], budgetUsd: "2" });
    expect(readDraft(JSON.stringify(draft), "/elsewhere")).toEqual(draft);
  });

  test.each([null, "", "nonsense", "[]", "3", '{"taskType":"unheard_of","steps":[null,{"id":"x"}],"prompt":5}'])(
    "is a new one where it cannot be used: %s",
    (kept) => {
      const { steps, ...rest } = readDraft(kept, "/code/app");
      const { steps: emptySteps, ...empty } = emptyDraft("/code/app");
      expect(rest).toEqual(empty);
      expect([[], emptySteps]).toContainEqual(steps);
    },
  );
});

describe("what is wrong", () => {
  test("is found before the server is asked", () => {
    expect(findProblems(draftOf({}))).toEqual({});
    expect(findProblems(draftOf({ prompt: " \n" }))).toHaveProperty("prompt");
    expect(findProblems(draftOf({ prompt: "x".repeat(100_001) }))).toHaveProperty("prompt");
    for (const budgetUsd of ["0", "-1", "much", "Infinity"])
      expect(findProblems(draftOf({ budgetUsd }))).toHaveProperty("budgetUsd");
    expect(findProblems(draftOf({ shape: "workflow" }))).toHaveProperty("workflow");
    expect(findProblems(draftOf({ shape: "roles", steps: [] }))).toHaveProperty("roles");
  });

  test.each([
    [
      "directory_not_allowed",
      'The directory "/etc" is outside of what this server may work in: /code.',
      "workingDirectory",
    ],
    ["invalid_input", "The directory /code/gone does not exist.", "workingDirectory"],
    ["invalid_input", "The prompt is empty.", "prompt"],
    ["invalid_input", 'The price of the model "x" is not known, so a budget could not be kept.', "budgetUsd"],
    ["invalid_input", 'The model "a b" is not a model name.', "model"],
    ["disk_full", "The disk has no room left.", "form"],
  ])("as the server says, belongs to its field: %s, %s", (code, message, field) => {
    expect(fieldOf({ code, message }, draftOf({}))).toBe(field);
  });

  test("with a graph belongs to what has made the graph", () => {
    const refusal = { code: "invalid_workflow", message: "The workflow cannot run. It has a cycle." };
    expect(fieldOf(refusal, draftOf({ shape: "roles" }))).toBe("roles");
    expect(fieldOf(refusal, draftOf({ shape: "workflow" }))).toBe("workflow");
    expect(fieldOf(refusal, draftOf({}))).toBe("form");
  });
});

test("of directories that were used only those below an allowed one are offered again", () => {
  const used = ["/code/b", "/code", "/codebook", "/tmp/x"];
  expect(allowedAmong(used, ["/code"])).toEqual(["/code/b", "/code"]);
});
