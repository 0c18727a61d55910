import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../store.js";
import { connect } from "./connection.js";
import { tamper } from "./damage.testsuite.js";
import { openDatabase, type SqlRow } from "./database.js";
import {
  addWork,
  agentCreated,
  callEnded,
  callReconciled,
  callStarted,
  makeFolder,
  messaged,
  planned,
  stepEnded,
  taskCreated,
} from "./events.testsuite.js";
import { DERIVED_TABLES, rebuild } from "./rebuild.js";
import { openSqliteStore } from "./sqlite-store.js";
import { makeVersion1 } from "./version-1.testsuite.js";
import { makeVersion2 } from "./version-2.testsuite.js";

let folder: ReturnType<typeof makeFolder>;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ path: folder.database });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Everything that the store answers from its tables. */
function readAll(): Promise<unknown> {
  return withStore(async (store) => {
    const tasks = await store.listTasks();
    const agents = await store.listAgents();
    const of = async (read: (taskId: string) => Promise<unknown>) =>
      Promise.all(tasks.map(({ taskId }) => read(taskId)));
    return {
      tasks,
      agents,
      steps: await of(store.listSteps),
      files: await of(store.listFiles),
      checks: await of(store.listChecks),
      workspaces: await store.listWorkspaces(),
      messages: await Promise.all(agents.map(({ agentId }) => store.listOpenMessages(agentId))),
      ledger: await store.listLedger(),
    };
  });
}

function runRebuild(scope: Parameters<typeof rebuild>[1] = "all") {
  const database = openDatabase(folder.database);
  try {
    return rebuild(connect(database, folder.database, Date.now), scope);
  } finally {
    database.close();
  }
}

/** A task that has ended, one at work, an agent made by hand with an open message, and one that was deleted. */
async function fill(): Promise<void> {
  await withStore(async (store) => {
    for (const task of ["task_old", "task_done", "task_open"]) {
      const agent = task.replace("task", "agent");
      const call = { taskId: task, agentId: agent, callId: `call_${task}` };
      const events = [
        callStarted({ ...call, ordinal: 1 }),
        callEnded({ ...call, ordinal: 1, usage: { inputTokens: 7 }, costUsd: 0.25 }),
        callReconciled({ ...call, callId: `more_${task}`, ordinal: 2, usage: { outputTokens: 3 }, costUsd: 0.5 }),
      ];
      const [rehearsal, isEnded] = [task === "task_done", task !== "task_open"];
      if (!isEnded) events.push(stepEnded(task, "builder"));
      await addWork(store, task, { rehearsal, isEnded, steps: ["builder!", "tester"], events });
    }
    await store.append([
      agentCreated("agent_hand", null),
      messaged("agent_hand"),
      callStarted({ taskId: null, agentId: "agent_hand", callId: "call_hand", ordinal: 1 }),
    ]);
    await store.deleteTask("task_old");
    const hold = { scope: "account", cause: "usage_limit" as const, reason: "the limit", untilMs: 2_000_000_000_000 };
    await store.holdFleet({ ...hold, caller: "agent_hand", patienceMs: null, nowMs: 1_900_000_000_000 });
  });
}

describe("making the tables again", () => {
  test("gives exactly what was there, however they were ruined", async () => {
    await fill();
    const before = await readAll();
    for (const table of DERIVED_TABLES) if (table !== "ledger") tamper(folder.database, `DELETE FROM ${table}`);
    tamper(folder.database, "DELETE FROM ledger WHERE task_id IS NOT 'task_old'");
    expect(await readAll()).not.toEqual(before);
    expect(runRebuild()).toMatchObject({ unused: 0 });
    expect(await readAll()).toEqual(before);
  });

  test("gives the same once more, and leaves the events alone", async () => {
    await fill();
    const before = [await readAll(), await withStore((store) => store.readEvents({}))];
    runRebuild();
    runRebuild();
    expect([await readAll(), await withStore((store) => store.readEvents({}))]).toEqual(before);
  });

  test.each([
    ["1", makeVersion1],
    ["2", makeVersion2],
  ])("works on the events of a database of version %s", async (_, make) => {
    make(folder.database);
    const before = await readAll();
    runRebuild();
    expect(await readAll()).toEqual(before);
  });

  test("keeps the ledger of tasks that were cleaned away, and what they were called", async () => {
    await fill();
    runRebuild();
    await withStore(async (store) => {
      expect(await store.totals({ taskId: "task_old" })).toMatchObject({ modelCalls: 2, costUsd: 0.75 });
      expect(await store.getTask("task_old")).toBeNull();
    });
    const database = openDatabase(folder.database);
    expect(database.prepare("SELECT id FROM tombstones").all()).toEqual([{ id: "task_old" }]);
    database.close();
  });

  test("keeps rows whose events are gone: they are all that is left", async () => {
    await fill();
    const before = await readAll();
    tamper(folder.database, "DELETE FROM events WHERE task_id = 'task_done' AND type LIKE 'task.%'");
    runRebuild();
    expect(await readAll()).toEqual(before);
  });

  test("counts events that follow from nothing, and goes on without them", async () => {
    await fill();
    tamper(folder.database, "DELETE FROM events WHERE task_id = 'task_open' AND type = 'workflow.planned'");
    tamper(folder.database, "UPDATE events SET data = '{' WHERE task_id = 'task_done' AND type = 'task.ended'");
    // The start and the end of a step that was never planned, and an end that cannot be read.
    expect(runRebuild()).toMatchObject({ unused: 3 });
    await withStore(async (store) => {
      expect(await store.listSteps("task_open")).toEqual([]);
      expect(await store.getTask("task_done")).toMatchObject({ status: "running" });
    });
  });

  test("can be asked only for some, and leaves what is there of others as it is", async () => {
    await fill();
    const before = await readAll();
    tamper(folder.database, "DELETE FROM events WHERE task_id = 'task_done' AND type = 'task.ended'");
    tamper(folder.database, "DELETE FROM tasks WHERE task_id = 'task_open'");
    tamper(folder.database, "DELETE FROM agents WHERE agent_id = 'agent_hand'");
    runRebuild({ tasks: new Set(["task_open"]), agents: new Set(["agent_hand"]) });
    expect(await readAll()).toEqual(before);
  });

  test("knows every table that there is: each is derived, or is kept by name", async () => {
    await fill();
    const database = openDatabase(folder.database);
    const tables = (database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as SqlRow[]).map(
      (row) => String(row.name),
    );
    database.close();
    const kept = ["drafts", "events", "identity", "owners", "tombstones", "sqlite_sequence"];
    // A new table is either in no event, and then belongs here, or `rebuild` must make it again.
    expect(tables.sort()).toEqual([...kept, ...DERIVED_TABLES].sort());
  });
});

describe("holding the tables against the events", () => {
  const compare = () => withStore((store) => store.compare());

  test("finds nothing where they agree", async () => {
    await fill();
    expect(await compare()).toEqual([]);
  });

  test("takes a step that was reused for one that has ended", async () => {
    const subject = { taskId: "task_fork", stepKey: "builder", agentId: null };
    const origin = { fromTaskId: "task_done", endedAt: "2026-01-01T00:00:00.000Z" };
    const data = { ...origin, handoff: null, fromTree: null, toTree: null, commit: null };
    await withStore((store) =>
      store.append([
        ...[taskCreated("task_fork"), planned("task_fork", "builder!")],
        { ...subject, type: "step.reused", data },
      ]),
    );
    expect(await compare()).toEqual([]);
    tamper(folder.database, "UPDATE steps SET ended_at = NULL");
    expect(await compare()).toMatchObject([{ isMendable: true }]);
  });

  test.each([
    ["a task that is missing", "DELETE FROM tasks WHERE task_id = 'task_open'", /table of tasks.*task_open/],
    ["an agent that is missing", "DELETE FROM agents WHERE agent_id = 'agent_hand'", /table of agents.*agent_hand/],
    ["a task's end", "UPDATE tasks SET ended_at = NULL WHERE task_id = 'task_done'", /end of tasks.*task_done/],
    [
      "a step that is missing",
      "DELETE FROM steps WHERE key = 'builder' AND task_id = 'task_open'",
      /task_open\/builder/,
    ],
    ["a step's end", "UPDATE steps SET ended_at = NULL WHERE task_id = 'task_done'", /task_done\/builder/],
    ["a call that is missing", "DELETE FROM ledger WHERE call_id = 'call_hand'", /ledger.*call_hand/],
    ["a call's end", "UPDATE ledger SET ended_at = NULL WHERE call_id = 'call_task_done'", /ledger.*call_task_done/],
  ])("finds %s that the log has, which making the tables again mends", async (_, sql, message) => {
    await fill();
    const before = await readAll();
    tamper(folder.database, sql);
    expect(await compare()).toContainEqual({ message: expect.stringMatching(message), isMendable: true });
    runRebuild();
    expect(await compare()).toEqual([]);
    expect(await readAll()).toEqual(before);
  });

  test.each([
    ["a task", "type = 'task.ended' AND task_id = 'task_done'", /end of these tasks.*task_done/],
    ["a step", "type = 'step.ended' AND task_id = 'task_open'", /end of these steps.*task_open\/builder/],
  ])(
    "finds that the end of %s is missing in the log, and takes the record's word for it",
    async (_, which, message) => {
      await fill();
      tamper(folder.database, `DELETE FROM events WHERE ${which}`);
      expect(await compare()).toEqual([{ message: expect.stringMatching(message), isMendable: false }]);
    },
  );

  test("finds a task whose events are gone, which nothing mends", async () => {
    await fill();
    tamper(folder.database, "DELETE FROM events WHERE task_id = 'task_done'");
    expect(await compare()).toEqual([
      { message: expect.stringContaining("task_done"), isMendable: false },
      { message: expect.stringContaining("agent_done"), isMendable: false },
    ]);
  });
});
