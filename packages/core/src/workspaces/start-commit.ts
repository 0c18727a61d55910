import { copyFileSync, existsSync, lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type CommitAuthor, commitTree } from "./commits.js";
import { GitError, git } from "./git.js";
import type { Repository } from "./repository.js";

/** Larger untracked files are hardly meant for a commit, and would be copied into the repository's objects. */
const MAX_UNTRACKED_BYTES = 100 * 1024 * 1024;

/** What a task begins with. */
export interface StartCommit {
  commit: string;
  /** The commit that the user is on; `null` before the first one. */
  userCommit: string | null;
  /** Paths of the user's uncommitted changes, which it holds or leaves out. */
  uncommitted: string[];
  /** Untracked files too large to be brought along. */
  tooLarge: string[];
}

/**
 * Makes the commit that a task begins with. The user's checkout and index stay as they are.
 *
 * @param repository - the user's
 * @param options.bring - whether uncommitted changes and untracked files are a part of it
 * @param options.index - where a private index may lie meanwhile
 */
export async function makeStartCommit(
  repository: Repository,
  options: { bring: boolean; index: string; author: CommitAuthor },
): Promise<StartCommit> {
  const { topLevel, head } = repository;
  const listed = await git(["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"], {
    cwd: topLevel,
  });
  const entries = listed.split("\0").filter(Boolean);
  const uncommitted = entries.map((entry) => entry.slice(3));
  const isNeeded = options.bring && uncommitted.length > 0;
  if (head !== null && !isNeeded) return { commit: head, userCommit: head, uncommitted, tooLarge: [] };
  const untracked = entries.filter((entry) => entry.startsWith("??")).map((entry) => entry.slice(3));
  const tooLarge = options.bring ? untracked.filter((path) => isTooLarge(join(topLevel, path))) : [];
  const environment = { GIT_INDEX_FILE: options.index };
  try {
    rmSync(options.index, { force: true });
    const own = join(repository.gitDirectory, "index");
    // A copy of the user's index spares git from reading every file again.
    if (options.bring && existsSync(own)) copyFileSync(own, options.index);
    if (options.bring) await addAll(topLevel, environment, tooLarge);
    const tree = (await git(["write-tree"], { cwd: topLevel, environment })).trim();
    const message = head === null ? "The files when the task began" : "Uncommitted changes when the task began";
    const parents = head === null ? [] : [head];
    const commit = await commitTree({ cwd: topLevel, tree, parents, message, author: options.author });
    return { commit, userCommit: head, uncommitted, tooLarge };
  } finally {
    rmSync(options.index, { force: true });
  }
}

/**
 * Takes every file into a private index; what git cannot read is left out, and so are the paths given.
 *
 * @returns whether the index holds anything other than before
 */
export async function addAll(
  cwd: string,
  environment: Readonly<Record<string, string>>,
  excluded: readonly string[] = [],
): Promise<boolean> {
  const except = excluded.map((path) => `:(exclude,literal)${path}`);
  const paths = except.length > 0 ? ["--", ".", ...except] : [];
  // Also what lies outside the part of a repository that is checked out.
  const add = ["add", "--all", "--sparse", "--ignore-errors", "--verbose", ...paths];
  const named = await git(add, { cwd, environment }).catch((error: unknown) => {
    // Exit 1 is one file that cannot be read, or a repository inside without a commit; all others were taken.
    if (error instanceof GitError && error.exitCode === 1) return error.stdout;
    throw error;
  });
  // git names what it adds and removes, a change of the mode alone as well.
  return named !== "";
}

function isTooLarge(path: string): boolean {
  try {
    return lstatSync(path).size > MAX_UNTRACKED_BYTES;
  } catch {
    // Gone in the meantime.
    return false;
  }
}
