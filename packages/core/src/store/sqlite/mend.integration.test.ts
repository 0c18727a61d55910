import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OrchestratorError } from "../../domain/index.js";
import { ruinPages, tamper } from "./damage.testsuite.js";
import { openDatabase } from "./database.js";
import { agentCreated, makeFolder, planned, taskCreated } from "./events.testsuite.js";
import { mountSmallDisk } from "./small-disk.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

const BUILT_DATABASE = new URL("../../../dist/store/sqlite/database.js", import.meta.url);
const PAGE_BYTES = 4_096;

/** Mending starts processes, which cannot run TypeScript: they use what `npm run build` made. */
const { mendDatabase } = (await import(
  new URL("../../../dist/store/sqlite/mend.js", import.meta.url).href
)) as typeof import("./mend.js");

let folder: ReturnType<typeof makeFolder>;
/** The database is made here and copied: not every driver lets go of a file in the process that has had it open. */
let made: string;

beforeEach(() => {
  folder = makeFolder();
  made = join(folder.path, "made.db");
});
afterEach(() => {
  folder.remove();
});

const mend = () => mendDatabase(folder.database, { stamp: "now", refuse: () => {} });
const copies = () =>
  readdirSync(folder.path)
    .filter((name) => /^orchestrator.*(before|damaged|recovered)/.test(name))
    .sort();

const TASKS = 40;
const name = (number: number) => `task_${String(number).padStart(2, "0")}`;

/** Forty tasks, each of which fills pages of its own in the log and in the table. */
async function fill(): Promise<void> {
  // No two at the same time: a row that is made again has another place among those of its moment.
  let nowMs = Date.parse("2026-06-01T00:00:00Z");
  const store = await openSqliteStore({ path: made, now: () => nowMs++ });
  for (let number = 0; number < TASKS; number += 1) {
    const taskId = name(number);
    await store.append([taskCreated(taskId, { prompt: `prompt of ${taskId} ${"x".repeat(1_000)}` })]);
    await store.append([planned(taskId, "builder!"), agentCreated(`agent_${number}`, taskId, "builder")]);
    const text = `${"x".repeat(2_000)} said of ${taskId} ${"y".repeat(4_000)}`;
    await store.append([
      { type: "agent.output", taskId, stepKey: "builder", agentId: `agent_${number}`, data: { text } },
    ]);
  }
  await store.close();
}

/** What is in a database. */
async function read(path: string) {
  const looked = `${path}.looked-at-${looks++}`;
  for (const suffix of ["", "-wal"])
    if (existsSync(`${path}${suffix}`)) copyFileSync(`${path}${suffix}`, `${looked}${suffix}`);
  const store = await openSqliteStore({ path: looked });
  try {
    const events = await store.readEvents({});
    const tasks = await store.listTasks();
    const agents = await store.listAgents();
    const last = await store.lastSeq();
    return { damage: await store.check(), differs: await store.compare(), events, tasks, agents, last };
  } finally {
    await store.close();
  }
}

let looks = 0;

/** Puts what was made where the program looks for it. */
function place(): void {
  tamper(made, "PRAGMA wal_checkpoint(TRUNCATE)");
  copyFileSync(made, folder.database);
}

describe("mending a database", () => {
  test("does nothing to a sound one, and none to one that is not there", async () => {
    expect(await mend()).toEqual([]);
    expect(existsSync(folder.database)).toBe(false);
    await fill();
    place();
    expect(await mend()).toEqual([]);
    expect(copies()).toEqual([]);
  });

  test("makes tables again that contradict the events, after a copy", async () => {
    await fill();
    const before = await read(made);
    tamper(made, "DELETE FROM tasks WHERE task_id = 'task_07'");
    place();
    expect(await mend()).toEqual([expect.stringMatching(/made again from the events \(task_07\).*before-repair-now/)]);
    expect(await read(folder.database)).toEqual(before);
    expect(copies()).toEqual(["orchestrator.db.before-repair-now"]);
    const copy = openDatabase(`${folder.database}.before-repair-now`);
    expect(copy.prepare("SELECT count(*) AS count FROM tasks").get()).toEqual({ count: TASKS - 1 });
    copy.close();
  });

  test("makes indexes again that do not fit their table", async () => {
    await fill();
    const before = await read(made);
    emptyIndex("agents_by_task");
    place();
    expect((await read(made)).damage.join()).toContain("missing from index agents_by_task");
    expect(await mend()).toEqual([expect.stringMatching(/damaged-now\. Nothing was lost/)]);
    expect(await read(folder.database)).toEqual(before);
    expect(copies()).toEqual(["orchestrator.db.damaged-now"]);
  });

  test("refuses while somebody is at work, and changes nothing", async () => {
    await fill();
    tamper(made, "INSERT INTO owners VALUES ('owner_1', 'host', 1, '1', 10); DELETE FROM tasks");
    place();
    const refuse = (owners: readonly { ownerId: string }[]) => {
      throw new OrchestratorError("invalid_input", `${owners.map((each) => each.ownerId)} works.`, "Wait.");
    };
    await expect(mendDatabase(folder.database, { stamp: "now", refuse })).rejects.toThrow("owner_1 works.");
    expect((await read(folder.database)).tasks).toEqual([]);
    expect(copies()).toEqual([]);
  });
});

/** Changes a page of the file. */
function changePage(root: string, change: (page: Buffer) => void): void {
  const database = openDatabase(made);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const row = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(root) as { rootpage: number };
  database.close();
  const bytes = readFileSync(made);
  change(bytes.subarray((Number(row.rootpage) - 1) * PAGE_BYTES, Number(row.rootpage) * PAGE_BYTES));
  writeFileSync(made, bytes);
}

/** Empties the root of an index, so that the table has rows that it knows nothing of. */
function emptyIndex(index: string): void {
  changePage(index, (page) => {
    // An empty leaf of an index: its type, no free block, no cells, content that begins at the end of the page.
    page.fill(0);
    page.writeUInt8(0x0a, 0);
    page.writeUInt16BE(PAGE_BYTES, 5);
  });
}

describe("a file with unreadable pages", () => {
  test("in the log loses the events on them and nothing else: what was derived from them stays", async () => {
    await fill();
    const before = await read(made);
    expect(ruinPages(made, "said of task_07")).toBeGreaterThan(0);
    place();
    const [said] = await mend();
    expect(said).toMatch(/damaged.*damaged-now.*could not be read: events/);
    const after = await read(folder.database);
    const { tasks, agents, last } = before;
    expect(after).toMatchObject({ damage: [], tasks, agents, last });
    const lost = before.events.filter((event) => !after.events.some(({ seq }) => seq === event.seq));
    expect(lost.map((event) => event.taskId)).toContain("task_07");
    expect(lost.length).toBeLessThan(6);
    expect(after.events).toEqual(before.events.filter((event) => !lost.includes(event)));
    expect(copies()).toEqual(["orchestrator.db.damaged-now"]);
    expect(readFileSync(`${folder.database}.damaged-now`).equals(readFileSync(made))).toBe(true);
  });

  test("in several places loses what is on them", async () => {
    await fill();
    for (const task of [3, 4, 20, 39]) ruinPages(made, `said of ${name(task)}`);
    place();
    await mend();
    const after = await read(folder.database);
    expect(after.damage).toEqual([]);
    const said = after.events.filter((event) => event.type === "agent.output").map((event) => event.taskId);
    for (const task of [0, 1, 10, 30]) expect(said).toContain(name(task));
    for (const task of [3, 4, 20, 39]) expect(said).not.toContain(name(task));
  });

  test("and no event that can be read gives no number a second time", async () => {
    await fill();
    const { last, tasks } = await read(made);
    tamper(made, "UPDATE events SET data = 'not to be read'");
    changePage("agents", (page) => page.fill(0x5a));
    place();
    await mend();
    expect(await read(folder.database)).toMatchObject({ events: [], tasks, last });
  });

  test("in a table that is derived loses nothing at all", async () => {
    await fill();
    const before = await read(made);
    changePage("agents", (page) => page.fill(0x5a));
    place();
    expect(await mend()).toEqual([expect.stringMatching(/could not be read: agents/)]);
    expect(await read(folder.database)).toEqual(before);
    expect(before.agents).toHaveLength(TASKS);
  });

  test("is left alone while another process has it open", async () => {
    await fill();
    ruinPages(made, "said of task_07");
    place();
    const script = `
      const { openDatabase } = await import(process.argv[1]);
      const database = openDatabase(process.argv[2]);
      database.prepare("SELECT count(*) FROM tasks").get();
      console.log("open");
      process.stdin.resume();`;
    const args = ["--input-type=module", "-e", script, BUILT_DATABASE.href, folder.database];
    const other = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    await once(other.stdout, "data");
    await expect(mend()).rejects.toMatchObject({ code: "database_locked" });
    expect(copies()).toEqual([]);
    other.kill("SIGKILL");
    await once(other, "close");
    expect(await mend()).toHaveLength(1);
  });

  test("of which nothing can be read stays as it is", async () => {
    await fill();
    const bytes = readFileSync(made).fill(0x5a, 100);
    writeFileSync(folder.database, bytes);
    // The remedy is not what has just been tried.
    const hint = expect.stringMatching(/^Nothing of it can be read\. Move it aside/);
    await expect(mend()).rejects.toMatchObject({ code: "database_corrupt", hint });
    expect(readFileSync(folder.database).equals(bytes)).toBe(true);
    expect(copies()).toEqual([]);
  });

  test("is left as it is on a disk without room for another, and mended once there is", async (context) => {
    const disk = mountSmallDisk(join(folder.path, "small"), 16_384);
    if (!disk) return context.skip("needs the right to mount a small file system");
    try {
      await fill();
      ruinPages(made, "said of task_07");
      const path = join(disk.path, "orchestrator.db");
      copyFileSync(made, path);
      const bytes = readFileSync(path);
      disk.resize(Math.ceil((bytes.length * 1.5) / 1_024));
      await expect(mendDatabase(path, { stamp: "now", refuse: () => {} })).rejects.toMatchObject({ code: "disk_full" });
      expect(readFileSync(path).equals(bytes)).toBe(true);
      disk.resize(16_384);
      expect(await mendDatabase(path, { stamp: "now", refuse: () => {} })).toHaveLength(1);
      expect((await read(path)).damage).toEqual([]);
    } finally {
      disk.unmount();
    }
  });
});
