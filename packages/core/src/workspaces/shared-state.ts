import {
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { resolveCommit } from "./commits.js";
import { git } from "./git.js";
import { keepUnderRef } from "./rescue.js";
import type { Worktree } from "./worktrees.js";

/** What all worktrees of a repository share, and an agent's git commands may therefore change for the user. */
export interface SharedState {
  /** Newest first. */
  stash: readonly StashEntry[];
  /** By path below the repository's git directory; `null` for what is there and could not be put back. */
  files: ReadonlyMap<string, SharedFile | null>;
}

interface StashEntry {
  commit: string;
  message: string;
}

interface SharedFile {
  /** Of a symbolic link: where it leads. */
  content: Buffer;
  /** With the type. */
  mode: number;
}

/** Settings, and whatever git runs by itself. */
const FILES = ["config", "info/exclude", "info/attributes"];
const HOOKS = "hooks";
const MAX_FILE_BYTES = 1024 * 1024;

/** Reads it before a step that writes. */
export async function readSharedState(worktree: Worktree): Promise<SharedState> {
  return { stash: await listStash(worktree), files: readFiles(worktree.commonDirectory) };
}

/**
 * Puts back what an agent has changed of it.
 *
 * @param options.refOf - names the refs under which entries of the stash are kept meanwhile
 * @param options.isAgents - whether the agent can have done it: the user goes on working, too
 * @returns what was put back, in words
 */
export async function restoreSharedState(
  worktree: Worktree,
  before: SharedState,
  { refOf, isAgents }: { refOf: (position: number) => string; isAgents(): Promise<boolean> },
): Promise<string[]> {
  const { commonDirectory } = worktree;
  const now = readFiles(commonDirectory);
  const differing = [...new Set([...before.files.keys(), ...now.keys()])].filter(
    (path) => !isSame(before.files.get(path), now.get(path)),
  );
  const stash = await listStash(worktree);
  const isMissing = before.stash.some(({ commit }) => !stash.some((entry) => entry.commit === commit));
  if ((differing.length === 0 && !isMissing) || !(await isAgents())) return [];
  for (const path of differing) writeFile(join(commonDirectory, path), before.files.get(path) ?? null);
  const hasStash = isMissing && (await restoreStash(worktree, before.stash, refOf));
  return hasStash ? [...differing, "entries of your stash"] : differing;
}

function isSame(old: SharedFile | null | undefined, present: SharedFile | null | undefined): boolean {
  if (old === null) return true;
  if (!old || !present) return !old && !present;
  return old.mode === present.mode && old.content.equals(present.content);
}

/**
 * Makes a file what it was; `null` for one that was not there. Never through a link that the agent has put in its place,
 * and without a moment in which there is none: a repository without its settings is of no use to the user.
 */
function writeFile(path: string, file: SharedFile | null): void {
  if (file === null) return rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  if ((file.mode & constants.S_IFMT) === constants.S_IFLNK) symlinkSync(file.content, draft);
  else {
    writeFileSync(draft, file.content);
    chmodSync(draft, file.mode & 0o7777);
  }
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
  renameSync(draft, path);
}

function readFiles(commonDirectory: string): Map<string, SharedFile | null> {
  const hooks = existsSync(join(commonDirectory, HOOKS)) ? readdirSync(join(commonDirectory, HOOKS)) : [];
  const paths = [...FILES, ...hooks.filter((name) => !name.endsWith(".sample")).map((name) => `${HOOKS}/${name}`)];
  const files = new Map<string, SharedFile | null>();
  for (const path of paths) {
    const state = lstatSync(join(commonDirectory, path), { throwIfNoEntry: false });
    if (state) files.set(path, readFile(join(commonDirectory, path), state));
  }
  return files;
}

function readFile(path: string, state: Stats): SharedFile | null {
  const { mode } = state;
  if (state.isSymbolicLink()) return { content: readlinkSync(path, { encoding: "buffer" }), mode };
  return state.isFile() && state.size <= MAX_FILE_BYTES ? { content: readFileSync(path), mode } : null;
}

async function listStash({ commonDirectory, root }: Worktree): Promise<StashEntry[]> {
  if ((await resolveCommit(commonDirectory, "refs/stash")) === null) return [];
  const environment = { GIT_DIR: commonDirectory, GIT_WORK_TREE: root };
  const listed = await git(["stash", "list", "-z", "--format=%H %gs"], { cwd: commonDirectory, environment });
  return listed
    .split("\0")
    .filter(Boolean)
    .map((line) => ({ commit: line.slice(0, line.indexOf(" ")), message: line.slice(line.indexOf(" ") + 1) }));
}

/** An agent's `git stash pop` takes the user's entry where it has none of its own. */
async function restoreStash(
  worktree: Worktree,
  before: readonly StashEntry[],
  refOf: (position: number) => string,
): Promise<boolean> {
  const now = await listStash(worktree);
  const missing = before.filter(({ commit }) => !now.some((entry) => entry.commit === commit));
  if (missing.length === 0) return false;
  const cwd = worktree.commonDirectory;
  const environment = { GIT_DIR: cwd, GIT_WORK_TREE: worktree.root };
  // Whatever ends us in between: nothing of it is unreachable.
  for (const [position, { commit }] of before.entries()) await keepUnderRef(cwd, refOf(position), commit);
  const wanted = [...now.filter(({ commit }) => !before.some((entry) => entry.commit === commit)), ...before];
  if (now.length > 0) await git(["stash", "clear"], { cwd, environment });
  for (const { commit, message } of wanted.reverse())
    await git(["stash", "store", "--message", message, commit], { cwd, environment });
  for (const [position] of before.entries()) await git(["update-ref", "-d", refOf(position)], { cwd });
  return true;
}
