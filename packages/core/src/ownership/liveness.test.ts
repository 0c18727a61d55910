import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { hostId, isOwnerAlive, processStart, sortOwners } from "./liveness.js";

const OWNER = {
  ownerId: "owner_1",
  host: hostId(),
  pid: process.pid,
  pidStarted: processStart(process.pid) ?? "",
  leaseUntilMs: 1_000,
};

describe("the start of a process", () => {
  test("does not change while it lives", () => {
    expect(processStart(process.pid)).toMatch(/\d/);
    expect(processStart(process.pid)).toBe(processStart(process.pid));
  });

  test("is not there where no process is", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "close");
    expect(processStart(child.pid ?? 0)).toBeNull();
    expect(processStart(-1)).toBeNull();
  });
});

/** A child that does nothing, as an owner of this host. */
function startChild(): { owner: typeof OWNER; child: ChildProcess } {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  const pid = child.pid ?? 0;
  children.push(child);
  return { child, owner: { ...OWNER, ownerId: "owner_2", pid, pidStarted: processStart(pid) ?? "" } };
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

describe("an owner", () => {
  test("is alive while its process runs, whatever the clock says of its lease", () => {
    expect(isOwnerAlive(OWNER, OWNER.host, 999)).toBe(true);
    expect(isOwnerAlive(OWNER, OWNER.host, 1_000_000)).toBe(true);
    expect(sortOwners([OWNER], OWNER.host)).toEqual({ aliveOwnerIds: ["owner_1"], deadOwnerIds: [] });
  });

  test("that has signed off is at work no more", () => {
    expect(isOwnerAlive(undefined, OWNER.host, 0)).toBe(false);
  });

  test("is dead when another process has its pid", () => {
    const reborn = { ...OWNER, pidStarted: "1" };
    expect(isOwnerAlive(reborn, OWNER.host, 0)).toBe(false);
    expect(sortOwners([OWNER, reborn], OWNER.host).deadOwnerIds).toEqual(["owner_1"]);
  });

  test("whose process is stopped is judged by its lease, until it goes on", async () => {
    const { child, owner } = startChild();
    child.kill("SIGSTOP");
    await expect.poll(() => sortOwners([owner], OWNER.host).aliveOwnerIds).toEqual([]);
    expect(sortOwners([owner], OWNER.host).deadOwnerIds).toEqual([]);
    expect(isOwnerAlive(owner, OWNER.host, 999)).toBe(true);
    expect(isOwnerAlive(owner, OWNER.host, 1_000)).toBe(false);
    child.kill("SIGCONT");
    await expect.poll(() => isOwnerAlive(owner, OWNER.host, 1_000)).toBe(true);
  });

  test("is dead when its process has ended, also before the parent has heard of it", async () => {
    // The shell starts a process and turns into a program that never asks what became of it.
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    children.push(parent);
    const [said] = await once(parent.stdout, "data");
    const pid = Number(said);
    const owner = { ...OWNER, pid, pidStarted: processStart(pid) ?? "" };
    expect(isOwnerAlive(owner, OWNER.host, 0)).toBe(true);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => isOwnerAlive(owner, OWNER.host, 0)).toBe(false);
    expect(sortOwners([owner], OWNER.host).deadOwnerIds).toEqual(["owner_1"]);
  });

  test("of another host is judged by its lease alone", () => {
    const foreign = { ...OWNER, host: "elsewhere", pidStarted: "1" };
    expect(isOwnerAlive(foreign, OWNER.host, 999)).toBe(true);
    expect(isOwnerAlive(foreign, OWNER.host, 1_000)).toBe(false);
    expect(sortOwners([foreign], OWNER.host)).toEqual({ aliveOwnerIds: [], deadOwnerIds: [] });
  });
});
