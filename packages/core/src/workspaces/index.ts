/** The directories that agents work in: worktrees of the user's repository, or the user's own with snapshots. */
export { findAlteredShares } from "./altered-shares.js";
export { applyResult } from "./apply.js";
export { type CommitAuthor, commitTree, isAncestor, resolveCommit, toSubject, treeOf } from "./commits.js";
export { type Diff, diffTrees } from "./diff.js";
export { GitError, git } from "./git.js";
export { type MergeConflict, mergeCommits } from "./merge.js";
export { placeFiles } from "./place-files.js";
export { isInside } from "./relative-path.js";
export { createRelocation } from "./relocation.js";
export { findRepository, isIgnored, type Repository } from "./repository.js";
export {
  branchRescued,
  dropRescued,
  type KeptWork,
  keepUnderRef,
  listRescued,
  type Rescue,
  rescueFiles,
  rescueRef,
} from "./rescue.js";
export { findSharedFolders, shareFolders } from "./share-folders.js";
export { readSharedState, restoreSharedState, type SharedState } from "./shared-state.js";
export { findStaleLocks } from "./stale-locks.js";
export { makeStartCommit } from "./start-commit.js";
export {
  type DiffPlace,
  findSnapshots,
  openTreeSnapshots,
  openWorktreeSnapshots,
  type TreeId,
  type TreeSnapshots,
} from "./tree-snapshots.js";
export {
  branchOf,
  clearStash,
  commitWorktree,
  createWorktree,
  findGitDirectory,
  type MadeCommit,
  moveWorktree,
  removeWorktree,
  repairWorktree,
  resetBranch,
  showTree,
  toRefPart,
  type Worktree,
  worktreeRoot,
} from "./worktrees.js";
