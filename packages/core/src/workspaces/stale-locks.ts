import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join, sep } from "node:path";
import { findGitDirectory, type Worktree } from "./worktrees.js";

/**
 * Lock files that git commands have left which were ended in the middle. With one in its way no other git command goes
 * on. Only to be asked for while nobody works.
 *
 * @param dataDirectory - our own indexes lie there, which nobody else uses
 * @param worktrees - those that are there; one that somebody stands in is left out, as its locks may be theirs
 */
export function findStaleLocks(dataDirectory: string, worktrees: readonly Worktree[]): string[] {
  const own = ["workspaces", "snapshots"].flatMap((kind) =>
    list(join(dataDirectory, kind)).flatMap((folder) => locksIn(join(dataDirectory, kind, folder))),
  );
  const git = worktrees.flatMap((worktree) => {
    const gitDirectory = findGitDirectory(worktree);
    const locks = gitDirectory ? ["index.lock", "HEAD.lock"].map((name) => join(gitDirectory, name)) : [];
    const found = locks.filter((lock) => existsSync(lock));
    return found.length > 0 && isDeserted(worktree.root) ? found : [];
  });
  return [...own, ...git];
}

function locksIn(folder: string): string[] {
  return list(folder)
    .filter((name) => name.endsWith(".lock"))
    .map((name) => join(folder, name));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not there, or a file.
    return [];
  }
}

/** Whether certainly no process of ours to see has its current directory there; false where the system does not tell. */
function isDeserted(root: string): boolean {
  if (process.platform !== "linux") return false;
  return list("/proc")
    .filter((name) => /^\d+$/.test(name))
    .every((pid) => {
      try {
        const directory = readlinkSync(`/proc/${pid}/cwd`);
        return directory !== root && !directory.startsWith(`${root}${sep}`);
      } catch {
        // Gone, or another user's.
        return true;
      }
    });
}
