import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { OwnerRecord } from "../store/index.js";

/**
 * This host, as far as a pid has a meaning on it: in two containers, or after a reboot, the same pid is another process.
 */
export function hostId(): string {
  if (process.platform !== "linux") return hostname();
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
}

/**
 * When a process started, in the system's own terms: with the pid it names one process for ever.
 *
 * @returns `null` where there is no such process
 */
export function processStart(pid: number): string | null {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name in parentheses may hold spaces; the start time is the 20th field behind it.
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
    }
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", timeout: 5_000 }).trim() || null
    );
  } catch {
    // No such process.
    return null;
  }
}

/**
 * Owners of this host whose process is gone, although their lease may still run.
 *
 * @param owners - all that are registered
 * @param host - this host
 */
export function findDeadOwners(owners: readonly OwnerRecord[], host: string): string[] {
  return owners
    .filter((owner) => owner.host === host && processStart(owner.pid) !== owner.pidStarted)
    .map((owner) => owner.ownerId);
}

/**
 * Whether an owner can be taken to be at work.
 *
 * @param owner - as registered, or `undefined` when it has signed off
 * @param host - this host
 * @param nowMs - the time
 */
export function isOwnerAlive(owner: OwnerRecord | undefined, host: string, nowMs: number): boolean {
  if (!owner || owner.leaseUntilMs <= nowMs) return false;
  return owner.host !== host || processStart(owner.pid) === owner.pidStarted;
}

/**
 * Whether an owner is certainly at work no more. On this host its process tells; a lease that has run out says only that
 * it was silent, perhaps because the machine slept.
 *
 * @param owner - as registered, or `undefined` when it has signed off
 * @param host - this host
 * @param nowMs - the time
 */
export function isOwnerGone(owner: OwnerRecord | undefined, host: string, nowMs: number): boolean {
  if (!owner) return true;
  return owner.host === host ? processStart(owner.pid) !== owner.pidStarted : owner.leaseUntilMs <= nowMs;
}
