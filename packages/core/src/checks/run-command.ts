import { statSync } from "node:fs";
import { type CheckOutcome, type CommandRun, OrchestratorError } from "../domain/index.js";
import { endMarked, type ProcessGuard, ProcessHandle, spawnGuarded } from "../processes/index.js";
import { type CommandLog, openCommandLog } from "./command-log.js";
import { describeDuration } from "./describe-duration.js";

/** How long a command may take to end by itself once it was told to. */
const END_GRACE_MS = 1_000;
/** A process that has escaped us may hold the pipes open; what it prints is not waited for. */
const PIPES_TIMEOUT_MS = 1_000;
/** What a shell ends with when it finds no such command, or may not run it. */
const NOT_FOUND_CODES = [126, 127];
/** Beyond this a timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface CommandOptions {
  /** For people. */
  name: string;
  /** For the shell. */
  command: string;
  directory: string;
  environment: Readonly<Record<string, string>>;
  guard: ProcessGuard;
  /** `NAME=value`, put into the environment; of this run alone, because whatever carries it is ended with the run. */
  marker: string;
  logPath: string;
  timeoutMs: number;
  maxLogBytes: number;
  /** Takes secrets out of a text of whole lines. */
  redact: (text: string) => string;
  signal: AbortSignal;
}

/** Why the wait for a command came to its end. */
type Ending = "exited" | "timed_out" | "aborted" | "log_failed";

interface RunEnd {
  outcome: CheckOutcome;
  exitCode: number | null;
  /** The last line of the log, where there is something to say. */
  notice: string | null;
}

type ShellProcess = ReturnType<typeof spawnGuarded>;

/**
 * Runs a project's own command, with no terminal and nothing to read, and keeps what it prints. Everything that it
 * starts is gone when this resolves or rejects.
 *
 * @param options - the command, its surroundings and its limits
 * @returns the evidence, and `output`, the text of the log
 * @throws OrchestratorError `disk_full` or `check_failed` when its log cannot be written or no process started; the
 * reason of `signal` when that was aborted
 */
export async function runCommand(options: CommandOptions): Promise<CommandRun & { output: string }> {
  options.signal.throwIfAborted();
  const log = openCommandLog({ path: options.logPath, maxBytes: options.maxLogBytes, redact: options.redact });
  try {
    if (!isFolder(options.directory)) {
      const notice = `The command was not run: the folder ${options.directory} does not exist.`;
      return describeRun(options, log, { outcome: "not_found", exitCode: null, durationMs: 0, notice });
    }
    return await runWithLog(options, log);
  } finally {
    log.close();
  }
}

async function runWithLog(options: CommandOptions, log: CommandLog): Promise<CommandRun & { output: string }> {
  const startedMs = performance.now();
  const child = spawnShell(options);
  const handle = new ProcessHandle(child, options.guard, options.marker);
  if (child.pid === undefined) {
    await handle.exited;
    throw notStarted(options, handle.stderrTail);
  }
  const pipesClosed = new Promise((resolve) => child.once("close", resolve));
  const reading = readOutput(child, log);
  const ending = await waitForEnd(handle, reading.failed, options);
  const durationMs = Math.round(performance.now() - startedMs);

  await endEverything(handle, ending, options.marker);
  await withinTime(pipesClosed, PIPES_TIMEOUT_MS);
  child.stdout.destroy();
  child.stderr?.destroy();
  if (ending === "aborted") throw options.signal.reason;
  if (reading.error) throw reading.error;
  return describeRun(options, log, { ...judgeEnd(child, ending, options), durationMs });
}

function spawnShell(options: CommandOptions): ShellProcess {
  const { command, directory: cwd, marker } = options;
  const equals = marker.indexOf("=");
  const environment = { ...options.environment, [marker.slice(0, equals)]: marker.slice(equals + 1) };
  let child: ShellProcess;
  try {
    // One pipe for both outputs keeps them in the order in which they were printed.
    child = spawnGuarded(options.guard, "sh", ["-c", `exec 2>&1\n${command}`], { cwd, environment });
  } catch (error) {
    throw notStarted(options, (error as Error).message);
  }
  // The command may have ended before it has seen that there is nothing to read.
  child.stdin?.on("error", () => {});
  child.stdin?.end();
  return child;
}

/** Puts what is printed into the log. After the log has failed the rest is read all the same: nobody shall hang on it. */
function readOutput(child: ShellProcess, log: CommandLog): { failed: Promise<void>; readonly error: unknown } {
  let error: unknown = null;
  const failed = new Promise<void>((resolve) => {
    const add = (chunk: Buffer | string) => {
      if (error) return;
      try {
        log.add(chunk);
      } catch (thrown) {
        error = thrown;
        resolve();
      }
    };
    child.stdout.on("data", add);
    // Used by the guard alone, when it cannot start the shell.
    child.stderr?.on("data", add);
  });
  return {
    failed,
    get error() {
      return error;
    },
  };
}

function waitForEnd(handle: ProcessHandle, logFailed: Promise<void>, options: CommandOptions): Promise<Ending> {
  const { signal, timeoutMs } = options;
  return new Promise((resolve) => {
    const end = (ending: Ending) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      resolve(ending);
    };
    const abort = () => end("aborted");
    const timer = setTimeout(() => end("timed_out"), Math.min(timeoutMs, LONGEST_TIMER_MS));
    signal.addEventListener("abort", abort, { once: true });
    handle.exited.then(() => end("exited"));
    logFailed.then(() => end("log_failed"));
  });
}

/** Ends what is left of a command: its process, its group, and whatever else carries its mark. */
async function endEverything(handle: ProcessHandle, ending: Ending, marker: string): Promise<void> {
  if (ending !== "exited") signalGroup(handle.pid, "SIGTERM");
  await handle.end(ending === "exited" ? 0 : END_GRACE_MS);
  // What has cleared its environment carries no mark, but stays in the group as a rule.
  signalGroup(handle.pid, "SIGKILL");
  // A namespace that was killed ends a moment after its outermost process.
  if (ending !== "exited") await endMarked(marker);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

function judgeEnd(child: ShellProcess, ending: Ending, options: CommandOptions): RunEnd {
  const { exitCode, signalCode } = child;
  if (ending === "timed_out") {
    const notice = `The command was ended: it ran for more than ${describeDuration(options.timeoutMs)}.`;
    return { outcome: "timed_out", exitCode, notice };
  }
  if (exitCode !== null && NOT_FOUND_CODES.includes(exitCode)) {
    const notice = `The command was not found: the shell ended with the exit code ${exitCode}.`;
    return { outcome: "not_found", exitCode, notice };
  }
  const notice = exitCode === null ? `The command was ended by the signal ${signalCode}.` : null;
  return { outcome: exitCode === 0 ? "passed" : "failed", exitCode, notice };
}

function describeRun(
  options: CommandOptions,
  log: CommandLog,
  end: RunEnd & { durationMs: number },
): CommandRun & { output: string } {
  const { name, command, logPath } = options;
  const { outcome, exitCode, durationMs, notice } = end;
  const { text: output, hash: logHash } = log.finish(notice);
  const { outputBytes } = log;
  return { name, command, outcome, exitCode, durationMs, logPath, logHash, outputBytes, output };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function withinTime(promise: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}

function notStarted(options: CommandOptions, reason: string): OrchestratorError {
  return new OrchestratorError(
    "check_failed",
    `The command ${JSON.stringify(options.command)} could not be started: ${reason}`,
    "Run it by hand in the same folder to see why.",
  );
}
