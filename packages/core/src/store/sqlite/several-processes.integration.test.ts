import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFolder } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

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
});
