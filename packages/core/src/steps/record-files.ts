import type { Store, TaskRecord } from "../store/index.js";
import type { StepWorkspace } from "./step-workspace.js";

/**
 * Records what a task has changed from its beginning to its end. Its steps tell what each changed; of lines that two of
 * them changed, or that a merge has joined, only the comparison of both ends knows how many there are.
 *
 * @param workspace - the task's own
 */
export async function recordFiles(store: Store, { taskId }: TaskRecord, workspace: StepWorkspace): Promise<void> {
  const main = (await store.listWorkspaces({ taskId })).find((each) => each.lane === null);
  const changes = await workspace.trees.compare(main?.startTree ?? null, await endOf(store, taskId, workspace));
  if (changes.length === 0) return;
  await store.append([{ taskId, stepKey: null, agentId: null, type: "files.changed", data: { changes } }]);
}

/** What stands at the end: the branch's commit, or in place what the last writing step left. */
async function endOf(store: Store, taskId: string, { worktree, tip }: StepWorkspace): Promise<string | null> {
  if (worktree) return tip;
  const written = (await store.listSteps(taskId)).filter((step) => step.toTree !== null && step.endedAt !== null);
  return written.sort((a, b) => (a.endedAt ?? "").localeCompare(b.endedAt ?? "")).at(-1)?.toTree ?? null;
}
