import type { FileChange } from "../domain/index.js";
import { git } from "./git.js";
import { compareTrees, type DiffPlace } from "./tree-snapshots.js";

export interface Diff {
  changes: FileChange[];
  /** A patch in git's form. */
  patch: string;
}

/**
 * The difference of two trees or commits, as git shows it.
 *
 * @param place - the repository
 * @param color - with the escape sequences of a terminal
 */
export async function diffTrees(place: DiffPlace, from: string, to: string, color = false): Promise<Diff> {
  const { cwd, environment } = place;
  // Without colours it is for programs, too: what is applied must hold binary files whole.
  const form = color ? ["--color=always"] : ["--color=never", "--binary", "--full-index"];
  const shown = ["diff-tree", "-r", "-M", "-p", "--no-ext-diff", "--no-textconv", ...form];
  const [changes, patch] = await Promise.all([
    compareTrees(cwd, environment, from, to),
    from === to ? "" : git([...shown, from, to], { cwd, environment }),
  ]);
  return { changes, patch };
}
