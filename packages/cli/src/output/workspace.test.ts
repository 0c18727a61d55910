import { describe, expect, test } from "vitest";
import { sampleTask, sampleWorkspace } from "./sample-task.testsuite.js";
import { describePlace, describeProof, describeUncommitted, describeWorkspaces, hasChanges } from "./workspace.js";

test("says where agents will work", () => {
  expect(describePlace("worktree", "/app")).toBe(
    "Agents work on a copy of /app; your files stay as they are until: orchestrator apply",
  );
  expect(describePlace("in_place", "/app")).toMatch(/^Agents work in \/app itself, one writer at a time\./);
});

describe("what will prove the work", () => {
  const step = { key: "builder", role: "builder", dependsOn: [], writes: true };
  const check = {
    name: "test",
    command: "npm test",
    directory: "",
    timeoutMinutes: 15,
    source: "package.json",
    definition: null,
  };
  const usual = { isPlannedByAgent: false, requireChecks: false };
  const estimate = { taskType: "bug_fix", steps: [step], checks: [check] } as const;
  const of = (more: object, how = usual) =>
    describeProof({ ...estimate, steps: [step], checks: [check], ...more }, how);

  test("is named with its source", () => {
    expect(of({})).toBe("Checks: `npm test` (package.json)");
  });

  test("is missing, and what that means is said", () => {
    expect(of({ checks: [] })).toMatch(/^Checks: none found, so the task can end unverified at best; name some under/);
    expect(of({ checks: [] }, { ...usual, requireChecks: true })).toMatch(/one is required, so the task will fail/);
    const reader = { ...step, writes: false };
    expect(of({ steps: [reader] })).toMatch(/^Checks: none, for no step writes/);
    expect(of({ steps: [reader] }, { ...usual, isPlannedByAgent: true })).toBe("Checks: `npm test` (package.json)");
    expect(of({ taskType: "code_review" })).toMatch(/a review changes nothing/);
  });
});

test("counts the user's uncommitted files", () => {
  expect(describeUncommitted(0, "bring")).toBeNull();
  expect(describeUncommitted(1, "bring")).toBe("1 uncommitted file of yours was brought along");
  expect(describeUncommitted(3, "leave")).toBe("3 uncommitted files of yours were left out");
});

test("lists the worktree, its lanes, what was rescued, and how the result was taken in", () => {
  const task = sampleTask({
    workspaces: [
      sampleWorkspace({ uncommittedFiles: 2 }),
      sampleWorkspace({ lane: "tester", removedAt: null, rescued: [{ ref: "refs/r", commit: "c", files: 1 }] }),
    ],
    applied: { mode: "squash", from: null, commit: "c".repeat(40), time: "2026-11-22T10:00:00.000Z" },
  });
  expect(describeWorkspaces(task)).toEqual([
    ["workspace", "removed, branch orchestrator/task_a, from aaaaaaaaaa"],
    ["lane tester", "/data/workspaces/task_a/app, branch orchestrator/task_a, from aaaaaaaaaa"],
    ["rescued", "1 file: refs/r"],
    ["", "2 uncommitted files of yours were brought along"],
    ["applied", expect.stringMatching(/, squash cccccccccc$/)],
  ]);
  const inPlace = sampleTask({
    workspaces: [sampleWorkspace({ kind: "in_place" })],
    undoneAt: "2026-11-22T10:00:00.000Z",
  });
  expect(describeWorkspaces(inPlace).map(([name]) => name)).toEqual(["workspace", "undone"]);
});

test("knows whether anything is different afterwards", () => {
  expect(hasChanges(sampleTask())).toBe(true);
  expect(hasChanges(sampleTask({ workspaces: [sampleWorkspace({ tip: "a".repeat(40) })] }))).toBe(false);
  expect(hasChanges(sampleTask({ workspaces: [] }))).toBe(false);
});
