import { describe, expect, it } from "vitest";
import { possibleActions } from "./possible-actions.ts";

const RUNNING: Parameters<typeof possibleActions>[0] = {
  ...{ status: "running", steps: [], digest: null, ownerAlive: true, workspaceKind: "worktree" },
  ...{ applied: null, undoneAt: null, cancelRequested: false },
};

describe("what can be done with a task", () => {
  it("is to pause or cancel one that runs", () => {
    expect(possibleActions(RUNNING)).toEqual(["pause", "cancel"]);
    expect(possibleActions({ ...RUNNING, cancelRequested: true })).toEqual(["pause"]);
  });

  it("is to resume one whose process is gone, and one that waits for a person", () => {
    expect(possibleActions({ ...RUNNING, ownerAlive: false })).toEqual(["resume", "cancel"]);
    expect(possibleActions({ ...RUNNING, status: "needs_attention" })[0]).toBe("resume");
    expect(possibleActions({ ...RUNNING, status: "paused" })[0]).toBe("resume");
  });

  it("is to apply the result of one that is done, once", () => {
    expect(possibleActions({ ...RUNNING, status: "completed" })).toEqual(["apply", "follow-up", "delete"]);
    const applied = { mode: "merge" as const, from: null, commit: null, time: "2026-11-23T12:00:00.000Z" };
    expect(possibleActions({ ...RUNNING, status: "unverified", applied })).toEqual(["follow-up", "delete"]);
  });

  it("is to put back what was changed in place, and never to apply it", () => {
    const actions = possibleActions({ ...RUNNING, status: "completed", workspaceKind: "in_place" });
    expect(actions).toEqual(["follow-up", "undo", "delete"]);
  });

  it("is to retry one that failed, at the step that failed", () => {
    const digest = { stepKey: "builder", cause: { code: "", message: "", hint: "" }, agentId: null };
    const failed = { ...RUNNING, status: "failed" as const, digest: { ...digest, lastTool: null, logLine: null } };
    expect(possibleActions(failed)).toEqual(["retry", "delete"]);
  });
});
