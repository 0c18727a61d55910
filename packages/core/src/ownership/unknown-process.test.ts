import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hostId, isOwnerAlive, isOwnerGone, processStart, sortOwners } from "./liveness.js";

const OWNER = {
  ...{ ownerId: "owner_1", host: hostId(), pid: process.pid },
  ...{ pidStarted: processStart(process.pid) ?? "", leaseUntilMs: 1_000 },
};

/** From here on the system answers so when a file is to be read. */
function answer(code: string): void {
  vi.spyOn(fs, "readFileSync").mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
  syncBuiltinESMExports();
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe.runIf(process.platform === "linux")("an owner whose process is asked for", () => {
  test("and of which the system tells nothing is judged by its lease, and is not gone for certain", () => {
    answer("EMFILE");
    expect(sortOwners([OWNER], OWNER.host)).toEqual({ aliveOwnerIds: [], deadOwnerIds: [] });
    expect(isOwnerAlive(OWNER, OWNER.host, 999)).toBe(true);
    expect(isOwnerAlive(OWNER, OWNER.host, 1_000)).toBe(false);
    expect(isOwnerGone(OWNER, OWNER.host, 1_000_000)).toBe(false);
  });

  test.each(["ENOENT", "ESRCH"])("is dead where the answer is %s", (code) => {
    answer(code);
    expect(sortOwners([OWNER], OWNER.host).deadOwnerIds).toEqual(["owner_1"]);
    expect(isOwnerGone(OWNER, OWNER.host, 0)).toBe(true);
  });
});
