import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { FileChange } from "../domain/index.js";
import { findExcess } from "./directory-size.js";
import { git } from "./git.js";

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
  close(): void;
}

/** What a directory without git and without an ignore file should not be snapshot with. */
const NEVER_SNAPSHOT = ["node_modules/", ".venv/", "venv/", "__pycache__/", "target/", "dist/", ".cache/", ".DS_Store"];

/**
 * Prepares snapshots of a directory, in git or not.
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
  const root = realpathSync(directory);
  const topLevel = await findRepository(root);
  const tree = topLevel ?? root;
  const folder = join(dataDirectory, "snapshots", createHash("sha256").update(tree).digest("hex").slice(0, 16));
  mkdirSync(folder, { recursive: true });
  const index = join(folder, `index-${name}`);
  const environment = topLevel
    ? await besideRepository(topLevel, folder, index)
    : await sideRepository(tree, folder, index);
  const run = (args: string[]) => git(args, { cwd: tree, environment });
  /** git names files from the top of the repository; agents and users from the directory that they work in. */
  const toRelative = (path: string) => relative(root, join(tree, path));

  return {
    async take() {
      await run(["add", "--all", "--ignore-errors"]).catch((error: Error) => {
        // Exit 1 is one file that cannot be read, or a repository inside without a commit; all others were taken.
        if ((error.cause as { code?: unknown } | undefined)?.code !== 1) throw error;
      });
      return (await run(["write-tree"])).trim();
    },
    async compare(from, to) {
      if (from === to) return [];
      const range = ["-r", "-M", "-z", from, to];
      const [names, counts] = await Promise.all([
        run(["diff-tree", "--name-status", ...range]),
        run(["diff-tree", "--numstat", ...range]),
      ]);
      return parseChanges(names, counts).map((change) => ({
        ...change,
        path: toRelative(change.path),
        previousPath: change.previousPath === null ? null : toRelative(change.previousPath),
      }));
    },
    patch: (from, to) => run(["diff-tree", "-r", "-M", "-p", from, to]),
    close: () => rmSync(index, { force: true }),
  };
}

async function findRepository(directory: string): Promise<string | null> {
  try {
    return (await git(["rev-parse", "--show-toplevel"], { cwd: directory })).trim();
  } catch (error) {
    if (/not a git repository|must be run in a work tree/.test(String(error))) return null;
    throw error;
  }
}

async function besideRepository(topLevel: string, folder: string, index: string): Promise<Record<string, string>> {
  const objects = join(folder, "objects");
  mkdirSync(objects, { recursive: true });
  const paths = await git(["rev-parse", "--git-path", "index", "--git-path", "objects"], { cwd: topLevel });
  const [ownIndex = "", ownObjects = ""] = paths
    .trim()
    .split("\n")
    .map((path) => resolve(topLevel, path));
  // A copy of the user's index spares git from reading every file again.
  if (existsSync(ownIndex)) copyFileSync(ownIndex, index);
  return { GIT_INDEX_FILE: index, GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: ownObjects };
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
