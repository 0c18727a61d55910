import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NewEvent } from "../../domain/index.js";
import type { Store } from "../store.js";
import { openDatabase } from "./database.js";
import {
  addWork,
  agentCreated,
  callEnded,
  callStarted,
  makeFolder,
  messaged,
  taskCreated,
} from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

const NOW = Date.UTC(2026, 5, 1);

let folder: ReturnType<typeof makeFolder>;
let store: Store;

beforeEach(async () => {
  folder = makeFolder();
  store = await openSqliteStore({ path: folder.database, now: () => NOW });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const ofAgent = (agentId: string, type: "agent.deleted", taskId: string | null = null): NewEvent => ({
  type,
  taskId,
  stepKey: null,
  agentId,
  data: {},
});

let ordinal = 0;
function call(agentId: string, taskId: string | null, costUsd: number): NewEvent[] {
  ordinal += 1;
  const given = { agentId, taskId, callId: `call_${ordinal}`, ordinal, costUsd, usage: { inputTokens: 5 } };
  return [callStarted(given), callEnded(given)];
}

function filesChanged(taskId: string, agentId: string): NewEvent {
  const change = { path: "a.ts", kind: "created" as const, previousPath: null, linesAdded: 1, linesRemoved: 0 };
  return { type: "files.changed", taskId, stepKey: "builder", agentId, data: { changes: [change] } };
}

/** A rehearsal that has run, or still does, with everything that can be known of one. */
async function addTask(taskId: string, isEnded = true): Promise<void> {
  const agentId = taskId.replace("task", "agent");
  const events = [filesChanged(taskId, agentId), ...call(agentId, taskId, 0.5)];
  await addWork(store, taskId, { rehearsal: true, taskType: "bug_fix", events, isEnded });
}

/** Every row of the database that holds a text, as words. */
function wordsOf(table: string): string {
  const database = openDatabase(folder.database);
  const rows = database.prepare(`SELECT * FROM ${table}`).all();
  database.close();
  return JSON.stringify(rows);
}

/** The word that it was removed: all that is left of it among the events. */
const REMOVED = /"\{\\"(task|agent)Id\\":\\"\w+\\"\}"/;
const TABLES = ["events", "tasks", "steps", "agents", "files", "messages"];

describe("removing a task", () => {
  test("takes everything of it, and nothing of another", async () => {
    await addTask("task_a");
    await addTask("task_b");
    await store.deleteTask("task_a");
    expect(await store.getTask("task_a")).toBeNull();
    expect(await store.listSteps("task_a")).toEqual([]);
    expect(await store.listFiles("task_a")).toEqual([]);
    expect(await store.getAgent("agent_a")).toBeNull();
    expect(await store.readEvents({ taskId: "task_a" })).toEqual([]);
    for (const table of TABLES) expect(wordsOf(table).replace(REMOVED, ""), table).not.toMatch(/task_a|agent_a/);
    expect(await store.listSteps("task_b")).toHaveLength(1);
    expect(await store.listFiles("task_b")).toHaveLength(1);
    expect(await store.getAgent("agent_b")).not.toBeNull();
  });

  test("keeps what it has cost, and what for", async () => {
    await addTask("task_a");
    await store.deleteTask("task_a");
    expect(await store.listLedger()).toMatchObject([
      { taskId: "task_a", agentId: "agent_a", role: "builder", taskType: "bug_fix", rehearsal: true, costUsd: 0.5 },
    ]);
    expect(await store.totals({ taskId: "task_a" })).toMatchObject({ costUsd: 0.5, modelCalls: 1 });
    expect(await store.totals()).toMatchObject({ costUsd: 0, modelCalls: 0 });
    expect(await store.costs("taskType", { rehearsal: true })).toMatchObject([{ key: "bug_fix", costUsd: 0.5 }]);
  });

  test("is told to whoever follows the log, without any text", async () => {
    await addTask("task_a");
    const after = await store.lastSeq();
    await store.deleteTask("task_a");
    expect(await store.readEvents({ after })).toMatchObject([
      { type: "task.removed", taskId: null, agentId: null, data: { taskId: "task_a" } },
    ]);
  });

  test("leaves a tombstone with the time", async () => {
    await addTask("task_a");
    await store.deleteTask("task_a");
    expect(JSON.parse(wordsOf("tombstones"))).toEqual([{ id: "task_a", deleted_at: "2026-06-01T00:00:00.000Z" }]);
  });

  test("never frees the numbers of its events", async () => {
    await addTask("task_a");
    const last = await store.lastSeq();
    await store.deleteTask("task_a");
    const [event] = await store.append([taskCreated("task_new")]);
    expect(event?.seq).toBe(last + 2);
  });

  test("never frees them across a restart either", async () => {
    await addTask("task_a");
    const last = await store.lastSeq();
    await store.deleteTask("task_a");
    await store.close();
    store = await openSqliteStore({ path: folder.database });
    const [event] = await store.append([taskCreated("task_new")]);
    expect(event?.seq).toBe(last + 2);
  });

  test("is refused while it runs, and changes nothing", async () => {
    await addTask("task_a", false);
    const before = TABLES.map(wordsOf);
    await expect(store.deleteTask("task_a")).rejects.toMatchObject({
      code: "invalid_input",
      message: "The task task_a has not ended, so it cannot be removed.",
      hint: "Cancel it first: orchestrator cancel task_a",
    });
    expect(TABLES.map(wordsOf)).toEqual(before);
    expect(wordsOf("tombstones")).toBe("[]");
  });

  test("is refused while it waits to start", async () => {
    await store.append([taskCreated("task_a")]);
    await expect(store.deleteTask("task_a")).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("is possible once: then it is not there", async () => {
    await addTask("task_a");
    await store.deleteTask("task_a");
    await expect(store.deleteTask("task_a")).rejects.toMatchObject({
      code: "not_found",
      message: 'No task has the id "task_a".',
    });
  });
});

describe("removing an agent's records", () => {
  beforeEach(async () => {
    await store.append([
      agentCreated("agent_x", null, null, { role: "scout" }),
      agentCreated("agent_y", null),
      messaged("agent_x"),
      messaged("agent_y"),
      ...call("agent_x", null, 2),
      ofAgent("agent_x", "agent.deleted"),
    ]);
  });

  test("takes everything of it, and nothing of another", async () => {
    await store.deleteAgentRecord("agent_x");
    expect(await store.getAgent("agent_x")).toBeNull();
    for (const table of TABLES) expect(wordsOf(table).replace(REMOVED, ""), table).not.toContain("agent_x");
    expect(await store.listOpenMessages("agent_y")).toHaveLength(1);
    expect(await store.getAgent("agent_y")).not.toBeNull();
  });

  test("keeps what it has cost and a tombstone, and never frees a number", async () => {
    const last = await store.lastSeq();
    await store.deleteAgentRecord("agent_x");
    expect(await store.costs("role")).toMatchObject([{ key: "scout", costUsd: 2 }]);
    expect(JSON.parse(wordsOf("tombstones"))).toMatchObject([{ id: "agent_x" }]);
    const [event] = await store.append([agentCreated("agent_z", null)]);
    expect(event?.seq).toBe(last + 2);
  });

  test("is refused while it lives", async () => {
    await expect(store.deleteAgentRecord("agent_y")).rejects.toMatchObject({
      code: "invalid_input",
      message: "The records of agent agent_y cannot be removed: it lives.",
    });
    expect(await store.getAgent("agent_y")).not.toBeNull();
  });

  test("is refused where they belong to a task, also when the agent was deleted", async () => {
    await addTask("task_a");
    await store.append([ofAgent("agent_a", "agent.deleted", "task_a")]);
    await expect(store.deleteAgentRecord("agent_a")).rejects.toMatchObject({
      code: "invalid_input",
      message: "The records of agent agent_a cannot be removed: they belong to its task.",
    });
  });

  test("is refused where there is no such agent", async () => {
    await expect(store.deleteAgentRecord("agent_none")).rejects.toMatchObject({
      code: "not_found",
      message: 'No agent has the id "agent_none".',
    });
  });
});
