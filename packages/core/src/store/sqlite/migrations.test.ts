import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "./database.js";
import { makeFolder, taskCreated } from "./events.testsuite.js";
import { migrate } from "./migrations.js";
import { openSqliteStore } from "./sqlite-store.js";

const FIRST = "CREATE TABLE notes (text TEXT) STRICT;";
const SECOND = "ALTER TABLE notes ADD COLUMN author TEXT;";
const BROKEN = "CREATE TABLE more (id INTEGER); CREATE TABLE notes (text TEXT);";

let folder: ReturnType<typeof makeFolder>;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

function open(path = folder.database) {
  const database = openDatabase(path);
  return {
    database,
    migrate: (...list: string[]) => migrate(database, path, list),
    version: () => (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version,
    tables: () => database.prepare("SELECT name FROM sqlite_schema ORDER BY name").all(),
    close: () => database.close(),
  };
}

const copies = () => readdirSync(folder.path).filter((name) => name.includes("before-version"));

describe("migrating", () => {
  test("a new file needs no copy of it", () => {
    const opened = open();
    opened.migrate(FIRST, SECOND);
    expect(opened.version()).toBe(2);
    expect(copies()).toEqual([]);
    opened.close();
  });

  test("runs each migration once", () => {
    const opened = open();
    opened.migrate(FIRST);
    opened.migrate(FIRST);
    opened.migrate(FIRST, SECOND);
    opened.migrate(FIRST, SECOND);
    expect(opened.version()).toBe(2);
    opened.close();
  });

  test("keeps a copy of the file as it was", () => {
    const opened = open();
    opened.migrate(FIRST);
    opened.database.exec("INSERT INTO notes VALUES ('kept')");
    opened.migrate(FIRST, SECOND);
    opened.close();
    expect(copies()).toEqual([`${basename(folder.database)}.before-version-2`]);
    const copy = open(`${folder.database}.before-version-2`);
    expect(copy.version()).toBe(1);
    expect(copy.database.prepare("SELECT * FROM notes").all()).toEqual([{ text: "kept" }]);
    copy.close();
  });

  test("leaves the database as it was when a migration fails", () => {
    const opened = open();
    opened.migrate(FIRST);
    expect(() => opened.migrate(FIRST, BROKEN)).toThrow(/already exists/);
    expect(opened.version()).toBe(1);
    expect(opened.tables()).toEqual([{ name: "notes" }]);
    opened.close();
  });

  test("refuses a database of a newer version, and does not touch it", () => {
    const opened = open();
    opened.migrate(FIRST, SECOND);
    expect(() => opened.migrate(FIRST)).toThrow(
      expect.objectContaining({
        code: "database_newer",
        message: `The database ${folder.database} has version 2; this program knows versions up to 1.`,
      }),
    );
    expect(opened.version()).toBe(2);
    opened.close();
  });

  test("of two that come at once the later finds it done and leaves the copy alone", () => {
    const [early, late] = [open(), open()];
    early.migrate(FIRST);
    // The later one has looked at the version and is overtaken just before it makes its copy.
    const overtaken = {
      ...late.database,
      exec: (sql: string) => late.database.exec(sql),
      prepare: (sql: string) => {
        if (sql.startsWith("VACUUM") && early.version() === 1) early.migrate(FIRST, SECOND);
        return late.database.prepare(sql);
      },
    };
    migrate(overtaken, folder.database, [FIRST, SECOND]);
    expect(late.version()).toBe(2);
    early.close();
    late.close();
    expect(copies()).toEqual([`${basename(folder.database)}.before-version-2`]);
    const copy = open(`${folder.database}.before-version-2`);
    expect(copy.version()).toBe(1);
    copy.close();
  });
});

describe("opening a store", () => {
  test("makes its folder and file", async () => {
    const path = `${folder.path}/new/deep/o.db`;
    const store = await openSqliteStore({ path });
    await store.append([taskCreated("task_a")]);
    await store.close();
    expect(readdirSync(`${folder.path}/new/deep`)).toContain("o.db");
  });

  test("finds what was there before", async () => {
    const first = await openSqliteStore({ path: folder.database });
    await first.append([taskCreated("task_a")]);
    await first.close();
    const second = await openSqliteStore({ path: folder.database });
    expect(await second.getTask("task_a")).toMatchObject({ status: "queued" });
    await second.close();
  });

  test("refuses a database of a newer version", async () => {
    const opened = open();
    opened.database.exec("PRAGMA user_version = 999");
    opened.close();
    await expect(openSqliteStore({ path: folder.database })).rejects.toMatchObject({ code: "database_newer" });
  });
});
