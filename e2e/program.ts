import { spawn } from "node:child_process";

/** What a program printed, and how it ended. */
export interface Ending {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface ProgramOptions {
  environment: Readonly<Record<string, string>>;
  cwd: string;
  /** Called with everything printed so far; may send the program a signal. */
  onOutput?: (printed: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs a program of Node's to its end, as a user's shell would. */
export function runProgram(path: string, args: readonly string[], options: ProgramOptions): Promise<Ending> {
  const child = spawn(process.execPath, [path, ...args], {
    cwd: options.cwd,
    env: options.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    options.onOutput?.(stdout, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
