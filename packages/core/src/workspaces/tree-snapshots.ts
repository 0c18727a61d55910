import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { FileChange } from "../domain/index.js";
import { findExcess } from "./directory-size.js";
import { git } from "./git.js";
import { removeFile } from "./remove-file.js";
import { findRepository, type Repository } from "./repository.js";
import { addAll } from "./start-commit.js";

/** The state of a directory's files at one moment: the id of a git tree. */
export type TreeId = string;

/**
 * Takes snapshots of a directory and compares them, so that every change is seen, also one that a shell command made.
 * The user's repository is left as it is: our index and our objects lie in the data folder.
 */
export interface TreeSnapshots {
  take(): Promise<TreeId>;
  compare(from: TreeId, to: TreeId): Promise<FileChange[]>;
  /** The difference of two snapshots as a patch. */
  patch(from: TreeId, to: TreeId): Promise<string>;
  /** Makes the files that differ between two trees what they are in the second; answers their paths. */
  restore(from: TreeId, to: TreeId): Promise<string[]>;
  close(): void;
}

/** What a directory without git and without an ignore file should not be snapshot with. */
const NEVER_SNAPSHOT = ["node_modules/", ".venv/", "venv/", "__pycache__/", "target/", "dist/", ".cache/", ".DS_Store"];

/** Where the objects of a comparison lie. */
export interface DiffPlace {
  cwd: string;
  environment: Readonly<Record<string, string>>;
}

/** How git is pointed at a tree and at a private index of ours. */
interface SnapshotPlace {
  /** The top of the files. */
  tree: string;
  /** The directory from which paths are named. */
  seenFrom: string;
  index: string;
  environment: Readonly<Record<string, string>>;
}

/**
 * Prepares snapshots of a directory that is the user's own, in git or not.
 *
 * @param directory - the directory; in a git repository the whole repository is taken
 * @param dataDirectory - where our index and objects go
 * @param name - sets this user apart from others of the same directory (a task id)
 * @throws Error when git is not installed or cannot read the directory
 */
export async function openTreeSnapshots(
  directory: string,
  dataDirectory: string,
  name: string,
): Promise<TreeSnapshots> {
  return snapshotsOf(await findPlace(directory, dataDirectory, name));
}

/**
 * Where the snapshots of a directory lie, to compare them later.
 *
 * @param directory - the user's own
 * @param dataDirectory - the data folder
 */
export async function findSnapshots(directory: string, dataDirectory: string): Promise<DiffPlace> {
  const { tree, environment, index } = await findPlace(directory, dataDirectory, "reading");
  rmSync(index, { force: true });
  return { cwd: tree, environment };
}

async function findPlace(directory: string, dataDirectory: string, name: string): Promise<SnapshotPlace> {
  const seenFrom = realpathSync(directory);
  const repository = await findRepository(seenFrom);
  const tree = repository?.topLevel ?? seenFrom;
  const folder = join(dataDirectory, "snapshots", createHash("sha256").update(tree).digest("hex").slice(0, 16));
  mkdirSync(folder, { recursive: true });
  const index = join(folder, `index-${name}`);
  const environment = repository
    ? besideRepository(repository, folder, index)
    : await sideRepository(tree, folder, index);
  return { tree, seenFrom, index, environment };
}

/**
 * Prepares snapshots of a worktree of ours. Its objects go into the repository, so that a commit can name them; what
 * agents do to the worktree's own git files does not matter.
 *
 * @param worktree.root - the top of its files
 * @param worktree.directory - where agents work
 * @param worktree.commonDirectory - the repository's
 * @param worktree.gitDirectory - the worktree's own, whose index spares git from reading every file
 * @param index - where our index goes
 * @param excluded - paths that are no part of the work
 */
export function openWorktreeSnapshots(
  worktree: { root: string; directory: string; commonDirectory: string; gitDirectory: string },
  index: string,
  excluded: readonly string[] = [],
): TreeSnapshots {
  const { root, directory, commonDirectory, gitDirectory } = worktree;
  const own = join(gitDirectory, "index");
  if (existsSync(own)) copyFileSync(own, index);
  const environment = { GIT_DIR: commonDirectory, GIT_WORK_TREE: root, GIT_INDEX_FILE: index };
  return snapshotsOf({ tree: root, seenFrom: directory, index, environment }, excluded);
}

function snapshotsOf(
  { tree, seenFrom, index, environment }: SnapshotPlace,
  excluded: readonly string[] = [],
): TreeSnapshots {
  const run = (args: string[], input?: string) => git(args, { cwd: tree, environment, input });
  /** git names files from the top of the repository; agents and users from the directory that they work in. */
  const toRelative = (path: string) => relative(seenFrom, join(tree, path));
  /** What the index holds, once that has been written down. */
  let known: TreeId | null = null;
  return {
    async take() {
      const last = existsSync(index) ? known : null;
      known = null;
      const hasChanged = await addAll(tree, environment, excluded);
      known = last === null || hasChanged ? (await run(["write-tree"])).trim() : last;
      return known;
    },
    async compare(from, to) {
      const changes = await compareTrees(tree, environment, from, to);
      return changes.map((change) => ({
        ...change,
        path: toRelative(change.path),
        previousPath: change.previousPath === null ? null : toRelative(change.previousPath),
      }));
    },
    patch: (from, to) => run(["diff-tree", "-r", "-M", "-p", from, to]),
    async restore(from, to) {
      const changes = await compareTrees(tree, environment, from, to);
      if (changes.length === 0) return [];
      known = null;
      // Keeps what the index knows of all other files: their state, and which of them are not checked out.
      await run(["read-tree", "--reset", to]);
      // A repository inside has files of its own, of which nothing is known: it is left as it is.
      const isRepository = (path: string) => existsSync(join(tree, path, ".git"));
      const back = changes
        .filter((change) => change.kind !== "deleted" && !isRepository(change.path))
        .map((change) => change.path);
      const gone = changes.flatMap(({ kind, path, previousPath }) =>
        kind === "deleted" ? [path] : (previousPath ?? []),
      );
      for (const path of gone.filter((each) => !isRepository(each))) {
        removeFile(tree, path);
      }
      if (back.length > 0) await run(["checkout-index", "--force", "-z", "--stdin"], `${back.join("\0")}\0`);
      return changes.map((change) => toRelative(change.path));
    },
    close: () => rmSync(index, { force: true }),
  };
}

/** The changes between two trees, with paths from the top. */
export async function compareTrees(
  cwd: string,
  environment: Readonly<Record<string, string>>,
  from: TreeId,
  to: TreeId,
): Promise<FileChange[]> {
  if (from === to) return [];
  const range = ["-r", "-M", "-z", from, to];
  const [names, counts] = await Promise.all([
    git(["diff-tree", "--name-status", ...range], { cwd, environment }),
    git(["diff-tree", "--numstat", ...range], { cwd, environment }),
  ]);
  return parseChanges(names, counts);
}

function besideRepository(repository: Repository, folder: string, index: string): Record<string, string> {
  const objects = join(folder, "objects");
  mkdirSync(objects, { recursive: true });
  // A copy of the user's index spares git from reading every file again.
  const ownIndex = join(repository.gitDirectory, "index");
  if (existsSync(ownIndex)) copyFileSync(ownIndex, index);
  return {
    GIT_INDEX_FILE: index,
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repository.commonDirectory, "objects"),
  };
}

async function sideRepository(tree: string, folder: string, index: string): Promise<Record<string, string>> {
  const excess = await findExcess(tree, new Set(NEVER_SNAPSHOT.map((name) => name.replace("/", ""))));
  if (excess) throw new Error(`${tree} is no git repository and holds ${excess}`);
  const gitDirectory = join(folder, "git");
  if (!existsSync(join(gitDirectory, "HEAD"))) {
    await git(["init", "--quiet", "--bare", gitDirectory], { cwd: folder });
    writeFileSync(join(gitDirectory, "info", "exclude"), `${NEVER_SNAPSHOT.join("\n")}\n`);
  }
  return { GIT_DIR: gitDirectory, GIT_WORK_TREE: tree, GIT_INDEX_FILE: index };
}

const KINDS: Readonly<Record<string, FileChange["kind"]>> = {
  A: "created",
  M: "modified",
  T: "modified",
  D: "deleted",
  R: "renamed",
};

/** Joins `--name-status -z` and `--numstat -z`, which list the same changes in the same order. */
function parseChanges(names: string, counts: string): FileChange[] {
  const nameFields = names.split("\0");
  const countFields = counts.split("\0");
  const changes: FileChange[] = [];
  let name = 0;
  let count = 0;
  while (nameFields[name]) {
    const kind = KINDS[(nameFields[name] ?? "").charAt(0)] ?? "modified";
    const isRename = kind === "renamed";
    const previousPath = isRename ? (nameFields[name + 1] ?? null) : null;
    const path = nameFields[name + (isRename ? 2 : 1)] ?? "";
    name += isRename ? 3 : 2;
    const [added = "-", removed = "-"] = (countFields[count] ?? "").split("\t");
    // With -z a rename's two paths stand in fields of their own behind the counts.
    count += isRename ? 3 : 1;
    changes.push({ path, kind, previousPath, linesAdded: lineCount(added), linesRemoved: lineCount(removed) });
  }
  return changes;
}

/** git says `-` for a binary file. */
function lineCount(field: string): number | null {
  return field === "-" ? null : Number(field);
}
