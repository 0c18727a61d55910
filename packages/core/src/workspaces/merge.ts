import { GitError, git } from "./git.js";

/** A path on which two sides disagree. */
export interface MergeConflict {
  path: string;
  /** In git's own words: content, modify/delete, binary, … */
  message: string;
}

/** Two commits made one. With conflicts the tree holds both sides, marked in the files where git can mark them. */
export interface MergeResult {
  tree: string;
  conflicts: MergeConflict[];
}

/**
 * Merges two commits without touching any checkout.
 *
 * @param cwd - anywhere in the repository
 * @param ours - the commit that is merged into
 * @param theirs - the commit that is merged
 * @throws GitError when git is older than 2.38, which cannot do it
 */
export async function mergeCommits(cwd: string, ours: string, theirs: string): Promise<MergeResult> {
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--messages", "--allow-unrelated-histories"];
  try {
    const clean = await git([...args, ours, theirs], { cwd });
    return { tree: clean.split("\0")[0]?.trim() ?? "", conflicts: [] };
  } catch (error) {
    // A commit that is not there ends it with the same code as a conflict, but without a tree.
    if (!(error instanceof GitError) || error.exitCode !== 1 || error.stdout === "") throw error;
    return parseConflicts(error.stdout);
  }
}

/** `<tree> NUL (<path> NUL)* NUL` and then, for each message, `<count> NUL (<path> NUL)* <type> NUL <text> NUL`. */
function parseConflicts(output: string): MergeResult {
  const fields = output.split("\0");
  const tree = fields[0]?.trim() ?? "";
  const end = fields.indexOf("", 1);
  const paths = fields.slice(1, end);
  const messages = new Map<string, string>();
  for (let at = end + 1; at < fields.length && fields[at]; ) {
    const count = Number.parseInt(fields[at] ?? "0", 10);
    const named = fields.slice(at + 1, at + 1 + count);
    const text = (fields[at + 2 + count] ?? "").trim();
    if (/^CONFLICT/.test(text)) for (const path of named) messages.set(path, text);
    at += 3 + count;
  }
  return { tree, conflicts: paths.map((path) => ({ path, message: messages.get(path) ?? "both sides changed it" })) };
}
