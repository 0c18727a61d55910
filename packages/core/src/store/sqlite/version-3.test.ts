import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventDataSchemas, type StoredEvent } from "../../domain/index.js";
import type { Store } from "../store.js";
import { openDatabase } from "./database.js";
import { makeFolder, stepEnded, taskCreated } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";
import { upcast } from "./upcast.js";
import { makeVersion3 } from "./version-3.testsuite.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;

beforeEach(async () => {
  folder = makeFolder();
  makeVersion3(folder.database);
  store = await openSqliteStore({ path: folder.database });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

describe("opening a database of version 3", () => {
  test("leaves a copy of it beside, as it was", () => {
    const copy = `${folder.database}.before-version-4`;
    expect(readdirSync(folder.path).filter((name) => name.includes("before-version"))).toEqual([basename(copy)]);
    const database = openDatabase(copy);
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 3 });
    expect(database.prepare("SELECT count(*) AS count, max(version) AS version FROM events").get()).toEqual({
      count: 23,
      version: 3,
    });
    database.close();
  });

  test("gives every event the shape of today's, and keeps its number and version", async () => {
    const events = await store.readEvents({});
    expect(events.map(({ seq, version }) => [seq, version])).toEqual(
      Array.from({ length: 23 }, (_, position) => [position + 1, 3]),
    );
    for (const event of events) expect(eventDataSchemas[event.type].parse(event.data), event.type).toEqual(event.data);
  });

  test("keeps tasks, none of which forked another, and adds to a census that nothing was reused", async () => {
    expect(await store.getTask("task_done")).toMatchObject({
      status: "completed",
      forkOf: null,
      workspaceKind: "worktree",
      costUsd: 0.5,
      census: { planned: 2, ran: 2, succeeded: 2, rounds: 0, reused: 0 },
    });
    expect(await store.getTask("task_open")).toMatchObject({ status: "running", forkOf: null, census: null });
  });

  test("keeps steps, each of which ran in its own task", async () => {
    expect(await store.listSteps("task_done")).toMatchObject([
      { stepKey: "builder", status: "succeeded", commit: "c2", attempt: 1, reusedFrom: null },
      { stepKey: "check-builder", handoff: { verdict: "passed" }, reusedFrom: null },
    ]);
  });

  test("keeps workspaces and checks", async () => {
    const [done, open] = await store.listWorkspaces();
    expect(done).toMatchObject({ taskId: "task_done", startCommit: "c1", tip: "c2", uncommittedFiles: 2 });
    expect(open).toMatchObject({ taskId: "task_open", startCommit: "c1", tip: "c1", removedAt: null });
    expect(await store.listChecks("task_done")).toMatchObject([{ stepKey: "check-builder", passed: true }]);
  });

  test("lets its tasks go on", async () => {
    await store.putOwner({ ownerId: "owner_1", host: "host", pid: 1, pidStarted: "1", leaseUntilMs: 10 });
    const claim = { taskId: "task_open", stepKey: "builder", ownerId: "owner_1", maxRunning: 1, nowMs: 0 };
    const claimed = await store.claimStep({ ...claim, deadOwnerIds: [], isInterrupted: false });
    expect(claimed).toEqual({ claimed: true, attempt: 1 });
    expect(await store.endStep(stepEnded("task_open", "builder"), "owner_1", 1)).toBe(true);
    const [created] = await store.append([taskCreated("task_new")]);
    expect(created).toMatchObject({ seq: 26, version: 4 });
  });
});

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
