import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { findDeadOwners, hostId, isOwnerAlive, processStart } from "./liveness.js";

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

describe("an owner", () => {
  test("is alive while its process runs and its lease holds", () => {
    expect(isOwnerAlive(OWNER, OWNER.host, 999)).toBe(true);
    expect(isOwnerAlive(OWNER, OWNER.host, 1_000)).toBe(false);
    expect(isOwnerAlive(undefined, OWNER.host, 0)).toBe(false);
  });

  test("is dead when another process has its pid", () => {
    const reborn = { ...OWNER, pidStarted: "1" };
    expect(isOwnerAlive(reborn, OWNER.host, 0)).toBe(false);
    expect(findDeadOwners([OWNER, reborn], OWNER.host)).toEqual(["owner_1"]);
  });

  test("of another host is judged by its lease alone", () => {
    const foreign = { ...OWNER, host: "elsewhere", pidStarted: "1" };
    expect(isOwnerAlive(foreign, OWNER.host, 999)).toBe(true);
    expect(findDeadOwners([foreign], OWNER.host)).toEqual([]);
  });
});
