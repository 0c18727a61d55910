import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../config/index.js";

/** How a child process is kept from outliving its parent. */
export type ProcessGuard = "namespace" | "pdeathsig" | "watchdog";

/**
 * Command prefixes that tie a process to its parent. A PID namespace takes everything in it along when its first
 * process dies; `pdeathsig` reaches the process alone, which then ends its own children.
 */
const WRAPPERS: Readonly<Record<ProcessGuard, readonly string[]>> = {
  namespace: [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "--",
    "unshare",
    "--pid",
    "--fork",
    "--kill-child=KILL",
    "--mount-proc",
    "--",
  ],
  pdeathsig: ["setpriv", "--pdeathsig", "TERM", "--"],
  watchdog: [],
};

const PROBE_TIMEOUT_MS = 5_000;
const POLL_MS = 50;

/**
 * Finds the strongest guard that works here, by trying.
 *
 * @param wanted - `auto`, or the rung to use
 */
export function findGuard(wanted: ProcessGuard | "auto"): ProcessGuard {
  if (wanted !== "auto") return wanted;
  for (const guard of ["namespace", "pdeathsig"] as const) {
    const [command = "", ...args] = [...WRAPPERS[guard], "true"];
    if (spawnSync(command, args, { stdio: "ignore", timeout: PROBE_TIMEOUT_MS }).status === 0) return guard;
  }
  return "watchdog";
}

/**
 * Starts a process under a guard.
 *
 * @param guard - the rung
 * @param command - the program
 * @param args - its arguments
 * @param options - directory and environment
 */
export function spawnGuarded(
  guard: ProcessGuard,
  command: string,
  args: readonly string[],
  options: { cwd: string | undefined; environment: Record<string, string | undefined> },
): ChildProcess & { stdin: NonNullable<ChildProcess["stdin"]>; stdout: NonNullable<ChildProcess["stdout"]> } {
  const [program = command, ...rest] = [...WRAPPERS[guard], command, ...args];
  const { cwd, environment } = options;
  return spawn(program, rest, {
    // A session of its own, so that Ctrl-C in a terminal reaches us alone and agents end in our order.
    detached: true,
    ...(cwd ? { cwd } : {}),
    env: environment as NodeJS.ProcessEnv,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/**
 * Starts the watchdog of this process: it outlives us, and then ends whatever carries our mark. Needed on every rung
 * but the namespace, where the kernel does it.
 *
 * @param marker - the variable `NAME=value` that our children carry
 * @returns ends the watchdog's watch
 */
export function startWatchdog(marker: string): () => void {
  const script = join(PACKAGE_ROOT, "dist/processes/watchdog.js");
  const watchdog = spawn(process.execPath, [script, marker], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  // Its input ends when we do, however we end: that is the signal.
  watchdog.stdin.on("error", () => {});
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  return () => watchdog.stdin.end();
}

/**
 * Finds processes by a variable in their environment.
 *
 * @param marker - `NAME=value`
 * @returns their pids; empty where the system does not tell
 */
export function findMarked(marker: string): number[] {
  if (process.platform === "linux")
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => isMarked(pid, marker));
  const listing = spawnSync("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], {
    encoding: "utf8",
    timeout: PROBE_TIMEOUT_MS,
  });
  return (listing.stdout ?? "")
    .split("\n")
    .filter((line) => line.includes(marker))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => pid > 0 && pid !== process.pid);
}

function isMarked(pid: number, marker: string): boolean {
  try {
    return pid !== process.pid && readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(marker);
  } catch {
    // Gone in the meantime, or somebody else's.
    return false;
  }
}

/**
 * Sends a signal to every process with the mark.
 *
 * @returns how many there were
 */
export function signalMarked(marker: string, signal: NodeJS.Signals): number {
  const pids = findMarked(marker);
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  return pids.length;
}

/**
 * Kills every process with the mark, again and again until none is left: one may have started another between two looks.
 *
 * @param marker - `NAME=value`
 */
export async function endMarked(marker: string): Promise<void> {
  while (signalMarked(marker, "SIGKILL") > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
