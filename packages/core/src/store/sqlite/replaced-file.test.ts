import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder, taskCreated, warned } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

/** A sound database in a file of its own, with one event. */
async function makeOther(): Promise<string> {
  const path = `${folder.database}.other`;
  const other = await openSqliteStore({ path });
  await other.append([taskCreated("task_other")]);
  await other.close();
  return path;
}

async function contents(path: string) {
  const store = await openSqliteStore({ path });
  const [seq, problems, task] = [await store.lastSeq(), await store.check(), await store.getTask("task_other")];
  await store.close();
  return { seq, problems, hasOther: task !== null };
}

test("a file that is put in the place of an open one stays as it is, and so does the one before", async () => {
  const other = await makeOther();
  const store = await openSqliteStore({ path: folder.database });
  await store.append([taskCreated("task_a")]);
  renameSync(folder.database, `${folder.database}.before`);
  renameSync(other, folder.database);
  await store.append([warned("task_a", "after the file was replaced")]);
  await store.close();
  expect(existsSync(`${folder.database}-wal`)).toBe(false);
  expect(await contents(folder.database)).toEqual({ seq: 1, problems: [], hasOther: true });
  expect(await contents(`${folder.database}.before`)).toEqual({ seq: 2, problems: [], hasOther: false });
});

test("a log that came with the new file is its own", async () => {
  const path = await makeOther();
  const living = await openSqliteStore({ path });
  await living.append([warned("task_other", "in the log only")]);
  const store = await openSqliteStore({ path: folder.database });
  await store.append([taskCreated("task_a")]);
  for (const suffix of ["", "-wal"]) {
    copyFileSync(`${path}${suffix}`, `${folder.database}${suffix}.new`);
    renameSync(`${folder.database}${suffix}.new`, `${folder.database}${suffix}`);
  }
  rmSync(`${folder.database}-shm`);
  await living.close();
  await store.close();
  expect(await contents(folder.database)).toEqual({ seq: 2, problems: [], hasOther: true });
});

test("where the file was deleted, its log does not come into the next", async () => {
  const store = await openSqliteStore({ path: folder.database });
  await store.append([taskCreated("task_a")]);
  rmSync(folder.database);
  await store.close();
  expect(await contents(folder.database)).toEqual({ seq: 0, problems: [], hasOther: false });
});
