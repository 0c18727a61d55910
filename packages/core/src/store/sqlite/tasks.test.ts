import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TaskQuery } from "../queries.js";
import type { Store } from "../store.js";
import {
  callEnded,
  callStarted,
  makeFolder,
  planned,
  stepEnded,
  stepStarted,
  taskCreated,
  taskEnded,
} from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

const START_MS = Date.parse("2026-06-01T00:00:00Z");
const HOUR_MS = 3_600_000;

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let nowMs: number;

beforeEach(async () => {
  folder = makeFolder();
  nowMs = START_MS;
  store = await openSqliteStore({ path: folder.database, now: () => nowMs });
  await store.append([taskCreated("task_old", { prompt: "Mend the login_form", taskType: "bug_fix" })]);
  await run("task_old", 2 * HOUR_MS, 0.5);
  await store.append([taskCreated("task_mid", { prompt: "Write 100% of the docs", workingDirectory: "/other" })]);
  await run("task_mid", HOUR_MS, 2);
  nowMs += HOUR_MS;
  await store.append([taskCreated("task_new", { prompt: "Mend what the Login prints", rehearsal: true })]);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

/** Runs a task that takes its time and its money. */
async function run(taskId: string, durationMs: number, costUsd: number): Promise<void> {
  const given = { taskId, agentId: `agent_of_${taskId}`, callId: `call_${taskId}`, ordinal: 1, costUsd, usage: {} };
  await store.append([planned(taskId, "builder")]);
  await store.claimTask(taskId, "owner_1");
  await store.append([stepStarted(taskId, "builder"), callStarted(given), callEnded(given)]);
  nowMs += durationMs;
  await store.append([stepEnded(taskId, "builder"), taskEnded(taskId)]);
}

async function idsOf(query: TaskQuery): Promise<string[]> {
  const ids = (await store.listTasks(query)).map((task) => task.taskId.replace("task_", ""));
  expect(await store.countTasks(query)).toBe(ids.length);
  return ids;
}

describe("tasks are found", () => {
  test.each<[string, TaskQuery, string[]]>([
    ["all, newest first", {}, ["new", "mid", "old"]],
    ["oldest first", { ascending: true }, ["old", "mid", "new"]],
    ["by one status", { status: "queued" }, ["new"]],
    ["by any of several", { status: ["queued", "unverified"] }, ["new", "mid", "old"]],
    ["by type", { taskType: "bug_fix" }, ["old"]],
    ["by directory", { workingDirectory: "/other" }, ["mid"]],
    ["since a time, in any zone", { since: "2026-06-01T04:00:00+02:00" }, ["new", "mid"]],
    ["before a time", { until: "2026-06-01T02:00:00Z" }, ["old"]],
    ["by cost", { minCostUsd: 1 }, ["mid"]],
    ["by cost up to a bound", { maxCostUsd: 1 }, ["new", "old"]],
    ["without rehearsals", { rehearsal: false }, ["mid", "old"]],
    ["dearest first", { sort: "costUsd" }, ["mid", "old", "new"]],
    ["by a word in the prompt, whatever its capital letters", { search: "login" }, ["new", "old"]],
    ["by every word of a search", { search: "login mend prints" }, ["new"]],
    ["by a word that a step handed over", { search: "summary done" }, ["mid", "old"]],
    ["by a word in the output", { search: "done." }, ["mid", "old"]],
    ["by an id", { search: "task_mid" }, ["mid"]],
    ["with a percent sign as itself", { search: "100%" }, ["mid"]],
    ["with an underscore as itself", { search: "login_form" }, ["old"]],
    ["by several conditions together", { search: "mend", minCostUsd: 0.1 }, ["old"]],
  ])("%s", async (_, query, expected) => {
    expect(await idsOf(query)).toEqual(expected);
  });

  test("longest first", async () => {
    const ended = await store.listTasks({ sort: "durationMs", isEnded: true });
    expect(ended.map((task) => task.taskId)).toEqual(["task_old", "task_mid"]);
  });

  test("a page at a time, with the count of all", async () => {
    const pages = await Promise.all([0, 1, 2, 3].map((offset) => store.listTasks({ limit: 1, offset })));
    expect(pages.map(([task]) => task?.taskId)).toEqual(["task_new", "task_mid", "task_old", undefined]);
    expect(await store.countTasks({ limit: 1, offset: 2 })).toBe(3);
  });

  test("with what each has used", async () => {
    expect(await store.listTasks()).toMatchObject([{ costUsd: 0 }, { costUsd: 2, modelCalls: 1 }, { costUsd: 0.5 }]);
  });
});

describe("how long things take", () => {
  test("is told by task type and by role, rehearsals apart", async () => {
    expect(await store.durations("taskType")).toEqual([
      { key: "bug_fix", count: 1, medianMs: 2 * HOUR_MS, p95Ms: 2 * HOUR_MS, totalMs: 2 * HOUR_MS },
      { key: "custom", count: 1, medianMs: HOUR_MS, p95Ms: HOUR_MS, totalMs: HOUR_MS },
    ]);
    expect(await store.durations("role")).toEqual([
      { key: "builder", count: 2, medianMs: HOUR_MS, p95Ms: 2 * HOUR_MS, totalMs: 3 * HOUR_MS },
    ]);
    expect(await store.durations("role", { rehearsal: true })).toEqual([]);
  });

  test("is told by day, for a while", async () => {
    expect(await store.durations("day", { since: "2026-06-01T01:00:00.000Z" })).toMatchObject([{ count: 1 }]);
  });
});

describe("events are found", () => {
  test("before a number, newest first: the page above", async () => {
    const all = await store.readEvents({ taskId: "task_old" });
    const last = all.at(-1)?.seq ?? 0;
    const above = await store.readEvents({ taskId: "task_old", before: last, newestFirst: true, limit: 2 });
    expect(above.map((event) => event.seq)).toEqual([last - 1, last - 2]);
  });

  test("by type", async () => {
    const events = await store.readEvents({ types: ["task.created", "task.ended"] });
    expect(events.map((event) => event.type.slice(5))).toEqual(["created", "ended", "created", "ended", "created"]);
  });

  test("by a text in them, with what JSON writes otherwise", async () => {
    const prompt = 'Say "hello\\world"\n100%';
    await store.append([taskCreated("task_odd", { prompt })]);
    const search = '"HELLO\\world"\n';
    expect((await store.readEvents({ search })).map((event) => event.taskId)).toEqual(["task_odd"]);
    expect(await store.readEvents({ search: "hello_world" })).toEqual([]);
  });
});

test("a database has an identity of its own, for good", async () => {
  const id = await store.databaseId();
  await store.close();
  store = await openSqliteStore({ path: folder.database });
  expect(await store.databaseId()).toBe(id);
  const other = makeFolder();
  const another = await openSqliteStore({ path: other.database });
  expect(await another.databaseId()).not.toBe(id);
  await another.close();
  other.remove();
});
