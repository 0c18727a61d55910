import type { ErrorRecord } from "../domain/index.js";
import { hostId, isOwnerAlive } from "../ownership/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import type { TreeId } from "../workspaces/index.js";
import type { TaskTrees } from "./task-trees.js";

/** A limit that no history reaches. */
const ALL_TASKS = 1_000_000;

/**
 * Looks whether files changed during a step that may not write.
 *
 * @param trees - the task's snapshots
 * @param before - the state when the step began
 * @returns the error to fail the step with, or `null`
 */
export async function findForbiddenChange(trees: TaskTrees, before: TreeId | null): Promise<ErrorRecord | null> {
  const changes = await trees.compare(before, await trees.take());
  if (changes.length === 0) return null;
  const paths = changes.slice(0, 5).map((change) => change.path);
  const more = changes.length > paths.length ? ` and ${changes.length - paths.length} more` : "";
  return {
    code: "tree_changed",
    message: `Files changed during a step that may not write: ${paths.join(", ")}${more}.`,
    hint: "If it was you who changed them, run the task again and leave the directory alone meanwhile.",
  };
}

/**
 * Whether a step of another task, in whichever process, has written in the same directory since a time: then a reader
 * cannot be blamed.
 *
 * @param since - ISO 8601
 */
export async function hadOtherWriter(store: Store, task: TaskRecord, since: string): Promise<boolean> {
  const [tasks, owners] = await Promise.all([store.listTasks({ limit: ALL_TASKS }), store.listOwners()]);
  const isAtWork = ({ ownerId }: StepRecord) => {
    const owner = owners.find((each) => each.ownerId === ownerId);
    return isOwnerAlive(owner, hostId(), Date.now());
  };
  for (const other of tasks) {
    if (other.taskId === task.taskId || other.workingDirectory !== task.workingDirectory) continue;
    if (other.workspaceKind === "worktree" || task.workspaceKind === "worktree") continue;
    if (other.endedAt !== null && other.endedAt < since) continue;
    const steps = await store.listSteps(other.taskId);
    const writers = steps.filter((step) => step.writes && step.startedAt !== null);
    if (writers.some((step) => (step.endedAt === null ? isAtWork(step) : step.endedAt >= since))) return true;
  }
  return false;
}
