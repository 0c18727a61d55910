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

/** A process as the system knows it. */
interface ProcessRecord {
  /** When it started, in the system's own terms: with the pid it names one process for ever. */
  started: string;
  /** Whether a signal has stopped it, so that it does nothing until another lets it go on. */
  isStopped: boolean;
}

/**
 * @returns `null` where there is no such process, or where it has ended and only its parent has not yet heard of it
 * @throws Error where the system does not tell: too many open files, or no answer in time, say nothing of a process
 */
function lookUpProcess(pid: number): ProcessRecord | null {
  try {
    const [state = "", started = ""] = process.platform === "linux" ? readLinuxProcess(pid) : listProcess(pid);
    if (started === "" || /^[ZXx]/.test(state)) return null;
    return { started, isStopped: /^[Tt]/.test(state) };
  } catch (error) {
    const { code, status } = error as { code?: string; status?: number };
    // `ps` ends with 1 where it finds none.
    if (code === "ENOENT" || code === "ESRCH" || status === 1) return null;
    throw error;
  }
}

function readLinuxProcess(pid: number): (string | undefined)[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold spaces; behind it comes the state, and the start time as the 20th field.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [fields[0], fields[19]];
}

function listProcess(pid: number): (string | undefined)[] {
  // Every process of the host must read the same, whatever its user's language and time zone are.
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const options = { encoding: "utf8", timeout: 5_000, env } as const;
  const line = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], options);
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
  return [state, started];
}

/**
 * When a process started, in the system's own terms: with the pid it names one process for ever.
 *
 * @returns `null` where there is no such process
 * @throws Error where the system does not tell
 */
export function processStart(pid: number): string | null {
  return lookUpProcess(pid)?.started ?? null;
}

/** What can be said of the owners of this host without asking the clock. */
export interface KnownOwners {
  /** Their process is at work, whatever the clock says of their lease. */
  aliveOwnerIds: string[];
  /** Their process is gone, although their lease may still run. */
  deadOwnerIds: string[];
}

/**
 * Sorts owners by what their process says. One that is of another host, whose process is stopped, or of which the system
 * tells nothing is in neither list: only its lease tells.
 *
 * @param owners - all that are registered
 * @param host - this host
 */
export function sortOwners(owners: readonly OwnerRecord[], host: string): KnownOwners {
  const known: KnownOwners = { aliveOwnerIds: [], deadOwnerIds: [] };
  for (const owner of owners) {
    const isAtWork = lookAt(owner, host);
    if (isAtWork === null) continue;
    (isAtWork ? known.aliveOwnerIds : known.deadOwnerIds).push(owner.ownerId);
  }
  return known;
}

/**
 * Whether an owner can be taken to be at work. On this host its process tells: the clock may have jumped and the machine
 * may have slept, and then a lease has run out that nobody has given up. Elsewhere, and where the process is stopped,
 * the lease tells.
 *
 * @param owner - as registered, or `undefined` when it has signed off
 * @param host - this host
 * @param nowMs - the time
 */
export function isOwnerAlive(owner: OwnerRecord | undefined, host: string, nowMs: number): boolean {
  if (!owner) return false;
  return lookAt(owner, host) ?? owner.leaseUntilMs > nowMs;
}

/**
 * Whether an owner is certainly at work no more: one whose process is stopped may still go on.
 *
 * @param owner - as registered
 * @param host - this host
 * @param nowMs - the time
 */
export function isOwnerGone(owner: OwnerRecord, host: string, nowMs: number): boolean {
  if (owner.host !== host) return owner.leaseUntilMs <= nowMs;
  const found = lookUpOwner(owner);
  return found !== "unknown" && found?.started !== owner.pidStarted;
}

/** @returns whether its process is at work, or `null` where that cannot be told */
function lookAt(owner: OwnerRecord, host: string): boolean | null {
  if (owner.host !== host) return null;
  const found = lookUpOwner(owner);
  if (found === "unknown") return null;
  if (found?.started !== owner.pidStarted) return false;
  return found.isStopped ? null : true;
}

function lookUpOwner({ pid }: OwnerRecord): ProcessRecord | null | "unknown" {
  try {
    return lookUpProcess(pid);
  } catch {
    // Nobody is declared dead for it: their work would be taken over, and their processes ended.
    return "unknown";
  }
}
