import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { OrchestratorError } from "../domain/index.js";
import { type CommitAuthor, commitTree, isAncestor, resolveCommit } from "./commits.js";
import { git, gitOrNull } from "./git.js";
import { keepUnderRef } from "./rescue.js";

/** A worktree of ours in a repository of the user's. */
export interface Worktree {
  /** The top of its files. */
  root: string;
  branch: string;
  /** The top of the user's checkout. */
  repository: string;
  commonDirectory: string;
}

/** Every branch of ours begins with this. */
export const BRANCH_PREFIX = "orchestrator/";

/**
 * Makes a worktree on a new branch.
 *
 * @param worktree - where it goes, and its branch
 * @param commit - what it begins with
 * @param warn - told when files of Git LFS could not be fetched
 * @throws OrchestratorError `workspace_failed` with git's words
 */
export async function createWorktree(worktree: Worktree, commit: string, warn: (message: string) => void) {
  const { root, branch, repository } = worktree;
  mkdirSync(dirname(root), { recursive: true, mode: 0o700 });
  const add = ["worktree", "add", "--quiet", "--force", "-B", branch, root, commit];
  try {
    await git(add, { cwd: repository });
  } catch (error) {
    if (!/smudge|filter/.test(String(error))) throw cannotMake(worktree, error);
    // Without its server a filter such as Git LFS fails; pointers in place of the files are better than nothing.
    await git(add, { cwd: repository, environment: { GIT_LFS_SKIP_SMUDGE: "1" } }).catch((second: unknown) => {
      throw cannotMake(worktree, second);
    });
    warn("Files of Git LFS could not be fetched; the workspace has pointers in their place.");
  }
  await fillSubmodules(worktree, warn);
}

function cannotMake({ root, repository, branch }: Worktree, error: unknown): OrchestratorError {
  const words = error instanceof Error ? error.message : String(error);
  // git does not say why a file cannot be written, and clears up before anybody could look.
  const isFull = /No space left|unable to write/.test(words);
  const hint = /cannot lock ref|unable to create/i.test(words)
    ? `Look whether a branch named "${BRANCH_PREFIX.slice(0, -1)}" or a lock file is in the way of ${branch}.`
    : "Mend what git says, or work in the directory itself: --in-place.";
  return new OrchestratorError(
    isFull ? "disk_full" : "workspace_failed",
    `The workspace ${root} of ${repository} could not be made: ${words.replace(/\.$/, "")}.`,
    isFull ? "Free some space, or move ORCHESTRATOR_HOME to a disk that has some." : hint,
    { cause: error },
  );
}

/** Submodules come from the user's own checkout: no network, and no URL of the repository's is followed. */
async function fillSubmodules({ root, repository }: Worktree, warn: (message: string) => void): Promise<void> {
  if (!existsSync(join(root, ".gitmodules"))) return;
  const listed = await git(["ls-files", "--stage", "-z"], { cwd: root });
  for (const line of listed.split("\0").filter((each) => each.startsWith("160000 "))) {
    const path = line.slice(line.indexOf("\t") + 1);
    const commit = line.split(" ")[1] ?? "";
    const source = join(repository, path);
    if (!existsSync(join(source, ".git"))) continue;
    try {
      await git(["clone", "--quiet", "--no-checkout", "--shared", "--", source, join(root, path)], { cwd: root });
      await git(["checkout", "--quiet", "--detach", commit], { cwd: join(root, path) });
    } catch (error) {
      warn(`The submodule ${path} is empty in the workspace: ${(error as Error).message}`);
    }
  }
}

/** The worktree's own git directory; `null` when its registration is gone or broken. */
export function findGitDirectory({ root, commonDirectory }: Worktree): string | null {
  try {
    const link = readFileSync(join(root, ".git"), "utf8");
    // Relative where the user has set worktree.useRelativePaths.
    const path = resolve(root, /^gitdir: (.+)$/m.exec(link)?.[1]?.trim() ?? "");
    const isOurs = realpathSync(dirname(path)) === realpathSync(join(commonDirectory, "worktrees"));
    return isOurs && existsSync(join(path, "HEAD")) ? path : null;
  } catch {
    // An agent has removed or replaced it.
    return null;
  }
}

/** Brings a worktree that an agent has broken back to a commit; what it held otherwise was taken before. */
export async function repairWorktree(worktree: Worktree, commit: string): Promise<void> {
  if (findGitDirectory(worktree)) return;
  await removeWorktree(worktree);
  await createWorktree(worktree, commit, () => {});
}

/**
 * Lets branch and HEAD stand where they belong again, when something other than a step has moved them.
 *
 * @param rescueRef - keeps where they stood
 */
export async function resetBranch(worktree: Worktree, tip: string, rescueRef: string): Promise<void> {
  const { root, branch, commonDirectory: cwd } = worktree;
  const ref = `refs/heads/${branch}`;
  const [stands, on] = await Promise.all([
    resolveCommit(cwd, ref),
    gitOrNull(["symbolic-ref", "--quiet", "HEAD"], { cwd: root }),
  ]);
  if (stands === tip && on?.trim() === ref) return;
  const head = await resolveCommit(root, "HEAD");
  // Behind where it belongs it stands when a process was killed between recording a commit and moving the branch.
  for (const commit of new Set([stands, head]))
    if (commit !== null && !(await isAncestor(cwd, commit, tip))) await keepUnderRef(cwd, rescueRef, commit);
  await git(["update-ref", ref, tip], { cwd });
  await git(["symbolic-ref", "HEAD", ref], { cwd: root });
  await git(["reset", "--quiet", "--mixed"], { cwd: root });
}

export interface StepCommit {
  tree: string;
  /** What the branch stood at when the step began. */
  tip: string;
  /** The commit that was merged into it, where one was. */
  merged: string | null;
  message: string;
  author: CommitAuthor;
  /** Where a commit of the agent's own is kept that does not follow from the branch. */
  rescueRef: string;
  /** Told of the commit before the branch moves: a process that is killed in between leaves nothing unknown behind. */
  record(made: MadeCommit): Promise<void>;
}

/** What a step has left: the commit, and its parents; the tip itself, without parents, when nothing has changed. */
export interface MadeCommit {
  commit: string;
  parents: string[];
}

/**
 * Records the files of a worktree as a commit on its branch, whatever an agent has done to branch, index or HEAD.
 * Commits of the agent's own that follow from the branch stay in its history; others are kept under a ref.
 *
 * @returns the commit, and under which ref one of the agent's own was kept
 */
export async function commitWorktree(
  worktree: Worktree,
  step: StepCommit,
): Promise<MadeCommit & { rescued: string | null }> {
  const { root, branch, commonDirectory } = worktree;
  const cwd = commonDirectory;
  const gitDirectory = findGitDirectory(worktree);
  if (gitDirectory) removeLocks(worktree, gitDirectory);
  const head = gitDirectory ? await resolveCommit(root, "HEAD") : null;
  let base = step.tip;
  let rescued: string | null = null;
  if (head !== null && head !== step.tip) {
    if (await isAncestor(cwd, step.tip, head)) base = head;
    else rescued = await keepUnderRef(cwd, step.rescueRef, head);
  }
  // One that was interrupted after it was recorded has merged already.
  const isMerge = step.merged !== null && !(await isAncestor(cwd, step.merged, base));
  const parents = step.merged !== null && isMerge ? [base, step.merged] : [base];
  const isUnchanged =
    parents.length === 1 && (await git(["rev-parse", `${base}^{tree}`], { cwd })).trim() === step.tree;
  const { tree, message, author } = step;
  const commit = isUnchanged ? base : await commitTree({ cwd, tree, parents, message, author });
  const made = { commit, parents: isUnchanged ? [] : parents };
  await step.record(made);
  await git(["update-ref", `refs/heads/${branch}`, commit], { cwd });
  if (gitDirectory) {
    await git(["symbolic-ref", "HEAD", `refs/heads/${branch}`], { cwd: root });
    await git(["reset", "--quiet", "--mixed"], { cwd: root });
  }
  return { ...made, rescued };
}

/** An agent that was ended in the middle of a git command leaves the command's locks; nobody else works there by then. */
function removeLocks({ branch, commonDirectory }: Worktree, gitDirectory: string): void {
  const locks = [join(gitDirectory, "index.lock"), join(gitDirectory, "HEAD.lock")];
  for (const lock of [...locks, join(commonDirectory, "refs", "heads", `${branch}.lock`)])
    rmSync(lock, { force: true });
}

/** Makes the files of a worktree those of a commit, and its branch point there. What it held was committed before. */
export async function moveWorktree(worktree: Worktree, commit: string): Promise<void> {
  await git(["update-ref", `refs/heads/${worktree.branch}`, commit], { cwd: worktree.commonDirectory });
  await git(["symbolic-ref", "HEAD", `refs/heads/${worktree.branch}`], { cwd: worktree.root });
  await git(["reset", "--quiet", "--hard", commit], { cwd: worktree.root });
}

/** Fills a worktree with a tree, without moving its branch: a merge whose conflicts are still marked in the files. */
export async function showTree(worktree: Worktree, tree: string): Promise<void> {
  await git(["read-tree", "--reset", "-u", tree], { cwd: worktree.root });
}

/** Removes the directory and its registration; the branch stays. */
export async function removeWorktree({ root, repository, commonDirectory }: Worktree): Promise<void> {
  const cwd = existsSync(repository) ? repository : commonDirectory;
  const link = join(realPathOf(dirname(root)), basename(root), ".git");
  if (existsSync(cwd)) await gitOrNull(["worktree", "remove", "--force", "--force", root], { cwd });
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  dropRegistration(commonDirectory, link);
}

/** git cannot remove a worktree that an agent has broken. Pruning would take those of the user's that are on another disk. */
function dropRegistration(commonDirectory: string, link: string): void {
  const folder = join(commonDirectory, "worktrees");
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const registered = readLink(join(folder, name, "gitdir"));
    if (registered === null || resolve(folder, name, registered) !== link) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** As git writes it down. */
function realPathOf(directory: string): string {
  return existsSync(directory) ? realpathSync(directory) : directory;
}

function readLink(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    // Half made or half removed by somebody else.
    return null;
  }
}

/** What agents have put on the stash, which all worktrees of a repository share, is taken off it and kept under a ref. */
export async function clearStash(
  { root, commonDirectory, branch }: Worktree,
  refOf: (position: number) => string,
): Promise<string[]> {
  const cwd = commonDirectory;
  if ((await resolveCommit(cwd, "refs/stash")) === null) return [];
  // git wants to see files for it, whatever has become of the worktree's own git file.
  const stash = (args: string[]) =>
    git(["stash", ...args], { cwd: root, environment: { GIT_DIR: commonDirectory, GIT_WORK_TREE: root } });
  const listed = await stash(["list", "--format=%H %gs"]);
  const refs: string[] = [];
  const entries = listed.split("\n").filter(Boolean);
  // From the oldest on, so that the numbers of those still to come stay right.
  for (const [position, line] of [...entries.entries()].reverse()) {
    if (!new RegExp(`^[0-9a-f]+ (WIP on|On) ${escapePattern(branch)}:`, "i").test(line)) continue;
    refs.push(await keepUnderRef(cwd, refOf(refs.length), line.split(" ")[0] ?? ""));
    await stash(["drop", "--quiet", `stash@{${position}}`]);
  }
  return refs;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Where the worktree of a task, or of one of its steps, lies. */
export function worktreeRoot(dataDirectory: string, taskId: string, repository: string, lane: string | null): string {
  const name = basename(repository) || "files";
  return join(dataDirectory, "workspaces", taskId, lane === null ? name : `${name}@${toRefPart(lane)}`);
}

/** The branch of a task, or of one of its steps. */
export function branchOf(taskId: string, lane: string | null): string {
  return `${BRANCH_PREFIX}${taskId}${lane === null ? "" : `.${toRefPart(lane)}`}`;
}

/**
 * A step's key as a part of a path and of a ref: `#` is special to many tools, and git does not take every `.`. No key
 * holds `+` or `=`, so different keys never become the same.
 */
export function toRefPart(stepKey: string): string {
  return stepKey.replaceAll("#", "+").replace(/^\.|\.(?=\.)|\.$|\.(?=lock$)/g, "=");
}
