import { copyFileSync, existsSync, lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type CommitAuthor, commitTree, resolveCommit, treeOf } from "./commits.js";
import { git, gitOrNull } from "./git.js";
import { addAll } from "./start-commit.js";

/** Under these refs lies what would otherwise have existed only in a workspace. */
const RESCUE_PREFIX = "refs/orchestrator/rescue/";

/** The ref for something of a task that is kept. */
export function rescueRef(taskId: string, what: string): string {
  return `${RESCUE_PREFIX}${taskId}/${what}`;
}

/** Keeps a commit from being lost; a ref that holds another commit already gets a number. @returns the ref */
export async function keepUnderRef(cwd: string, ref: string, commit: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? ref : `${ref}-${number}`;
    const held = await resolveCommit(cwd, name);
    if (held === commit) return name;
    if (held !== null) continue;
    await git(["update-ref", name, commit], { cwd });
    return name;
  }
}

/** Ignored files that can be made again by whoever wants them; nothing of a user's would be called so. */
const REMAKEABLE = new Set([
  ...["node_modules", ".venv", "venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox"],
  ...["target", "dist", "build", "coverage", ".nyc_output", ".next", ".nuxt", ".turbo", ".cache", ".vite"],
  ...[".parcel-cache", ".gradle", ".eslintcache", ".DS_Store", ".coverage", ".eggs", ".svelte-kit", ".angular"],
]);
const REMAKEABLE_ENDINGS = /\.(pyc|pyo|o|obj|class|tsbuildinfo|egg-info|swp)\/?$/;
const MAX_IGNORED_BYTES = 64 * 1024 * 1024;

/** What is saved from a directory before it is removed. */
export interface Rescue {
  ref: string;
  commit: string;
  files: number;
}

export interface RescueSource {
  root: string;
  /** The directory that the worktree's agents take files over from; identical ignored files there need no rescue. */
  repository: string;
  commonDirectory: string;
  /** Where a private index may lie meanwhile, and one that knows the files already. */
  index: string;
  indexFrom: string;
  /** Files that were put there by us. */
  placed: readonly string[];
  /** What it began with: repositories inside that were there then hold nothing of their own. */
  start: string;
}

/**
 * Saves what exists only in a worktree: uncommitted changes, untracked files, and ignored ones that cannot be made
 * again.
 *
 * @param source - the directory
 * @param tip - what its branch stands at
 * @returns the ref that holds it; `null` when there is nothing to save
 * @throws Error when something cannot be saved: the directory must stay then
 */
export async function rescueFiles(
  source: RescueSource,
  tip: string,
  options: { ref: string; author: CommitAuthor },
): Promise<Rescue | null> {
  const { root, commonDirectory, index } = source;
  const environment = { GIT_DIR: commonDirectory, GIT_WORK_TREE: root, GIT_INDEX_FILE: index };
  const run = (args: string[], input?: string) => git(args, { cwd: root, environment, input });
  try {
    rmSync(index, { force: true });
    // Without what git knows of the files it would read every one of them again.
    if (existsSync(source.indexFrom)) copyFileSync(source.indexFrom, index);
    else await run(["read-tree", tip]);
    await addAll(root, environment);
    const left = (await run(["ls-files", "--others", "--exclude-standard", "-z"])).split("\0").filter(Boolean);
    if (left.length > 0) throw new Error(`git cannot take ${left.slice(0, 5).join(", ")} into a commit`);
    const ignored = await listIgnored(source, environment);
    if (ignored.length > 0) {
      const paths = ignored.map((path) => `${literal(path)}\0`).join("");
      await run(["add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul"], paths);
    }
    const inner = await findInnerRepositories(root, environment, source.start);
    if (inner.length > 0)
      throw new Error(`${inner.join(", ")} is a git repository of its own, which cannot travel in a commit`);
    const tree = (await run(["write-tree"])).trim();
    if (tree === (await treeOf(commonDirectory, tip))) return null;
    const files = (await run(["diff-tree", "-r", "--name-only", "-z", tip, tree])).split("\0").filter(Boolean).length;
    const message = "What existed only in the workspace\n";
    const commit = await commitTree({ cwd: commonDirectory, tree, parents: [tip], message, author: options.author });
    return { ref: await keepUnderRef(commonDirectory, options.ref, commit), commit, files };
  } finally {
    rmSync(index, { force: true });
  }
}

/** Repositories that were made or cloned inside; their files are no part of a commit of the outer one. */
async function findInnerRepositories(
  root: string,
  environment: Readonly<Record<string, string>>,
  start: string,
): Promise<string[]> {
  const links = (text: string, at: number) =>
    text
      .split("\0")
      .filter((line) => line.startsWith("160000 "))
      .map((line) => [line.slice(line.indexOf("\t") + 1), line.split(/[ \t]/)[at] ?? ""] as const);
  const now = links(await git(["ls-files", "--stage", "-z"], { cwd: root, environment }), 1);
  if (now.length === 0) return [];
  const before = new Map(links(await git(["ls-tree", "-r", "-z", start], { cwd: root, environment }), 2));
  const changed: string[] = [];
  for (const [path, commit] of now) {
    // Not filled: nothing is there that could be lost, and git would answer for the repository around it.
    if (!existsSync(join(root, path, ".git"))) continue;
    const isClean = before.get(path) === commit && !(await hasOwnChanges(join(root, path)));
    if (!isClean) changed.push(path);
  }
  return changed;
}

async function hasOwnChanges(directory: string): Promise<boolean> {
  const status = await gitOrNull(["status", "--porcelain"], { cwd: directory });
  return status !== null && status !== "";
}

async function listIgnored(source: RescueSource, environment: Readonly<Record<string, string>>): Promise<string[]> {
  const { root, repository, placed } = source;
  const isRemakeable = (path: string) =>
    REMAKEABLE_ENDINGS.test(path) || path.split("/").some((part) => REMAKEABLE.has(part));
  const folders = await git(["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"], {
    cwd: root,
    environment,
  });
  const wanted = folders
    .split("\0")
    .filter((path) => path && !isRemakeable(path) && !placed.some((each) => path === each || path === `${each}/`));
  if (wanted.length === 0) return [];
  const listed = await git(
    ["ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", ...wanted.map(literal)],
    {
      cwd: root,
      environment,
    },
  );
  const files = listed
    .split("\0")
    .filter((path) => path && !isRemakeable(path) && !isSameFile(join(root, path), join(repository, path)));
  const bytes = files.reduce(
    (sum, path) => sum + (lstatSync(join(root, path), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  if (bytes > MAX_IGNORED_BYTES)
    throw new Error(`it holds ignored files of ${Math.round(bytes / 1024 / 1024)} MB, too much for a commit`);
  return files;
}

/** By size and time alone: a file that was copied over and left alone. */
function isSameFile(left: string, right: string): boolean {
  const [a, b] = [left, right].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && (a.ino === b.ino || (a.size === b.size && a.mtimeMs === b.mtimeMs));
}

function literal(path: string): string {
  return `:(top,literal)${path}`;
}

/** What is kept of past tasks in a repository. */
export interface KeptWork {
  ref: string;
  taskId: string;
  commit: string;
  /** ISO 8601. */
  time: string;
  files: number;
}

/**
 * Lists what has been rescued in a repository, newest first.
 *
 * @param cwd - anywhere in it
 */
export async function listRescued(cwd: string): Promise<KeptWork[]> {
  const format = "%(refname) %(objectname) %(committerdate:iso-strict)";
  const listed = await git(["for-each-ref", "--sort=-committerdate", `--format=${format}`, RESCUE_PREFIX], { cwd });
  const found: KeptWork[] = [];
  for (const line of listed.split("\n").filter(Boolean)) {
    const [ref = "", commit = "", time = ""] = line.split(" ");
    const names = await gitOrNull(["diff-tree", "-r", "--root", "--no-commit-id", "--name-only", "-z", commit], {
      cwd,
    });
    const files = (names ?? "").split("\0").filter(Boolean).length;
    found.push({ ref, taskId: ref.slice(RESCUE_PREFIX.length).split("/")[0] ?? "", commit, time, files });
  }
  return found;
}

/** Makes a branch of what was rescued. @throws GitError when there is such a branch already */
export async function branchRescued(cwd: string, ref: string, branch: string): Promise<void> {
  await git(["branch", "--no-track", "--", branch, ref], { cwd });
}

/** Lets go of what was rescued. */
export async function dropRescued(cwd: string, ref: string): Promise<void> {
  await git(["update-ref", "-d", ref], { cwd });
}
