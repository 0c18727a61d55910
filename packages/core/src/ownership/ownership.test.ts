import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore, type Store } from "../store/index.js";
import { takeOwnership } from "./ownership.js";

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orchestrator-ownership-"));
  store = await openSqliteStore({ path: join(folder, "o.db") });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const own = (ownerId = "owner_1") => takeOwnership({ store, ownerId, now: () => 1_000, onTrouble: () => {} });

test("a process is no owner before it signs on, nor after it has signed off", async () => {
  const ownership = own();
  await ownership.signOff();
  expect(await store.listOwners()).toEqual([]);
  await Promise.all([ownership.signOn(), ownership.signOn()]);
  expect(await store.listOwners()).toMatchObject([{ ownerId: "owner_1", pid: process.pid, leaseUntilMs: 16_000 }]);
  expect(await ownership.isGone("owner_1")).toBe(false);
  await ownership.signOff();
  expect(await store.listOwners()).toEqual([]);
  expect(await ownership.isGone("owner_1")).toBe(true);
});

test("a lease may be shorter, and is renewed well before it ends", async () => {
  let nowMs = 1_000;
  const ownership = takeOwnership({ store, ownerId: "owner_1", leaseMs: 90, now: () => nowMs, onTrouble: () => {} });
  await ownership.signOn();
  expect(await store.listOwners()).toMatchObject([{ leaseUntilMs: 1_090 }]);
  nowMs = 1_030;
  await expect.poll(() => store.listOwners()).toMatchObject([{ leaseUntilMs: 1_120 }]);
  await ownership.signOff();
});

test("an owner whose process is another one by now is dead although its lease runs", async () => {
  const ownership = own();
  await ownership.signOn();
  const [self] = await store.listOwners();
  await store.putOwner({ ...(self as NonNullable<typeof self>), ownerId: "owner_2", pidStarted: "before" });
  expect(await ownership.liveness()).toEqual({
    aliveOwnerIds: ["owner_1"],
    deadOwnerIds: ["owner_2"],
    nowMs: 1_000,
  });
  expect(await ownership.isGone("owner_2")).toBe(true);
  expect(await ownership.isGone(null)).toBe(true);
  await ownership.signOff();
});

test("an owner of this host whose lease has run out is not gone while its process is there", async () => {
  const ownership = own();
  await ownership.signOn();
  const [self] = await store.listOwners();
  await store.putOwner({ ...(self as NonNullable<typeof self>), leaseUntilMs: 0 });
  expect(await ownership.isGone("owner_1")).toBe(false);
  await store.putOwner({ ...(self as NonNullable<typeof self>), ownerId: "owner_3", host: "another", leaseUntilMs: 0 });
  expect(await ownership.isGone("owner_3")).toBe(true);
  await ownership.signOff();
});
