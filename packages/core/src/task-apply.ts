import { z } from "zod";
import { checkOptions } from "./check-options.js";
import { APPLY_MODES, type ApplyMode, isTaskEnded, OrchestratorError } from "./domain/index.js";
import type { Store, TaskRecord, WorkspaceRecord } from "./store/index.js";
import type { TaskSummary } from "./task-details.js";
import type { Wiring } from "./wiring.js";
import { applyResult, findRepository, openTreeSnapshots, toSubject, treeOf } from "./workspaces/index.js";

export interface ApplyOptions {
  /**
   * `merge`: a merge commit with the steps' commits behind it. `squash`: one commit. `patch`: changed files, nothing
   * committed. A merge by default, or a patch where your uncommitted changes were brought along.
   */
  mode?: ApplyMode | undefined;
  /** The commit's message; the task's prompt by default. */
  message?: string | undefined;
  /** Also the result of a task that failed or was cancelled, or that has been applied before. */
  force?: boolean | undefined;
  /** Lets the repository's hooks run and the commit be signed. */
  withHooks?: boolean | undefined;
}

/** How a result came into the checkout. */
export interface ApplyResult {
  mode: ApplyMode;
  /** The commit that the checkout stood at before; `null` where there was none. */
  from: string | null;
  /** The commit that brought it; `null` for a patch. */
  commit: string | null;
  repository: string;
}

const applySchema = z.strictObject({
  mode: z.enum(APPLY_MODES).optional(),
  message: z.string().min(1).optional(),
  force: z.boolean().optional(),
  withHooks: z.boolean().optional(),
});

/**
 * Brings the result of a task into the user's checkout.
 *
 * @throws OrchestratorError `not_applied` when something is in the way: then nothing was changed
 */
export async function applyTask(wiring: Wiring, task: TaskSummary, options: ApplyOptions): Promise<ApplyResult> {
  checkOptions(applySchema, options, "apply");
  const { store } = wiring;
  const main = await requireWorktree(store, task);
  refuseUnready(task, options.force ?? false);
  const repository = await findRepository(main.repository ?? task.workingDirectory);
  if (!repository || !main.startCommit || !main.tip) throw refused(task, "its repository is gone", "See where it is.");
  const cwd = repository.commonDirectory;
  if ((await treeOf(cwd, main.startCommit)) === (await treeOf(cwd, main.tip)))
    throw refused(task, "it changed nothing", "Look at what it said: orchestrator task-details");
  const hasBrought = task.uncommitted === "bring" && main.uncommittedFiles > 0;
  const mode = options.mode ?? (hasBrought || repository.head === null ? "patch" : "merge");
  const commit = await applyResult(repository, {
    mode,
    start: main.startCommit,
    result: main.tip,
    message: options.message ?? composeMessage(task),
    fallbackAuthor: wiring.configOf(task).commitAuthor,
    withHooks: options.withHooks ?? false,
  });
  const data = { mode, from: repository.head, commit };
  await store.append([{ type: "task.applied", taskId: task.taskId, stepKey: null, agentId: null, data }]);
  return { mode, from: repository.head, commit, repository: repository.topLevel };
}

/**
 * Puts back what a task has changed in place.
 *
 * @returns the paths that were put back
 * @throws OrchestratorError `not_applied` where files were changed since: then nothing was put back
 */
export async function undoTask({ store, config }: Wiring, task: TaskSummary): Promise<string[]> {
  if (!isTaskEnded(task.status))
    throw notUndone(task, `it is ${task.status}`, `${whatEnds(task)}, or end it: orchestrator cancel ${task.taskId}`);
  const main = (await store.listWorkspaces({ taskId: task.taskId })).find((each) => each.lane === null);
  if (main?.kind === "worktree")
    throw notUndone(task, "it worked in a worktree of its own", "What was applied is undone with git: git revert.");
  if (task.undoneAt) throw notUndone(task, "it was undone before", "Nothing is left to be put back.");
  const steps = await store.listSteps(task.taskId);
  const ended = steps
    .filter((each) => each.toTree !== null)
    .sort((a, b) => (a.endedAt ?? "").localeCompare(b.endedAt ?? ""));
  const last = ended.at(-1)?.toTree;
  if (!main?.startTree || !last) return [];
  const snapshots = await openTreeSnapshots(task.workingDirectory, config.home, `${task.taskId}-undo`);
  try {
    const now = await snapshots.take();
    const [changed, since] = await Promise.all([snapshots.compare(main.startTree, last), snapshots.compare(last, now)]);
    const touched = new Set(
      changed.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])]),
    );
    const edited = since.filter(({ path, previousPath }) => touched.has(path) || touched.has(previousPath ?? ""));
    if (edited.length > 0) {
      const names = edited.slice(0, 5).map((each) => each.path);
      throw notUndone(task, `you have changed since: ${names.join(", ")}`, "Put these back yourself first.");
    }
    const paths = await snapshots.restore(last, main.startTree);
    const data = { files: paths.length };
    await store.append([{ type: "task.undone", taskId: task.taskId, stepKey: null, agentId: null, data }]);
    return paths;
  } finally {
    snapshots.close();
  }
}

async function requireWorktree(store: Store, task: TaskSummary): Promise<WorkspaceRecord> {
  const main = (await store.listWorkspaces({ taskId: task.taskId })).find((each) => each.lane === null);
  if (main?.kind === "worktree") return main;
  if (main || task.workspaceKind === "in_place") {
    throw refused(
      task,
      "its agents worked in the directory itself",
      "Nothing is left to be applied; see orchestrator undo.",
    );
  }
  if (!isTaskEnded(task.status)) throw refused(task, `it is ${task.status}`, whatEnds(task));
  throw refused(task, "it ended before anything was changed", "Run it again.");
}

function refuseUnready(task: TaskSummary, force: boolean): void {
  const { status, applied } = task;
  if (!isTaskEnded(status)) throw refused(task, `it is ${status}`, whatEnds(task));
  if (force) return;
  if (applied) throw refused(task, "it was applied before", "Use --force to apply it once more.");
  if (status === "failed" || status === "cancelled")
    throw refused(task, `it ended as ${status}`, "Look at it with orchestrator diff; --force applies it all the same.");
}

function composeMessage({ prompt, taskId }: TaskRecord): string {
  return `${toSubject(prompt, "Apply a task")}\n\nOrchestrator-Task: ${taskId}\n`;
}

function notUndone({ taskId }: Pick<TaskRecord, "taskId">, why: string, remedy: string): OrchestratorError {
  return new OrchestratorError("not_applied", `What the task ${taskId} changed cannot be put back: ${why}.`, remedy);
}

function refused({ taskId }: Pick<TaskRecord, "taskId">, why: string, remedy: string): OrchestratorError {
  return new OrchestratorError("not_applied", `The task ${taskId} cannot be brought in: ${why}.`, remedy);
}

/** What brings a task to its end. */
function whatEnds({ taskId, status, ownerAlive }: Pick<TaskSummary, "taskId" | "status" | "ownerAlive">): string {
  if (status === "needs_attention")
    return `Do what it needs (orchestrator task-details ${taskId}), then: orchestrator resume ${taskId}`;
  if (status === "paused") return `Go on with it first: orchestrator resume ${taskId}`;
  if (!ownerAlive) return `The process that ran it is gone. Go on with it first: orchestrator resume ${taskId}`;
  return `Wait until it has ended: orchestrator wait ${taskId}`;
}
