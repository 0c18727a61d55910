import { describe, expect, test } from "vitest";
import type { StoredEvent } from "../../domain/index.js";
import { describeOldDatabase } from "./old-database.testsuite.js";
import { upcast } from "./upcast.js";
import { makeVersion3 } from "./version-3.testsuite.js";

describeOldDatabase(
  {
    version: 3,
    make: makeVersion3,
    events: 23,
    firstTime: "2026-11-01T09:00:01.000Z",
    openTask: "task_open",
  },
  (store) => {
    test("keeps tasks, none of which forked another, and adds to a census that nothing was reused", async () => {
      expect(await store().getTask("task_done")).toMatchObject({
        status: "completed",
        forkOf: null,
        workspaceKind: "worktree",
        costUsd: 0.5,
        census: { planned: 2, ran: 2, succeeded: 2, rounds: 0, reused: 0 },
      });
      expect(await store().getTask("task_open")).toMatchObject({ status: "running", forkOf: null, census: null });
    });

    test("keeps steps, each of which ran in its own task", async () => {
      expect(await store().listSteps("task_done")).toMatchObject([
        { stepKey: "builder", status: "succeeded", commit: "c2", attempt: 1, reusedFrom: null },
        { stepKey: "check-builder", handoff: { verdict: "passed" }, reusedFrom: null },
      ]);
    });

    test("keeps workspaces and checks", async () => {
      const [done, open] = await store().listWorkspaces();
      expect(done).toMatchObject({ taskId: "task_done", startCommit: "c1", tip: "c2", uncommittedFiles: 2 });
      expect(open).toMatchObject({ taskId: "task_open", startCommit: "c1", tip: "c1", removedAt: null });
      expect(await store().listChecks("task_done")).toMatchObject([{ stepKey: "check-builder", passed: true }]);
    });
  },
);

describe("an event of version 3", () => {
  const old = (type: string, data: object) => {
    const subject = { taskId: "task_a", stepKey: null, agentId: null };
    return { seq: 1, time: "", version: 3, type, ...subject, data } as unknown as StoredEvent;
  };

  test("of a task's beginning says that it forks none", () => {
    expect(upcast(old("task.created", { prompt: "Do it" })).data).toEqual({ prompt: "Do it", forkOf: null });
  });

  test("of a workspace stands at first where it begins", () => {
    expect(upcast(old("workspace.created", { startCommit: "c1" })).data).toEqual({ startCommit: "c1", tip: "c1" });
  });

  test("of a task's end counts nothing as reused", () => {
    expect(upcast(old("task.ended", { census: { planned: 2, rounds: 1 } })).data).toEqual({
      census: { planned: 2, rounds: 1, reused: 0 },
    });
  });

  test("of any other type is left as it is", () => {
    const event = old("workflow.planned", { steps: [{ key: "builder", round: 1, lane: "left" }], checks: [] });
    expect(upcast(event)).toEqual(event);
  });
});
