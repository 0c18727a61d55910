import { closeSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copyDatabase } from "./copy.js";
import { openDatabase } from "./database.js";
import { makeFolder, warned } from "./events.testsuite.js";
import { migrate } from "./migrations.js";
import { mountSmallDisk } from "./small-disk.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

describe("a copy of a database", () => {
  test("holds what is in the log of the original too, and can be opened as it is", async () => {
    const store = await openSqliteStore({ path: folder.database });
    await store.append([warned(null, "only in the log")]);
    expect(statSync(`${folder.database}-wal`).size).toBeGreaterThan(0);
    const database = openDatabase(folder.database);
    const target = join(folder.path, "copy.db");
    copyDatabase(database, folder.database, target).publish();
    database.close();
    await store.close();
    const copy = await openSqliteStore({ path: target });
    expect(await copy.check()).toEqual([]);
    expect(await copy.readEvents({})).toMatchObject([{ seq: 1, data: { message: "only in the log" } }]);
    await copy.close();
  });

  test("has no name before it is published, and leaves nothing when it is not", () => {
    const database = openDatabase(folder.database);
    database.exec("CREATE TABLE notes (text TEXT)");
    const target = join(folder.path, "copy.db");
    const draft = copyDatabase(database, folder.database, target);
    expect(readdirSync(folder.path)).not.toContain("copy.db");
    draft.discard();
    database.close();
    expect(readdirSync(folder.path).filter((name) => name.startsWith("copy.db"))).toEqual([]);
  });

  test("is not made of a damaged database", () => {
    const database = openDatabase(folder.database);
    database.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (hex(zeroblob(50000)))");
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    // The first page is as it was: the file opens, and its rows cannot be read.
    const file = openSync(folder.database, "r+");
    writeSync(file, Buffer.alloc(40_000, 0x5a), 0, 40_000, 4_096);
    closeSync(file);
    const broken = openDatabase(folder.database);
    const target = join(folder.path, "copy.db");
    expect(() => copyDatabase(broken, folder.database, target)).toThrow(
      expect.objectContaining({ code: "database_corrupt" }),
    );
    broken.close();
    expect(readdirSync(folder.path).filter((name) => name.startsWith("copy.db"))).toEqual([]);
  });
});

describe("a migration on a full disk", () => {
  test("is refused with a clear word, changes nothing, and works once there is room", (context) => {
    const disk = mountSmallDisk(join(folder.path, "small"), 4_096);
    if (!disk) return context.skip("needs the right to mount a small file system");
    try {
      const path = join(disk.path, "orchestrator.db");
      const first = "CREATE TABLE notes (text TEXT) STRICT;";
      const second = "ALTER TABLE notes ADD COLUMN author TEXT;";
      const database = openDatabase(path);
      migrate(database, path, [first]);
      database.exec("INSERT INTO notes VALUES (hex(zeroblob(250000)))");
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      disk.resize(900);
      expect(() => migrate(database, path, [first, second])).toThrow(
        expect.objectContaining({ code: "disk_full", hint: expect.stringContaining("Make room") }),
      );
      expect(readdirSync(disk.path).filter((name) => name.includes("before-version"))).toEqual([]);
      expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
      disk.resize(4_096);
      migrate(database, path, [first, second]);
      database.close();
      const copy = openDatabase(`${path}.before-version-2`);
      expect(copy.prepare("SELECT length(text) AS length FROM notes").get()).toEqual({ length: 500_000 });
      copy.close();
    } finally {
      disk.unmount();
    }
  });
});
