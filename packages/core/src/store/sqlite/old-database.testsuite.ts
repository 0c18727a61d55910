import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventDataSchemas } from "../../domain/index.js";
import type { Store } from "../store.js";
import { openDatabase } from "./database.js";
import { makeFolder, stepEnded, taskCreated } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

/** A database as an earlier version has left it. */
export interface OldDatabase {
  version: number;
  make(path: string): void;
  /** How many events it holds, and when the first happened. */
  events: number;
  firstTime: string;
  /** A task that runs, with a step `builder` that waits for nothing. */
  openTask: string;
}

/**
 * What holds for a database of any earlier version that is opened.
 *
 * @param old - the database
 * @param more - the tests of this version alone; gets the opened store
 */
export function describeOldDatabase(old: OldDatabase, more: (store: () => Store) => void): void {
  let folder: ReturnType<typeof makeFolder>;
  let store: Store;
  const listCopies = () => readdirSync(folder.path).filter((name) => name.includes("before-version"));

  describe(`opening a database of version ${old.version}`, () => {
    beforeEach(async () => {
      folder = makeFolder();
      old.make(folder.database);
      store = await openSqliteStore({ path: folder.database });
    });
    afterEach(async () => {
      await store.close();
      folder.remove();
    });

    test("leaves a copy of it beside, as it was", () => {
      const copy = `${folder.database}.before-version-6`;
      expect(listCopies()).toEqual([basename(copy)]);
      const database = openDatabase(copy);
      expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: old.version });
      expect(database.prepare("SELECT count(*) AS count, max(version) AS version FROM events").get()).toEqual({
        count: old.events,
        version: old.version,
      });
      database.close();
    });

    test("makes no second copy the next time", async () => {
      await store.close();
      store = await openSqliteStore({ path: folder.database });
      expect(listCopies()).toHaveLength(1);
      expect(await store.check()).toEqual([]);
    });

    test("keeps every event, with its number, time and version", async () => {
      const events = await store.readEvents({});
      expect(events.map((event) => event.seq)).toEqual(Array.from({ length: old.events }, (_, at) => at + 1));
      expect(events[0]).toMatchObject({ version: old.version, time: old.firstTime, type: "task.created" });
    });

    test("gives every event the shape of today's", async () => {
      for (const event of await store.readEvents({}))
        expect(eventDataSchemas[event.type].parse(event.data), event.type).toEqual(event.data);
    });

    test("lets its tasks go on", async () => {
      await store.putOwner({ ownerId: "owner_1", host: "host", pid: 1, pidStarted: "1", leaseUntilMs: 10 });
      const claim = { taskId: old.openTask, stepKey: "builder", ownerId: "owner_1", maxRunning: 1, nowMs: 0 };
      expect(await store.claimStep({ ...claim, aliveOwnerIds: [], deadOwnerIds: [], isInterrupted: false })).toEqual({
        claimed: true,
        attempt: 1,
      });
      expect(await store.endStep(stepEnded(old.openTask, "builder"), "owner_1", 1)).toBe(true);
      const [created] = await store.append([taskCreated("task_new")]);
      expect(created).toMatchObject({ seq: old.events + 3, version: 4 });
    });

    more(() => store);
  });
}
