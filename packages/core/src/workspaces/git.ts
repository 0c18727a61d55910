import { execFile } from "node:child_process";

/** How long one of our git commands may take. A tree too large for it is reported as such, never waited for. */
const GIT_TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Settings that keep a repository's own configuration from running commands when we look at it. */
const SAFE_SETTINGS = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"];

/**
 * Runs git without the repository's hooks.
 *
 * @param args - the command
 * @param options.cwd - where
 * @param options.environment - variables on top of the process's own
 * @returns standard output
 * @throws Error with git's words when it fails, is not installed, or takes too long
 */
export function git(
  args: readonly string[],
  options: { cwd: string; environment?: Record<string, string> },
): Promise<string> {
  // A caller inside a git hook would otherwise point every command at its own repository.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  const environment = {
    ...Object.fromEntries(inherited),
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
    ...options.environment,
  };
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      [...SAFE_SETTINGS, ...args],
      {
        cwd: options.cwd,
        env: environment,
        timeout: GIT_TIMEOUT_MS,
        killSignal: "SIGKILL",
        maxBuffer: MAX_OUTPUT_BYTES,
      },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`git ${args[0]}: ${stderr.trim() || error.message}`, { cause: error }));
        else resolve(stdout);
      },
    );
  });
}
