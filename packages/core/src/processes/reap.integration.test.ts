import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newId } from "../domain/index.js";
import { hostId } from "../ownership/index.js";
import { openSqliteStore, type Store } from "../store/index.js";
import { OWNER_MARKER } from "./environment.js";
import { findMarked } from "./guard.js";
import { reapOwner } from "./reap.js";

/** Marks of this run alone: another run beside it must not be ended. */
const GONE = newId("owner");
const OTHER = newId("owner");

let folder: string;
let store: Store;
let children: ChildProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orchestrator-reap-"));
  store = await openSqliteStore({ path: join(folder, "o.db") });
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A child that an owner has left running. */
function leave(ownerId: string): ChildProcess {
  const child = spawn("sleep", ["600"], { stdio: "ignore", env: { PATH: process.env.PATH, [OWNER_MARKER]: ownerId } });
  children.push(child);
  return child;
}

const register = (ownerId: string, pid: number, host = hostId()) =>
  store.putOwner({ ownerId, host, pid, pidStarted: "before", leaseUntilMs: 0 });

test("ends what the owner has started, and nothing of any other", async () => {
  const [mine, also, other] = [leave(GONE), leave(GONE), leave(OTHER)];
  await register(GONE, 1);
  await register(OTHER, 1);
  const ended = Promise.all([once(mine, "exit"), once(also, "exit")]);
  await reapOwner(store, GONE);
  await ended;
  expect(findMarked(`${OWNER_MARKER}=${GONE}`)).toEqual([]);
  expect(findMarked(`${OWNER_MARKER}=${OTHER}`)).toEqual([other.pid]);
  expect((await store.listOwners()).map((owner) => owner.ownerId)).toEqual([OTHER]);
});

test("leaves alone a program that has the owner's pid by now", async () => {
  const stranger = leave(OTHER);
  await register(GONE, stranger.pid ?? 0);
  await reapOwner(store, GONE);
  expect(findMarked(`${OWNER_MARKER}=${OTHER}`)).toEqual([stranger.pid]);
});

test("leaves alone what belongs to another host, or to nobody that is registered", async () => {
  const child = leave(GONE);
  await reapOwner(store, GONE);
  await register(GONE, 1, "another host");
  await reapOwner(store, GONE);
  expect(findMarked(`${OWNER_MARKER}=${GONE}`)).toEqual([child.pid]);
});
