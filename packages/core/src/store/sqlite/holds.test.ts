import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CallRequest, NewHold } from "../claims.js";
import type { Store } from "../store.js";
import { makeFolder, planned, taskCreated } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

const NOW = Date.parse("2026-11-22T10:00:00.000Z");
const RESET = NOW + 20_000;

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let nowMs: number;

beforeEach(async () => {
  folder = makeFolder();
  nowMs = NOW;
  store = await openSqliteStore({ path: folder.database, now: () => nowMs });
  for (const ownerId of ["owner_1", "owner_2"])
    await store.putOwner({ ownerId, host: "host", pid: 1, pidStarted: "1", leaseUntilMs: NOW + 3_600_000 });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const hold = (given: Partial<NewHold> = {}): NewHold => ({
  scope: "account",
  cause: "usage_limit",
  reason: "the limit is reached",
  untilMs: RESET,
  caller: "task_a/one",
  patienceMs: null,
  nowMs,
  ...given,
});
const outage = (given: Partial<NewHold> = {}) =>
  hold({ cause: "unreachable", untilMs: null, patienceMs: 60_000, ...given });
const request = (caller: string, given: Partial<CallRequest> = {}): CallRequest => ({
  scope: "account",
  caller,
  ownerId: "owner_1",
  aliveOwnerIds: [],
  deadOwnerIds: [],
  nowMs,
  ...given,
});
const count = async (type: string) => (await store.readEvents({})).filter((event) => event.type === type).length;

describe("a limit with a reset", () => {
  test("holds everybody who reaches the models in the same way, and nobody else", async () => {
    await store.holdFleet(hold());
    expect(await store.admitCall(request("agent_1"))).toMatchObject({ admitted: false, retryAtMs: RESET });
    expect(await store.admitCall(request("agent_1", { scope: "another" }))).toEqual({ admitted: true });
    expect(await store.listHolds()).toMatchObject([{ cause: "usage_limit", untilMs: RESET, strikes: 1, canary: null }]);
  });

  test("is one hold, however many meet it", async () => {
    for (const caller of ["task_a/one", "task_a/two", "task_b/one"])
      expect(await store.holdFleet(hold({ caller, untilMs: RESET + 500 }))).toMatchObject({ strikes: 1 });
    expect(await count("fleet.held")).toBe(1);
  });

  test("lets one try when it is over, and the others when that one is answered, one after another", async () => {
    await store.holdFleet(hold());
    nowMs = RESET;
    expect(await store.admitCall(request("task_a/one"))).toEqual({ admitted: true });
    expect(await store.admitCall(request("task_a/two"))).toMatchObject({ admitted: false });
    // Whoever is claimed again is still the one.
    expect(await store.admitCall(request("task_a/one"))).toEqual({ admitted: true });
    expect(await store.releaseFleet("account", "task_a/two")).toBe(false);
    expect(await store.releaseFleet("account", "task_a/one")).toBe(true);
    expect(await store.listHolds()).toEqual([]);
    expect(await store.admitCall(request("task_a/two"))).toEqual({ admitted: true });
    expect(await store.admitCall(request("task_a/three"))).toMatchObject({ admitted: false, retryAtMs: nowMs + 250 });
    nowMs += 250;
    expect(await store.admitCall(request("task_a/three"))).toEqual({ admitted: true });
    // After a while nobody waits any more.
    nowMs += 10_000;
    for (const caller of ["task_a/four", "task_a/five"])
      expect(await store.admitCall(request(caller))).toEqual({ admitted: true });
  });

  test("is extended by the one that tried and was refused", async () => {
    await store.holdFleet(hold());
    nowMs = RESET;
    await store.admitCall(request("task_a/two"));
    const later = RESET + 3_600_000;
    expect(await store.holdFleet(hold({ caller: "task_a/two", untilMs: later }))).toMatchObject({
      sinceMs: NOW,
      untilMs: later,
      strikes: 2,
      canary: null,
    });
  });

  test("outlives the store that recorded it", async () => {
    await store.holdFleet(hold());
    await store.close();
    store = await openSqliteStore({ path: folder.database });
    expect(await store.listHolds()).toMatchObject([{ untilMs: RESET, reason: "the limit is reached" }]);
  });
});

describe("the one that tries", () => {
  beforeEach(async () => {
    await store.holdFleet(hold());
    nowMs = RESET;
    await store.admitCall(request("task_a/one"));
  });

  test.each([
    ["its owner is gone", async () => ({ deadOwnerIds: ["owner_1"] })],
    ["it ended without an answer", async () => (await store.loseCanary("account", "task_a/one")) && {}],
    [
      "it was not answered for long",
      async () => {
        nowMs += 120_000;
        return {};
      },
    ],
  ])("is followed by another when %s", async (_, happen) => {
    expect(await store.admitCall(request("task_a/two", { ownerId: "owner_2" }))).toMatchObject({ admitted: false });
    const known = await happen();
    const two = { ...request("task_a/two", { ownerId: "owner_2" }), ...known };
    expect(await store.admitCall(two)).toEqual({ admitted: true });
    expect(await store.listHolds()).toMatchObject([{ canary: "task_a/two" }]);
  });
});

describe("an outage", () => {
  test("is waited for ever longer, and then given up", async () => {
    const waits: number[] = [];
    for (;;) {
      const found = await store.holdFleet(outage());
      if (!found) break;
      waits.push(found.untilMs - nowMs);
      nowMs = found.untilMs;
      await store.admitCall(request("task_a/one"));
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000]);
    // Everybody fails by themselves from here on.
    expect(await store.listHolds()).toEqual([]);
    expect(await store.admitCall(request("task_a/two"))).toEqual({ admitted: true });
    expect(await count("fleet.released")).toBe(1);
  });

  test("begins anew when it was answered in between", async () => {
    await store.holdFleet(outage());
    nowMs += 5_000;
    await store.admitCall(request("task_a/one"));
    await store.releaseFleet("account", "task_a/one");
    nowMs += 1_000;
    expect(await store.holdFleet(outage())).toMatchObject({ strikes: 1, sinceMs: nowMs });
  });

  test("that nobody is to wait for leaves no trace", async () => {
    expect(await store.holdFleet(outage({ patienceMs: 0 }))).toBeNull();
    expect(await store.lastSeq()).toBe(0);
  });
});

describe("a step", () => {
  const claim = (stepKey: string, scope?: string) =>
    store.claimStep({
      ...request("", {}),
      taskId: "task_a",
      stepKey,
      scope,
      maxRunning: 4,
      isInterrupted: false,
    });

  test("that calls a model is held, one that calls none is not", async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "one", "check")]);
    await store.claimTask("task_a", "owner_1");
    await store.holdFleet(hold());
    expect(await claim("one", "account")).toMatchObject({ claimed: false, reason: "held", retryAtMs: RESET });
    expect(await claim("check")).toEqual({ claimed: true, attempt: 1 });
    nowMs = RESET;
    expect(await claim("one", "account")).toEqual({ claimed: true, attempt: 1 });
    expect(await store.listHolds()).toMatchObject([{ canary: "task_a/one", canaryOwnerId: "owner_1" }]);
  });
});
