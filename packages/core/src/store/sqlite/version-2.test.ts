import { describe, expect, test } from "vitest";
import { NO_OVERRIDES, type StoredEvent } from "../../domain/index.js";
import { describeOldDatabase } from "./old-database.testsuite.js";
import { upcast } from "./upcast.js";
import { makeVersion2 } from "./version-2.testsuite.js";

describeOldDatabase(
  {
    version: 2,
    make: makeVersion2,
    events: 20,
    firstTime: "2026-09-01T09:00:01.000Z",
    openTask: "task_open",
  },
  (store) => {
    test("keeps tasks: they worked in the directory itself, and nothing was checked", async () => {
      const before = { workspaceKind: "in_place", uncommitted: "leave", requireChecks: false, checkCommands: [] };
      const nothing = { attention: null, applied: null, undoneAt: null };
      expect(await store().getTask("task_done")).toMatchObject({
        ...before,
        ...nothing,
        status: "unverified",
        priority: 7,
        planMode: "ai",
        rationale: "One is enough.",
        skippedRoles: [{ role: "tester", reason: "No tests." }],
        output: "built",
        costUsd: 0.5,
      });
      expect(await store().getTask("task_open")).toMatchObject({
        ...before,
        ...nothing,
        status: "running",
        ownerId: "owner_1",
        census: null,
      });
    });

    test("adds to a census that there were no further rounds", async () => {
      expect((await store().getTask("task_done"))?.census).toEqual({
        planned: 2,
        ran: 2,
        succeeded: 2,
        failed: 0,
        skipped: 0,
        cancelled: 0,
        retried: 0,
        rounds: 0,
        reused: 0,
      });
    });

    test("keeps steps, of the first pass and without a worktree of their own", async () => {
      const fresh = { round: 0, lane: null, fromTree: null, toTree: null, commit: null, overrides: NO_OVERRIDES };
      expect(await store().listSteps("task_done")).toMatchObject([
        { ...fresh, stepKey: "plan", kind: "plan", status: "succeeded" },
        { ...fresh, stepKey: "builder", dependsOn: ["plan"], status: "succeeded", handoff: { summary: "built" } },
      ]);
      expect(await store().listSteps("task_open")).toMatchObject([
        { ...fresh, stepKey: "scout", status: "succeeded" },
        { ...fresh, stepKey: "builder", dependsOn: ["scout"], status: "pending" },
      ]);
    });

    test("keeps agents, files and what was paid", async () => {
      expect(await store().listAgents()).toMatchObject([{ agentId: "agent_done", status: "completed" }]);
      expect(await store().listFiles("task_done")).toMatchObject([{ path: "a.ts", kind: "created" }]);
      expect(await store().totals()).toMatchObject({ costUsd: 0.5, modelCalls: 1 });
    });

    test("knows of no check and no workspace", async () => {
      expect(await store().listChecks("task_done")).toEqual([]);
      expect(await store().listWorkspaces()).toEqual([]);
    });
  },
);

describe("an event of version 2", () => {
  const old = (type: string, data: object, version = 2) => {
    const subject = { taskId: "task_a", stepKey: null, agentId: null };
    return { seq: 1, time: "", version, type, ...subject, data } as unknown as StoredEvent;
  };

  test.each([
    ["task.created", { workspaceKind: "in_place", uncommitted: "leave", requireChecks: false, forkOf: null }],
    ["workflow.planned", { checks: [] }],
    ["workflow.extended", { continuedBy: null }],
  ])("%s gains what there was no choice of", (type, added) => {
    expect(upcast(old(type, { kept: "as it is" })).data).toEqual({ ...added, kept: "as it is" });
  });

  test.each(["workflow.planned", "workflow.extended"])("%s gives its steps the first round and no lane", (type) => {
    const step = { key: "builder", overrides: { ...NO_OVERRIDES, model: "opus" } };
    expect(upcast(old(type, { steps: [step] })).data).toMatchObject({ steps: [{ ...step, round: 0, lane: null }] });
  });

  test("of a task's end gains that there were no further rounds", () => {
    expect(upcast(old("task.ended", { census: { planned: 1 }, output: "" })).data).toEqual({
      census: { planned: 1, rounds: 0, reused: 0 },
      output: "",
    });
  });

  test("gains nothing that version 2 had already, other than one of version 1", () => {
    expect(upcast(old("step.waiting", { reason: "busy" })).data).toEqual({ reason: "busy" });
    expect(upcast(old("step.waiting", { reason: "busy" }, 1)).data).toEqual({ reason: "busy", cause: "limit" });
  });

  test("keeps what it says itself", () => {
    const data = { workspaceKind: "worktree", uncommitted: "bring", requireChecks: true };
    expect(upcast(old("task.created", data)).data).toEqual({ ...data, forkOf: null });
  });

  test("of any other type is left as it is", () => {
    const event = old("task.warned", { message: "careful" });
    expect(upcast(event)).toEqual(event);
  });
});
