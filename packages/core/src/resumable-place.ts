import { existsSync } from "node:fs";
import { OrchestratorError } from "./domain/index.js";
import type { Store, TaskRecord } from "./store/index.js";
import { findRepository, resolveCommit } from "./workspaces/index.js";

/**
 * Looks whether a task that is to go on still has its place: its directory, its repository, and the commits it has made
 * there. Asked before anything is claimed, so that a task whose disk is not mounted stays as it is.
 *
 * @throws OrchestratorError `workspace_failed` that says what is missing and what to do
 */
export async function requirePlaceOf(store: Store, task: TaskRecord): Promise<void> {
  const { taskId, workingDirectory, workspaceKind } = task;
  if (!existsSync(workingDirectory)) throw missing(taskId, `its directory ${workingDirectory} is not there`);
  if (workspaceKind !== "worktree") return;
  const repository = await findRepository(workingDirectory);
  if (!repository) throw missing(taskId, `${workingDirectory} is in no git repository any more`);
  for (const { tip, lane } of await store.listWorkspaces({ taskId })) {
    if (tip === null || lane !== null || (await resolveCommit(repository.commonDirectory, tip)) !== null) continue;
    throw missing(taskId, `the repository ${repository.topLevel} does not have its commit ${tip.slice(0, 12)}`);
  }
}

function missing(taskId: string, what: string): OrchestratorError {
  return new OrchestratorError(
    "workspace_failed",
    `The task ${taskId} cannot go on: ${what}.`,
    `It stays as it is. Put back what was moved, then: orchestrator resume ${taskId}`,
  );
}
