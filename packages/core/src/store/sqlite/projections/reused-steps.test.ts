import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventData, NewEvent } from "../../../domain/index.js";
import type { Store } from "../../store.js";
import { makeFolder, planned, stepStarted, taskCreated, taskEnded } from "../events.testsuite.js";
import { openSqliteStore } from "../sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;

beforeEach(async () => {
  folder = makeFolder();
  store = await openSqliteStore({ path: folder.database, now: () => Date.parse("2026-01-02T00:00:00.000Z") });
  await store.append([
    taskCreated("task_b", { forkOf: { taskId: "task_a", stepKey: "builder" }, workspaceKind: "worktree" }),
    planned("task_b", "scout", "builder!"),
  ]);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const REUSED: EventData<"step.reused"> = {
  fromTaskId: "task_a",
  endedAt: "2026-01-01T00:00:00.000Z",
  handoff: { summary: "found" },
  fromTree: "t1",
  toTree: "t2",
  commit: "c2",
};
const reused = (stepKey: string): NewEvent => {
  return { type: "step.reused", taskId: "task_b", stepKey, agentId: null, data: REUSED };
};

describe("a reused step", () => {
  test("has succeeded with the result that it had, and has not run", async () => {
    await store.append([reused("scout")]);
    expect(await store.listSteps("task_b")).toMatchObject([
      {
        stepKey: "scout",
        status: "succeeded",
        reusedFrom: "task_a",
        attempt: 0,
        startedAt: null,
        endedAt: REUSED.endedAt,
        handoff: { summary: "found" },
        fromTree: "t1",
        toTree: "t2",
        commit: "c2",
      },
      { stepKey: "builder", status: "pending", reusedFrom: null },
    ]);
  });

  test("is never claimed", async () => {
    await store.append([reused("scout")]);
    const claim = { taskId: "task_b", stepKey: "scout", ownerId: "owner_1", maxRunning: 5, nowMs: 0 };
    const claimed = await store.claimStep({ ...claim, aliveOwnerIds: [], deadOwnerIds: [], isInterrupted: false });
    expect(claimed).toMatchObject({ claimed: false, reason: "ended" });
  });

  test("cannot be one that has begun here, nor one that there is not", async () => {
    await store.append([stepStarted("task_b", "builder")]);
    await expect(store.append([reused("builder")])).rejects.toMatchObject({ code: "invalid_transition" });
    await expect(store.append([reused("nobody")])).rejects.toMatchObject({ code: "invalid_transition" });
  });

  test("is no experience of what such steps take", async () => {
    await store.append([reused("scout"), taskEnded("task_b", "failed")]);
    expect(await store.listPastSteps({ workingDirectory: "/work", rehearsal: false, maxTasks: 5 })).toEqual([]);
  });

  test("brings the evidence of its checks along, with when they ran", async () => {
    const run = {
      ...{ name: "test", command: "npm test", outcome: "passed" as const, exitCode: 0, durationMs: 5, logPath: "/l" },
      ...{ logHash: "abc", outputBytes: 3, counts: null, failedTests: [], passed: true, reason: "", tree: "t2" },
    };
    const data = { ...run, endedAt: "2026-01-01T00:00:00.000Z" };
    await store.append([{ type: "check.reused", taskId: "task_b", stepKey: "scout", agentId: null, data }]);
    expect(await store.listChecks("task_b")).toEqual([{ ...data, taskId: "task_b", stepKey: "scout" }]);
  });
});

test("a task says what it forks", async () => {
  expect((await store.getTask("task_b"))?.forkOf).toEqual({ taskId: "task_a", stepKey: "builder" });
});

test("a workspace stands where what was reused has left it, while it begins where the task began", async () => {
  const data: EventData<"workspace.created"> = {
    ...{ kind: "worktree", lane: null, root: "/w", directory: "/w", repository: "/r", branch: "b", userCommit: "c0" },
    ...{ startCommit: "c1", startTree: "t1", tip: "c2", uncommittedFiles: 0, portBase: 20_000, host: "host" },
  };
  await store.append([{ type: "workspace.created", taskId: "task_b", stepKey: null, agentId: null, data }]);
  expect(await store.listWorkspaces({ taskId: "task_b" })).toMatchObject([{ startCommit: "c1", tip: "c2" }]);
});
