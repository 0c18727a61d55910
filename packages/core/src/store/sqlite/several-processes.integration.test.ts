import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "./database.js";
import { makeFolder } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";
import { makeVersion2 } from "./version-2.testsuite.js";

/** Child processes cannot run TypeScript: they use what `npm run build` made. */
const BUILT_STORE = new URL("../../../dist/store/index.js", import.meta.url);

/** Makes one database after the other, each at the very moment at which the others make it, too. */
const MAKER = `
  const { openSqliteStore } = await import(process.argv[1]);
  const [, , path, name, startMs] = process.argv;
  for (let index = 0; index < 40; index += 1) {
    while (Date.now() < Number(startMs) + index * 20);
    const store = await openSqliteStore({ path: path + "." + index });
    await store.append([{ type: "task.warned", taskId: null, stepKey: null, agentId: null, data: { message: name } }]);
    await store.close();
  }
`;

/** Says each number once it has been told that the event is kept. */
const TELLER = `
  import { writeSync } from "node:fs";
  const { openSqliteStore } = await import(process.argv[1]);
  const store = await openSqliteStore({ path: process.argv[2] });
  for (;;) {
    const data = { message: "told" };
    const [event] = await store.append([{ type: "task.warned", taskId: null, stepKey: null, agentId: null, data }]);
    writeSync(1, event.seq + "\\n");
  }
`;

const OPENER = `
  const { openSqliteStore } = await import(process.argv[1]);
  const [, , path, name, startMs] = process.argv;
  while (Date.now() < Number(startMs));
  const store = await openSqliteStore({ path });
  await store.append([{ type: "task.warned", taskId: null, stepKey: null, agentId: null, data: { message: name } }]);
  await store.close();
`;

let folder: ReturnType<typeof makeFolder>;
let children: ChildProcess[];

beforeEach(() => {
  folder = makeFolder();
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  folder.remove();
});

/** Runs a script in a process of its own; resolves with what it said when it ended badly. */
async function runChild(script: string, name: string, parameter: number): Promise<string> {
  const args = ["--input-type=module", "-e", script, BUILT_STORE.href, folder.database, name, String(parameter)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, "close");
  return code === 0 ? "" : said || `exit ${code}`;
}

describe("several processes on one database", () => {
  test("the library is built", () => {
    expect(existsSync(BUILT_STORE)).toBe(true);
  });

  test("may all make the same new databases at the same moment", async () => {
    const startMs = Date.now() + 500;
    const makers = ["a", "b", "c"].map((name) => runChild(MAKER, name, startMs));
    expect(await Promise.all(makers)).toEqual(["", "", ""]);
    const store = await openSqliteStore({ path: `${folder.database}.39` });
    expect(await store.readEvents({})).toHaveLength(3);
    await store.close();
  });

  test("that find an old database migrate it once, with one copy of it as it was", async () => {
    makeVersion2(folder.database);
    const startMs = Date.now() + 500;
    const openers = ["a", "b", "c", "d"].map((name) => runChild(OPENER, name, startMs));
    expect(await Promise.all(openers)).toEqual(["", "", "", ""]);
    const copies = readdirSync(folder.path).filter((name) => name.includes("before-version"));
    expect(copies).toHaveLength(1);
    const copy = openDatabase(join(folder.path, copies[0] ?? ""));
    expect(copy.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    expect(copy.prepare("PRAGMA user_version").get()).toEqual({ user_version: 2 });
    expect(copy.prepare("SELECT count(*) AS count FROM events").get()).toEqual({ count: 20 });
    copy.close();
    const store = await openSqliteStore({ path: folder.database });
    expect(await store.check()).toEqual([]);
    expect(await store.readEvents({})).toHaveLength(24);
    await store.close();
  });
});

describe("a process that is killed with SIGKILL", () => {
  test("has lost nothing that it was told is kept, and the next opens the file as if nothing had been", async () => {
    let told = 0;
    for (let round = 0; round < 3; round += 1) {
      const args = ["--input-type=module", "-e", TELLER, BUILT_STORE.href, folder.database];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      children.push(child);
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.split("\n").length > 100) child.kill("SIGKILL");
      });
      await once(child, "close");
      // The last line may have been cut by the end of the process.
      told = Number(said.slice(0, said.lastIndexOf("\n")).split("\n").at(-1));
      const store = await openSqliteStore({ path: folder.database });
      expect(await store.lastSeq()).toBeGreaterThanOrEqual(told);
      expect(await store.readEvents({ after: told - 1, limit: 1 })).toMatchObject([{ seq: told }]);
      expect(await store.check()).toEqual([]);
      await store.close();
    }
    expect(told).toBeGreaterThan(200);
  });
});
