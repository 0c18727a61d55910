import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

/** The kernel's unit for the CPU time of ended children. */
const TICK_MS = 10;
const QUIET_SHARE = 0.1;
const SAMPLE_QUIET_LIMIT_MS = 4_000;
const QUIET_LOOK_MS = 400;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Least and greatest, as text. */
export function spread(values, digits = 0) {
  return `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
}

/** CPU time of all children that have ended and of theirs, in milliseconds; `null` where the system does not tell. */
export function endedChildrenCpuMs() {
  if (process.platform !== "linux") return null;
  const fields = afterName(readFileSync("/proc/self/stat", "utf8"));
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

function afterName(stat) {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function countChildren() {
  if (process.platform !== "linux") return 0;
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return Number(afterName(readFileSync(`/proc/${pid}/stat`, "utf8"))[1]);
      } catch {
        return 0; // It has ended in the meantime.
      }
    });
  return parents.filter((parent) => parent === process.pid).length;
}

/**
 * Runs something and takes its wall time, the CPU time of this process and that of the children it started.
 *
 * @param work - what to measure; its children must end with it or soon after
 */
export async function measure(work) {
  const children = countChildren();
  const ended = endedChildrenCpuMs();
  const look = watchMachine();
  const own = process.cpuUsage();
  const start = performance.now();
  const value = await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(own);
  for (let waited = 0; countChildren() > children && waited < 10_000; waited += 20) await pause(20);
  const hostCpuMs = (user + system) / 1_000;
  const childCpuMs = ended === null ? null : endedChildrenCpuMs() - ended;
  // What other programs used meanwhile; the model server, which goes on, counts as one and is next to nothing.
  const othersMs = Math.max(0, look().busyMs - hostCpuMs - (childCpuMs ?? 0));
  return { value, wallMs, hostCpuMs, childCpuMs, othersCores: othersMs / (performance.now() - start) };
}

/** With this much of a core used by other programs a sample says more about them than about us. */
const DISTURBED_CORES = 0.3;

/**
 * Takes a sample while the machine is quiet, and again when it was disturbed.
 *
 * @param take - makes the sample, with `othersCores` as `measure` tells it
 * @param attempts - after so many the quietest counts
 */
export async function takeQuietSample(take, attempts) {
  let best = null;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempts > 1) await waitForQuiet(SAMPLE_QUIET_LIMIT_MS);
    const sample = await take();
    if (!best || sample.othersCores < best.othersCores) best = sample;
    if (best.othersCores <= DISTURBED_CORES) break;
  }
  return best;
}

function cpuTimes() {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (key) => times.reduce((total, each) => total + each[key], 0);
  const busy = sum("user") + sum("nice") + sum("sys") + sum("irq");
  return { busy, all: busy + sum("idle") };
}

/** Follows how much CPU everything on the machine uses; the answer tells the share since the call. */
export function watchMachine() {
  const before = cpuTimes();
  return () => {
    const after = cpuTimes();
    return { busyMs: after.busy - before.busy, share: (after.busy - before.busy) / (after.all - before.all) };
  };
}

/**
 * Waits until nothing else keeps the machine busy.
 *
 * @param limitMs - how long at most
 * @returns the busy share of all cores in the last moment
 */
export async function waitForQuiet(limitMs) {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const look = watchMachine();
    await pause(QUIET_LOOK_MS);
    const { share } = look();
    if (share <= QUIET_SHARE || performance.now() > deadline) return share;
  }
}

/** Tells one build from another: the newest change of what the packages were built to. */
export function buildStamp() {
  const packages = readdirSync(join(ROOT, "packages")).map((name) => join(ROOT, "packages", name, "dist"));
  const files = packages.filter(existsSync).flatMap((dist) => {
    const names = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".js"));
    return names.map((name) => join(dist, name));
  });
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

/** What the figures depend on. */
export function machineFacts(cliVersion) {
  const sdk = join(dirname(require.resolve("@anthropic-ai/claude-agent-sdk")), "package.json");
  const git = (...args) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const isChanged = git("status", "--porcelain", "--untracked-files=no", "packages") !== "";
  const commit = `${git("rev-parse", "--short", "HEAD")}${isChanged ? " with uncommitted changes" : ""}`;
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    sdk: JSON.parse(readFileSync(sdk, "utf8")).version,
    cli: cliVersion,
    commit,
  };
}

/** Removes a temporary folder; a CLI that has just ended may still write its last file. */
export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
