import { execFile } from "node:child_process";

/** How long one of our git commands may take. A tree too large for it is reported as such, never waited for. */
const GIT_TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Settings that keep a repository's own configuration from running commands when we look at it. */
const SAFE_SETTINGS = [
  ...["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"],
  ...["-c", "commit.gpgSign=false", "-c", "merge.verifySignatures=false"],
  ...["-c", "gc.auto=0", "-c", "maintenance.auto=false"],
];

export interface GitOptions {
  cwd: string;
  /** Variables on top of the process's own. */
  environment?: Readonly<Record<string, string>> | undefined;
  /** What it reads from standard input. */
  input?: string | undefined;
  /** Lets the repository's hooks run and its commits be signed, where the user asks for it. */
  withHooks?: boolean | undefined;
}

/** A git command that ended with an error. */
export class GitError extends Error {
  /** `null` when it did not run or was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;

  constructor(command: string, detail: string, exitCode: number | null, stdout: string, cause: unknown) {
    super(`git ${command}: ${detail}`, { cause });
    this.name = "GitError";
    this.exitCode = exitCode;
    this.stdout = stdout;
  }
}

/**
 * Runs git without the repository's hooks.
 *
 * @param args - the command
 * @returns standard output
 * @throws GitError with git's words when it fails, is not installed, or takes too long
 */
export function git(args: readonly string[], options: GitOptions): Promise<string> {
  // A caller inside a git hook would otherwise point every command at its own repository.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  const environment = {
    ...Object.fromEntries(inherited),
    GIT_TERMINAL_PROMPT: "0",
    // Looking must not rewrite the user's index.
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
    ...options.environment,
  };
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      [...(options.withHooks ? [] : SAFE_SETTINGS), ...args],
      {
        cwd: options.cwd,
        env: environment,
        timeout: GIT_TIMEOUT_MS,
        killSignal: "SIGKILL",
        maxBuffer: MAX_OUTPUT_BYTES,
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const exitCode = typeof error.code === "number" ? error.code : null;
        const detail =
          shorten(stderr.trim()) || (error.killed ? `it took more than ${GIT_TIMEOUT_MS / 1000} s` : error.message);
        reject(new GitError(args[0] ?? "", detail, exitCode, stdout, error));
      },
    );
    // It may end without reading all of it.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

/** git can name every one of ten thousand files that it could not write; the first and the last line say why. */
function shorten(words: string): string {
  const lines = words.split("\n");
  return lines.length <= 4 ? words : [...lines.slice(0, 2), `… (${lines.length - 3} lines)`, lines.at(-1)].join("\n");
}

/** The same, with an answer for a command that says no by its exit code. */
export async function gitOrNull(args: readonly string[], options: GitOptions): Promise<string | null> {
  try {
    return await git(args, options);
  } catch (error) {
    if (error instanceof GitError && error.exitCode !== null) return null;
    throw error;
  }
}
