import { existsSync, lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApplyMode, OrchestratorError } from "../domain/index.js";
import { type CommitAuthor, commitTree, isAncestor } from "./commits.js";
import { git, gitOrNull } from "./git.js";
import { mergeCommits } from "./merge.js";
import { removeFile } from "./remove-file.js";
import type { Repository } from "./repository.js";

export interface Application {
  mode: ApplyMode;
  /** Where the task began and what it came to. */
  start: string;
  result: string;
  /** Of the commit that brings it. */
  message: string;
  /** Who commits where the user has told git no name. */
  fallbackAuthor: CommitAuthor;
  /** Lets the repository's hooks run and the commit be signed. */
  withHooks: boolean;
}

/**
 * Brings the result of a task into the user's checkout: all of it or, with a clear word, nothing.
 *
 * @param repository - the user's, as it stands
 * @returns the commit that brought it; `null` for a patch
 * @throws OrchestratorError `not_applied` when local changes are in the way, the two contradict each other, or a
 *   merge or rebase is under way
 */
export async function applyResult(repository: Repository, application: Application): Promise<string | null> {
  const { mode, start, result } = application;
  const cwd = repository.topLevel;
  refuseUnfinished(repository);
  const touched = await listPaths(cwd, start, result);
  if (touched.length === 0) return null;
  if (mode === "patch") {
    await applyPatch(repository, application, touched);
    return null;
  }
  if (repository.head === null)
    throw refused("The checkout has no commit that could be merged with", "Use --mode patch.");
  if (await isAncestor(cwd, result, repository.head))
    throw refused("The checkout holds the result already", "Nothing is left to do.");
  const merged = await mergeCommits(cwd, repository.head, result);
  if (merged.conflicts.length > 0) {
    const paths = name(merged.conflicts.map((conflict) => conflict.path));
    throw refused(
      `Your checkout has gone on since the task began, and the two contradict each other in ${paths}`,
      "Merge the task's branch yourself with git merge, or let a follow-up task do it.",
    );
  }
  const arriving = await listPaths(cwd, repository.head, merged.tree);
  const dirty = await listDirty(cwd);
  const created = await listObstacles(cwd, repository.head, arriving);
  const changed = arriving.filter((path) => dirty.unstaged.has(path) || dirty.untracked.has(path));
  const inTheWay = [...new Set([...changed, ...created])];
  if (inTheWay.length > 0) throw localChanges(inTheWay);
  if (dirty.staged.length > 0)
    throw refused(`The index holds changes that are not committed: ${name(dirty.staged)}`, "Commit or unstage them.");
  return application.withHooks
    ? mergeWithHooks(cwd, application)
    : moveTo(cwd, repository.head, arriving, await commitMerge(repository, application, merged.tree));
}

async function commitMerge(repository: Repository, application: Application, tree: string): Promise<string> {
  const cwd = repository.topLevel;
  const { mode, result, message, fallbackAuthor } = application;
  const head = repository.head ?? "";
  const author = await findUser(cwd, fallbackAuthor);
  return commitTree({ cwd, tree, parents: mode === "merge" ? [head, result] : [head], message, author });
}

/** git's own fast-forward: it refuses to overwrite anything that is not committed. */
async function moveTo(cwd: string, head: string, paths: readonly string[], commit: string): Promise<string> {
  try {
    await git(["merge", "--ff-only", "--no-overwrite-ignore", "--quiet", commit], { cwd });
    return commit;
  } catch (error) {
    await putBack(cwd, head, paths);
    throw refused((error as Error).message, "Clear what git names, then apply again.", error);
  }
}

/**
 * After a failure in the middle: a folder that cannot be written, a full disk. The paths held nothing of the user's own
 * beyond the commit.
 */
async function putBack(cwd: string, commit: string, paths: readonly string[]): Promise<void> {
  const known = new Set((await git(["ls-tree", "-r", "--name-only", "-z", commit], { cwd })).split("\0"));
  for (const path of paths) {
    // One at a time: what cannot be written was not changed either.
    if (known.has(path)) await gitOrNull(["checkout", commit, "--", literal(path)], { cwd });
    else if (isRemovable(cwd, path)) await gitOrNull(["rm", "--quiet", "--cached", "--", literal(path)], { cwd });
  }
  await gitOrNull(["reset", "--quiet", "--", ...paths.map(literal)], { cwd });
}

function isRemovable(cwd: string, path: string): boolean {
  try {
    removeFile(cwd, path);
    return true;
  } catch {
    // In a folder that cannot be written nothing was made either.
    return false;
  }
}

async function mergeWithHooks(cwd: string, { mode, result, message }: Application): Promise<string> {
  try {
    if (mode === "merge") await git(["merge", "--no-ff", "-m", message, result], { cwd, withHooks: true });
    else {
      await git(["merge", "--squash", "--ff", result], { cwd, withHooks: true });
      await git(["commit", "-m", message], { cwd, withHooks: true });
    }
    return (await git(["rev-parse", "HEAD"], { cwd })).trim();
  } catch (error) {
    await gitOrNull(["merge", "--abort"], { cwd });
    // Nothing of the user's was there before: staged and overlapping changes were refused.
    if (mode === "squash") await gitOrNull(["reset", "--quiet", "--merge"], { cwd });
    throw refused(`git or a hook refused: ${(error as Error).message}`, "Mend it, or apply without --hooks.", error);
  }
}

async function applyPatch(
  { topLevel: cwd, head }: Repository,
  { start, result }: Application,
  touched: readonly string[],
): Promise<void> {
  // Against the files of the start: what the user had uncommitted then was brought along and is no obstacle.
  const changed = await git(["diff", "--name-only", "--no-renames", "-z", start, "--", ...touched.map(literal)], {
    cwd,
  });
  const since = head === null ? [] : await listPaths(cwd, start, head);
  const { unstaged } = await listDirty(cwd);
  // Committed since is the patch's own affair; what lies there uncommitted is not what was brought along.
  const local = changed.split("\0").filter((path) => path && (!since.includes(path) || unstaged.has(path)));
  const created = await listObstacles(cwd, start, touched);
  const inTheWay = [...new Set([...local, ...created])];
  if (inTheWay.length > 0) throw localChanges(inTheWay);
  const folder = mkdtempSync(join(tmpdir(), "orchestrator-patch-"));
  // In a file, byte by byte: names and contents need not be UTF-8, and it may be large.
  const patch = join(folder, "patch");
  try {
    const form = ["-r", "-M", "-p", "--binary", "--full-index", `--output=${patch}`];
    await git(["diff-tree", ...form, start, result], { cwd });
    await git(["apply", "--check", "--whitespace=nowarn", patch], { cwd }).catch((error: Error) => {
      const remedy = "Commit or undo what is in the way; or merge the task's branch with git merge.";
      throw refused(`The patch does not fit your files any more: ${error.message}`, remedy, error);
    });
    await git(["apply", "--whitespace=nowarn", patch], { cwd }).catch(async (error: Error) => {
      await putFilesBack(cwd, start, touched);
      throw refused(error.message, "Clear what git names, then apply again.", error);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same without the index: the files were those of the start, committed or not. */
async function putFilesBack(cwd: string, start: string, paths: readonly string[]): Promise<void> {
  const known = new Set((await git(["ls-tree", "-r", "--name-only", "-z", start], { cwd })).split("\0"));
  for (const path of paths) {
    if (known.has(path)) await gitOrNull(["restore", `--source=${start}`, "--worktree", "--", literal(path)], { cwd });
    else isRemovable(cwd, path);
  }
}

/** What lies where a new file is to come. git itself would overwrite a file that it ignores. */
async function listObstacles(cwd: string, before: string, paths: readonly string[]): Promise<string[]> {
  const known = new Set((await git(["ls-tree", "-r", "--name-only", "-z", before], { cwd })).split("\0"));
  return paths.filter((path) => !known.has(path) && lstatSync(join(cwd, path), { throwIfNoEntry: false }));
}

function refuseUnfinished({ gitDirectory }: Repository): void {
  const signs = {
    MERGE_HEAD: "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    CHERRY_PICK_HEAD: "cherry-pick",
    REVERT_HEAD: "revert",
  };
  for (const [file, what] of Object.entries(signs)) {
    if (existsSync(join(gitDirectory, file)))
      throw refused(`A ${what} is under way in your checkout`, `Finish it, or git ${what} --abort.`);
  }
  const lock = join(gitDirectory, "index.lock");
  if (existsSync(lock))
    throw refused(
      `The index is locked: ${lock} exists`,
      "Wait for the other git command; remove the file if none runs.",
    );
}

async function listPaths(cwd: string, from: string, to: string): Promise<string[]> {
  return (await git(["diff-tree", "-r", "--no-renames", "--name-only", "-z", from, to], { cwd }))
    .split("\0")
    .filter(Boolean);
}

async function listDirty(cwd: string) {
  const listed = await git(["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"], { cwd });
  const staged: string[] = [];
  const unstaged = new Set<string>();
  const untracked = new Set<string>();
  for (const entry of listed.split("\0").filter(Boolean)) {
    const path = entry.slice(3);
    if (entry.startsWith("??")) untracked.add(path);
    else {
      if (entry[0] !== " ") staged.push(path);
      unstaged.add(path);
    }
  }
  return { staged, unstaged, untracked };
}

/** The user's own name, as git knows it. */
async function findUser(cwd: string, fallback: CommitAuthor): Promise<CommitAuthor> {
  const [userName, email] = await Promise.all([
    gitOrNull(["config", "user.name"], { cwd }),
    gitOrNull(["config", "user.email"], { cwd }),
  ]);
  return userName?.trim() && email?.trim() ? { name: userName.trim(), email: email.trim() } : fallback;
}

function literal(path: string): string {
  return `:(top,literal)${path}`;
}

function name(paths: readonly string[]): string {
  return `${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ` and ${paths.length - 5} more` : ""}`;
}

function localChanges(paths: readonly string[]): OrchestratorError {
  return refused(`You have changed files that the task changes too: ${name(paths)}`, "Commit or stash them first.");
}

function refused(problem: string, remedy: string, cause?: unknown): OrchestratorError {
  return new OrchestratorError("not_applied", `${problem}.`, `${remedy} Nothing was changed.`, { cause });
}
