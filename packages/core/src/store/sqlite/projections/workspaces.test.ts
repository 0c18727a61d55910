import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventData, EventType, NewEvent } from "../../../domain/index.js";
import type { Store } from "../../store.js";
import { makeFolder, planned, stepEnded, stepStarted, taskCreated, taskEnded } from "../events.testsuite.js";
import { openSqliteStore } from "../sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let now: number;

beforeEach(async () => {
  folder = makeFolder();
  now = Date.UTC(2026, 0, 1);
  store = await openSqliteStore({ path: folder.database, now: () => now });
  await store.append([taskCreated("task_a", { workspaceKind: "worktree" }), planned("task_a", "builder!", "check!")]);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

function event<T extends EventType>(type: T, data: EventData<T>, stepKey: string | null = null, taskId = "task_a") {
  return { type, taskId, stepKey, agentId: null, data } as NewEvent;
}

const CREATED: EventData<"workspace.created"> = {
  kind: "worktree",
  lane: null,
  root: "/data/worktrees/a/app",
  directory: "/data/worktrees/a/app/packages",
  repository: "/home/me/app",
  branch: "orchestrator/task_a",
  userCommit: "c0",
  startCommit: "c1",
  startTree: "t1",
  tip: "c1",
  uncommittedFiles: 2,
  portBase: 20_010,
  host: "host",
};
const LANE: EventData<"workspace.created"> = { ...CREATED, lane: "left", root: "/data/left", branch: "left" };

const committed = (commit: string | null, lane: string | null = null) => ({
  lane,
  fromTree: "t1",
  toTree: "t2",
  commit,
  parents: commit ? ["c1"] : [],
});

const workspaceOf = async (lane: string | null) =>
  (await store.listWorkspaces({ taskId: "task_a" })).find((each) => each.lane === lane);

describe("a workspace", () => {
  test("is there from when it was made, standing at the commit that it began with", async () => {
    await store.append([event("workspace.created", CREATED)]);
    expect(await store.listWorkspaces()).toEqual([
      {
        ...CREATED,
        taskId: "task_a",
        tip: "c1",
        prepared: null,
        rescued: [],
        createdAt: "2026-01-01T00:00:00.000Z",
        removedAt: null,
      },
    ]);
  });

  test("in place stands at no commit", async () => {
    const inPlace = { ...CREATED, kind: "in_place" as const, branch: null, startCommit: null, tip: null };
    await store.append([event("workspace.created", inPlace)]);
    expect(await workspaceOf(null)).toMatchObject({ kind: "in_place", tip: null });
  });

  test("remembers what was put into it", async () => {
    const prepared = { lane: "left", shared: ["node_modules"], copied: [".env"], linked: [], setup: [], durationMs: 5 };
    await store.append([event("workspace.created", CREATED), event("workspace.created", LANE)]);
    await store.append([event("workspace.prepared", prepared)]);
    expect((await workspaceOf("left"))?.prepared).toEqual(prepared);
    expect((await workspaceOf(null))?.prepared).toBeNull();
  });

  test("moves on with what is committed, and the step keeps its files before and after", async () => {
    await store.append([event("workspace.created", CREATED), event("workspace.committed", committed("c2"), "builder")]);
    expect((await workspaceOf(null))?.tip).toBe("c2");
    expect(await store.listSteps("task_a")).toMatchObject([
      { stepKey: "builder", fromTree: "t1", toTree: "t2", commit: "c2" },
      { stepKey: "check", fromTree: null, toTree: null, commit: null },
    ]);
  });

  test("of one lane moves on without the other", async () => {
    await store.append([
      event("workspace.created", CREATED),
      event("workspace.created", LANE),
      event("workspace.committed", committed("c2", "left"), "builder"),
    ]);
    expect([(await workspaceOf(null))?.tip, (await workspaceOf("left"))?.tip]).toEqual(["c1", "c2"]);
  });

  test("in place records trees without a commit", async () => {
    await store.append([
      event("workspace.created", { ...CREATED, kind: "in_place", branch: null, startCommit: null, tip: null }),
      event("workspace.committed", committed(null), "builder"),
    ]);
    expect((await workspaceOf(null))?.tip).toBeNull();
    expect(await store.listSteps("task_a")).toMatchObject([{ fromTree: "t1", toTree: "t2", commit: null }, {}]);
  });

  test("remembers everything that was rescued from it", async () => {
    const rescue = (ref: string) => ({ lane: null, repository: "/home/me/app", ref, commit: `${ref}c`, files: 2 });
    await store.append([
      event("workspace.created", CREATED),
      event("workspace.rescued", rescue("one")),
      event("workspace.rescued", rescue("two")),
    ]);
    expect((await workspaceOf(null))?.rescued).toEqual([
      { ref: "one", commit: "onec", files: 2 },
      { ref: "two", commit: "twoc", files: 2 },
    ]);
  });

  test("that was removed is still known, and can be told from those that are there", async () => {
    await store.append([event("workspace.created", CREATED), event("workspace.created", LANE)]);
    now += 1_000;
    await store.append([event("workspace.removed", { lane: "left", root: LANE.root })]);
    expect((await workspaceOf("left"))?.removedAt).toBe("2026-01-01T00:00:01.000Z");
    const lanes = async (isPresent: boolean) => (await store.listWorkspaces({ isPresent })).map((each) => each.lane);
    expect([await lanes(true), await lanes(false)]).toEqual([[null], ["left"]]);
  });

  test("of another task is another", async () => {
    await store.append([taskCreated("task_b"), event("workspace.created", CREATED)]);
    await store.append([event("workspace.created", { ...CREATED, root: "/data/b" }, null, "task_b")]);
    expect((await store.listWorkspaces({ taskId: "task_b" })).map((each) => each.root)).toEqual(["/data/b"]);
    expect(await store.listWorkspaces()).toHaveLength(2);
  });
});

const RUN: EventData<"check.ended"> = {
  name: "test",
  command: "npm test",
  outcome: "failed",
  exitCode: 1,
  durationMs: 12.5,
  logPath: "/data/logs/test.log",
  logHash: "abc",
  outputBytes: 300,
  counts: { passed: 3, failed: 1, skipped: 0 },
  failedTests: ["adds numbers"],
  passed: false,
  reason: "",
  tree: "t2",
};

describe("a check that was run", () => {
  test("is kept with all its evidence", async () => {
    await store.append([event("check.ended", RUN, "check")]);
    expect(await store.listChecks("task_a")).toEqual([
      { ...RUN, taskId: "task_a", stepKey: "check", endedAt: "2026-01-01T00:00:00.000Z" },
    ]);
  });

  test("may have no exit code, no counts and no tree", async () => {
    const bare = { ...RUN, outcome: "timed_out" as const, exitCode: null, counts: null, failedTests: [], tree: null };
    await store.append([event("check.ended", bare, "check")]);
    expect(await store.listChecks("task_a")).toMatchObject([bare]);
  });

  test("again is another, in the order in which they ended", async () => {
    await store.append([
      event("check.ended", RUN, "check"),
      event("check.ended", { ...RUN, outcome: "passed", exitCode: 0, passed: true }, "check"),
      event("check.ended", { ...RUN, name: "lint" }, "check"),
    ]);
    expect((await store.listChecks("task_a")).map(({ name, passed }) => [name, passed])).toEqual([
      ["test", false],
      ["test", true],
      ["lint", false],
    ]);
  });
});

describe("a task", () => {
  test("keeps the checks that it was planned with, and where it works", async () => {
    const check = {
      name: "test",
      command: "npm test",
      directory: "",
      timeoutMinutes: 15,
      source: "config",
      definition: null,
    };
    const plan = planned("task_b", "builder!") as NewEvent & { type: "workflow.planned" };
    await store.append([
      taskCreated("task_b", { workspaceKind: "worktree", uncommitted: "bring", requireChecks: true }),
      { ...plan, data: { ...plan.data, checks: [check] } },
    ]);
    expect(await store.getTask("task_b")).toMatchObject({
      workspaceKind: "worktree",
      uncommitted: "bring",
      requireChecks: true,
      checkCommands: [check],
    });
  });

  test("that needs attention says what for until it is started again", async () => {
    const attention = { reason: "Two sides.", hint: "Choose one." };
    await store.claimTask("task_a", "owner_1");
    await store.append([event("task.needs_attention", attention)]);
    expect(await store.getTask("task_a")).toMatchObject({ status: "needs_attention", attention });
    const claimant = { ownerId: "owner_2", aliveOwnerIds: [], deadOwnerIds: [], nowMs: 0 };
    expect(await store.resumeTask("task_a", claimant)).toBe(true);
    expect(await store.getTask("task_a")).toMatchObject({ status: "running", attention: null, ownerId: "owner_2" });
  });

  test("keeps when and how its result was applied, the last time", async () => {
    await store.append([event("task.applied", { mode: "merge", from: "c0", commit: "c9" })]);
    now += 1_000;
    await store.append([event("task.applied", { mode: "patch", from: "c9", commit: null })]);
    expect((await store.getTask("task_a"))?.applied).toEqual({
      mode: "patch",
      from: "c9",
      commit: null,
      time: "2026-01-01T00:00:01.000Z",
    });
  });

  test("keeps when it was undone", async () => {
    await store.append([event("task.undone", { files: 3 })]);
    expect((await store.getTask("task_a"))?.undoneAt).toBe("2026-01-01T00:00:00.000Z");
  });

  test("takes its checks and workspaces along when it is removed, and nobody else's", async () => {
    await store.append([taskCreated("task_b"), planned("task_b", "builder!")]);
    for (const taskId of ["task_a", "task_b"])
      await store.append([
        event("workspace.created", CREATED, null, taskId),
        event("check.ended", RUN, "builder", taskId),
      ]);
    await store.claimTask("task_a", "owner_1");
    await store.append([taskEnded("task_a")]);
    await store.deleteTask("task_a");
    expect([await store.listChecks("task_a"), await store.listWorkspaces({ taskId: "task_a" })]).toEqual([[], []]);
    expect(await store.listChecks("task_b")).toHaveLength(1);
    expect(await store.listWorkspaces({ taskId: "task_b" })).toHaveLength(1);
  });

  test("that needs attention has not ended, so it cannot be removed", async () => {
    await store.claimTask("task_a", "owner_1");
    await store.append([event("task.needs_attention", { reason: "Two sides.", hint: "" })]);
    await expect(store.deleteTask("task_a")).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("a graph that is continued", () => {
  /** `check` is continued by `check#2`, in a graph given as `{ key: [what it depends on] }`. */
  async function extend(edges: Readonly<Record<string, string[]>>, continuedBy: string | null, then: NewEvent[] = []) {
    const plan = planned("task_c", ...Object.keys(edges)) as NewEvent & { type: "workflow.planned" };
    const steps = plan.data.steps.map((step) => ({ ...step, dependsOn: edges[step.key] ?? [] }));
    await store.append([taskCreated("task_c"), { ...plan, data: { ...plan.data, steps } }, ...then]);
    const [again] = steps;
    if (!again) throw new Error("It has steps.");
    const added = { ...again, key: "check#2", dependsOn: ["check"], round: 1, lane: "left" };
    const extension = { reason: "round 1", steps: [added], continuedBy, plan: null };
    await store.append([event("workflow.extended", extension, "check", "task_c")]);
    return Object.fromEntries((await store.listSteps("task_c")).map((step) => [step.stepKey, step.dependsOn]));
  }

  test("has what waits for the step wait for its continuation, which itself waits for the step", async () => {
    expect(await extend({ scout: [], check: [], reviewer: ["scout", "check"], last: ["reviewer"] }, "check#2")).toEqual(
      {
        scout: [],
        check: [],
        reviewer: ["scout", "check#2"],
        last: ["reviewer"],
        "check#2": ["check"],
      },
    );
  });

  test("leaves what has run or runs as it was", async () => {
    const edges = { check: [], ran: ["check"], runs: ["check"], waits: ["check"] };
    const waiting = event("step.waiting", { reason: "busy", cause: "limit" }, "waits", "task_c");
    const then = [stepStarted("task_c", "ran"), stepEnded("task_c", "ran"), stepStarted("task_c", "runs"), waiting];
    expect(await extend(edges, "check#2", then)).toEqual({
      check: [],
      ran: ["check"],
      runs: ["check"],
      waits: ["check#2"],
      "check#2": ["check"],
    });
  });

  test("leaves everything as it was where nothing comes in the place of the step", async () => {
    expect(await extend({ check: [], reviewer: ["check"] }, null)).toMatchObject({ reviewer: ["check"] });
  });

  test("leaves other tasks alone", async () => {
    await store.append([taskCreated("task_d")]);
    const plan = planned("task_d", "check", "reviewer") as NewEvent & { type: "workflow.planned" };
    const steps = plan.data.steps.map((step) => ({ ...step, dependsOn: step.key === "reviewer" ? ["check"] : [] }));
    await store.append([{ ...plan, data: { ...plan.data, steps } }]);
    await extend({ check: [], reviewer: ["check"] }, "check#2");
    expect((await store.listSteps("task_d")).map((step) => step.dependsOn)).toEqual([[], ["check"]]);
  });

  test("records the round and the lane of what comes", async () => {
    await extend({ check: [] }, "check#2");
    expect(await store.listSteps("task_c")).toMatchObject([
      { stepKey: "check", round: 0, lane: null },
      { stepKey: "check#2", round: 1, lane: "left" },
    ]);
  });
});
