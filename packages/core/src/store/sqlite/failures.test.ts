import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase, translateErrors } from "./database.js";
import { makeFolder, taskCreated } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

describe("a database that cannot be used", () => {
  test("is corrupt when the file is something else, and the file is left as it is", async () => {
    const text = "This is a letter, not a database.\n".repeat(100);
    writeFileSync(folder.database, text);
    await expect(openSqliteStore({ path: folder.database })).rejects.toMatchObject({
      code: "database_corrupt",
      message: expect.stringContaining(folder.database),
      hint: expect.stringContaining("doctor --repair. Or move it aside"),
    });
    expect(readFileSync(folder.database, "utf8")).toBe(text);
  });

  test("is corrupt when its pages were overwritten", async () => {
    const store = await openSqliteStore({ path: folder.database });
    await store.append([taskCreated("task_a")]);
    await store.close();
    const bytes = readFileSync(folder.database);
    writeFileSync(folder.database, bytes.fill(0x5a, 100));
    // Not every driver empties the log when it closes; with it SQLite would mend the file.
    for (const file of ["-wal", "-shm"]) rmSync(`${folder.database}${file}`, { force: true });
    await expect(
      openSqliteStore({ path: folder.database }).then((opened) =>
        opened.getTask("task_a").finally(() => opened.close()),
      ),
    ).rejects.toMatchObject({ code: "database_corrupt" });
  });

  test("cannot be opened when a directory has its name", async () => {
    mkdirSync(folder.database);
    await expect(openSqliteStore({ path: folder.database })).rejects.toMatchObject({ code: "database_read_only" });
  });

  test("cannot be made where a file stands in the way of its folder", async () => {
    writeFileSync(join(folder.path, "data"), "");
    await expect(openSqliteStore({ path: join(folder.path, "data", "o.db") })).rejects.toMatchObject({
      code: "database_read_only",
      hint: expect.stringContaining("ORCHESTRATOR_HOME"),
    });
  });

  test("cannot be written when it is read-only", () => {
    openDatabase(folder.database).close();
    const database = openDatabase(folder.database);
    database.exec("PRAGMA query_only = ON");
    expect(() => translateErrors(folder.database, () => database.exec("CREATE TABLE t (x)"))).toThrow(
      expect.objectContaining({ code: "database_read_only" }),
    );
    database.close();
  });

  test("is full when there is no more room for its pages", () => {
    const database = openDatabase(folder.database);
    database.exec("CREATE TABLE t (x); PRAGMA max_page_count = 3");
    const fill = () => database.exec("INSERT INTO t VALUES (zeroblob(100000))");
    expect(() => translateErrors(folder.database, fill)).toThrow(expect.objectContaining({ code: "disk_full" }));
    database.close();
  });

  test("is locked when another process keeps it for longer than the wait, and works again afterwards", async () => {
    const store = await openSqliteStore({ path: folder.database });
    const holder = openDatabase(folder.database);
    holder.exec("BEGIN IMMEDIATE");
    await expect(store.append([taskCreated("task_a")])).rejects.toMatchObject({
      code: "database_locked",
      message: expect.stringContaining("for 5 s"),
    });
    expect(await store.lastSeq()).toBe(0);
    holder.exec("ROLLBACK");
    holder.close();
    await store.append([taskCreated("task_a")]);
    expect(await store.lastSeq()).toBe(1);
    await store.close();
  }, 20_000);
});

describe("a database that is opened", () => {
  test("has every commit on the disk before anybody is told of it", () => {
    const database = openDatabase(folder.database);
    // 2 is FULL: also the log is flushed with each commit, which NORMAL leaves to a later checkpoint.
    expect(database.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
    expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(database.prepare("PRAGMA fullfsync").get()).toEqual({ fullfsync: 1 });
    database.close();
  });
});

describe("errors of the driver", () => {
  test.each([
    [{ errcode: 5, message: "database is locked" }, "database_locked"],
    [{ errcode: 5 | (2 << 8), message: "snapshot" }, "database_locked"],
    [{ errcode: 8, message: "attempt to write a readonly database" }, "database_read_only"],
    [{ errcode: 14, message: "unable to open database file" }, "database_read_only"],
    [{ errcode: 11, message: "malformed" }, "database_corrupt"],
    [{ errcode: 26, message: "file is not a database" }, "database_corrupt"],
    [{ errcode: 13, message: "full" }, "disk_full"],
    [{ errcode: 19, message: "UNIQUE constraint failed" }, "database_failed"],
    [{ message: "database is locked" }, "database_locked"],
    [{ message: "database or disk is full" }, "disk_full"],
  ])("%j becomes %s, with the file's name and the cause", (cause, code) => {
    const fail = () =>
      translateErrors("/data/o.db", () => {
        throw cause;
      });
    expect(fail).toThrow(expect.objectContaining({ code, message: expect.stringContaining("/data/o.db"), cause }));
  });

  test("an error that is not the driver's is passed on as it is", () => {
    const bug = new TypeError("x is undefined");
    expect(() =>
      translateErrors("/data/o.db", () => {
        throw bug;
      }),
    ).toThrow(bug);
  });
});
