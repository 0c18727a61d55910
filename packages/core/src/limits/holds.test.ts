import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredEvent } from "../domain/index.js";
import { openSqliteStore, type Store } from "../store/index.js";
import { createHolds, type Hold, type Holds, type HoldsOptions } from "./holds.js";

const LIMIT = { cause: "usage_limit", reason: "the limit is reached", untilMs: 20_000 } as const;
const OUTAGE = { cause: "unreachable", reason: "it does not answer", untilMs: null } as const;

let folder: string;
let store: Store;
let nowMs: number;
let stopping: AbortController;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orchestrator-holds-"));
  nowMs = 1_000;
  stopping = new AbortController();
  store = await openSqliteStore({ path: join(folder, "orchestrator.db"), now: () => nowMs });
  for (const ownerId of ["owner_1", "owner_2"])
    await store.putOwner({ ownerId, host: "host", pid: 1, pidStarted: "1", leaseUntilMs: 1_000_000 });
});
afterEach(async () => {
  stopping.abort();
  await store.close();
  rmSync(folder, { recursive: true });
});

/** The holds of one process among those that share the store. */
function open(ownerId: string, given: Partial<HoldsOptions> = {}): Holds {
  return createHolds({
    store,
    scope: "account",
    patienceMs: 60_000,
    rehearsal: false,
    ownership: { ownerId, liveness: async () => ({ aliveOwnerIds: [], deadOwnerIds: [], nowMs }) },
    follow: async (obey) => {
      const after = await store.lastSeq();
      const hear = async () => {
        for await (const event of store.subscribe({ after, signal: stopping.signal })) obey(event as StoredEvent);
      };
      void hear();
      return () => {};
    },
    onTrouble: (message, error) => {
      throw new Error(message, { cause: error });
    },
    now: () => nowMs,
    ...given,
  });
}

describe("a limit that one process meets", () => {
  test("is heard of by every other of the same account, and by no other", async () => {
    const [mine, theirs, others] = [open("owner_1"), open("owner_2"), open("owner_2", { scope: "another" })];
    const heard: Hold[] = [];
    theirs.onHeld((hold) => heard.push(hold));
    expect(await theirs.find("task_b/one")).toBeNull();
    expect(await others.find("task_c/one")).toBeNull();
    await mine.report(LIMIT, "task_a/one");
    await expect.poll(() => heard).toEqual([LIMIT]);
    expect(await theirs.find("task_b/one")).toMatchObject(LIMIT);
    expect(await others.find("task_c/one")).toBeNull();
  });

  test("is known to one that opens the store later", async () => {
    await open("owner_1").report(LIMIT, "task_a/one");
    expect(await open("owner_2").find("agent_1")).toMatchObject(LIMIT);
  });

  test("lets those who wait go on when the one that tries is answered", async () => {
    const [mine, theirs] = [open("owner_1"), open("owner_2")];
    await theirs.find("agent_2");
    await mine.report(LIMIT, "agent_1");
    await expect.poll(() => theirs.find("agent_2")).not.toBeNull();
    const entered: string[] = [];
    const never = new AbortController().signal;
    nowMs = 20_000;
    await mine.enter("agent_1", never).then(() => entered.push("agent_1"));
    const second = theirs.enter("agent_2", never).then(() => entered.push("agent_2"));
    expect(await mine.find("agent_1")).toBeNull();
    mine.answered("agent_1");
    await second;
    expect(entered).toEqual(["agent_1", "agent_2"]);
  });

  test("is waited for no longer by whoever is to end", async () => {
    const holds = open("owner_1");
    await holds.report(LIMIT, "agent_1");
    const ending = new AbortController();
    const waiting = holds.enter("agent_1", ending.signal);
    ending.abort();
    await waiting;
  });

  test("is not waited for either by one that is to end while the store is asked", async () => {
    const ending = new AbortController();
    const liveness = async () => {
      ending.abort();
      return { aliveOwnerIds: [], deadOwnerIds: [], nowMs };
    };
    const holds = open("owner_1", { ownership: { ownerId: "owner_1", liveness } });
    await holds.report(LIMIT, "agent_1");
    const beganMs = performance.now();
    await holds.enter("agent_1", ending.signal);
    expect(performance.now() - beganMs).toBeLessThan(4_000);
  });

  test("passes the turn on when the one that tries ends without an answer", async () => {
    const holds = open("owner_1");
    await holds.report(LIMIT, "agent_1");
    nowMs = 20_000;
    await holds.enter("agent_1", new AbortController().signal);
    await holds.ended("agent_1");
    expect(await store.listHolds()).toMatchObject([{ canary: null }]);
  });

  test("passes the turn on also when that one had not yet looked whether the fleet is held", async () => {
    await open("owner_1").report(LIMIT, "agent_1");
    nowMs = 20_000;
    await store.admitCall({
      ...{ scope: "account", caller: "task_a/one", ownerId: "owner_2", nowMs },
      ...{ aliveOwnerIds: [], deadOwnerIds: [] },
    });
    expect(await store.listHolds()).toMatchObject([{ canary: "task_a/one" }]);
    await open("owner_2").ended("task_a/one");
    expect(await store.listHolds()).toMatchObject([{ canary: null }]);
  });
});

describe("an outage", () => {
  test("of an endpoint that never answered is a mistake, and not waited for", async () => {
    expect(await open("owner_1").report(OUTAGE, "task_a/one")).toBeNull();
    expect(await store.listHolds()).toEqual([]);
  });

  test("of one that has answered is waited for, unless there is no patience", async () => {
    const holds = open("owner_1");
    holds.answered("task_a/one");
    expect(await holds.report(OUTAGE, "task_a/one")).toMatchObject({ cause: "unreachable", untilMs: 6_000 });
    const impatient = open("owner_2", { scope: "another", patienceMs: 0 });
    impatient.answered("task_b/one");
    expect(await impatient.report(OUTAGE, "task_b/one")).toBeNull();
  });
});
