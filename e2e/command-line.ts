import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The `orchestrator` command as it is built. */
export const PROGRAM = fileURLToPath(new URL("../packages/cli/bin/orchestrator.js", import.meta.url));

/** What a command printed, and how it ended. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Milliseconds from start to end. */
  tookMs: number;
}

export interface RunningCommand {
  child: ChildProcess;
  /** What it has printed so far. */
  printed(): string;
  ended: Promise<Outcome>;
}

export interface CommandOptions {
  environment: Readonly<Record<string, string>>;
  cwd: string;
  input?: string;
  /** The Node to run it with; this one's by default. */
  node?: string;
}

/** Starts the `orchestrator` command as a user's shell would. */
export function startCommand(args: readonly string[], options: CommandOptions): RunningCommand {
  const startedMs = performance.now();
  const child = spawn(options.node ?? process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd,
    env: options.environment,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const ended = new Promise<Outcome>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr, tookMs: performance.now() - startedMs }));
  });
  return { child, printed: () => stdout, ended };
}

/** Runs the command to its end. */
export function runCommand(args: readonly string[], options: CommandOptions): Promise<Outcome> {
  return startCommand(args, options).ended;
}
