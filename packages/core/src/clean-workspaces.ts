import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { holdsNoWork } from "./clean-data.js";
import type { Config } from "./config/index.js";
import { isTaskEnded } from "./domain/index.js";
import { type ClosableWorkspace, closableOf, closeWorkspace, rescueWorkspace } from "./steps/index.js";
import type { Store, TaskRecord, WorkspaceRecord } from "./store/index.js";
import {
  findRepository,
  git,
  isAncestor,
  keepUnderRef,
  type Repository,
  rescueRef,
  resolveCommit,
} from "./workspaces/index.js";

/** What became of a workspace or branch that a task has left. */
export interface CleanedWorkspace {
  taskId: string;
  /** The worktree, or the branch. */
  what: string;
  action: "removed" | "kept";
  reason: string;
  /** The ref under which what existed only there is kept now. */
  rescued: string | null;
}

export interface CleaningOptions {
  store: Store;
  config: Config;
  /** Whether a process runs the task. */
  isAtWork(task: TaskRecord): Promise<boolean>;
  dryRun: boolean;
}

/**
 * Looks after what tasks have left: worktrees of tasks that have ended, or whose process is gone, and branches whose
 * work is in the user's own. Whatever exists only in a worktree is kept under a ref first.
 */
export async function cleanWorkspaces(options: CleaningOptions): Promise<CleanedWorkspace[]> {
  const { store, config } = options;
  const cleaned: CleanedWorkspace[] = [];
  const present = await store.listWorkspaces({ isPresent: true });
  for (const workspace of present.filter((each) => each.kind === "worktree")) {
    const task = await store.getTask(workspace.taskId);
    if (task) cleaned.push(...(await cleanOne(workspace, task, options)));
  }
  for (const folder of listFolders(config.home)) {
    const what = join(config.home, "workspaces", folder);
    if ((await store.getTask(folder)) !== null || holdsNoWork(what)) continue;
    const reason = "no task of this name is known; look at it, then remove it yourself";
    cleaned.push({ taskId: folder, what, action: "kept", reason, rescued: null });
  }
  cleaned.push(...(await cleanBranches(options)));
  return cleaned;
}

async function cleanOne(
  workspace: WorkspaceRecord,
  task: TaskRecord,
  options: CleaningOptions,
): Promise<CleanedWorkspace[]> {
  const { taskId, root } = workspace;
  const entry = (action: CleanedWorkspace["action"], reason: string, rescued: string | null = null) => [
    { taskId, what: root, action, reason, rescued },
  ];
  if (await options.isAtWork(task)) return [];
  if (task.status === "needs_attention") return entry("kept", "it waits for you: see orchestrator task-details");
  const hasEnded = isTaskEnded(task.status);
  if (!hasEnded && !existsSync(root)) return [];
  try {
    const closable = await closableOf(workspace);
    if (options.dryRun)
      return entry(hasEnded ? "removed" : "kept", hasEnded ? "its task has ended" : "its process is gone");
    if (!hasEnded) {
      const rescued = await saveWork(closable, task, options);
      return entry("kept", `its process is gone; end it with: orchestrator cancel ${taskId}`, rescued);
    }
    const rescue = await closeWorkspace(options.store, options.config, task, closable);
    return entry("removed", "its task has ended", rescue?.ref ?? null);
  } catch (error) {
    return entry("kept", (error as Error).message);
  }
}

/** Keeps what a worktree holds without removing it: its task may still be gone on with. */
async function saveWork(
  closable: ClosableWorkspace,
  { taskId }: TaskRecord,
  { config, store }: CleaningOptions,
): Promise<string | null> {
  return (await rescueWorkspace(store, config, taskId, closable))?.ref ?? null;
}

async function repositoryOf({ repository }: WorkspaceRecord): Promise<Repository | null> {
  return repository && existsSync(repository) ? findRepository(repository).catch(() => null) : null;
}

function listFolders(home: string): string[] {
  try {
    return readdirSync(join(home, "workspaces"), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    // No task has had a workspace yet.
    return [];
  }
}

/** Branches of ended tasks that the user's own has taken in are deleted. */
async function cleanBranches({ store, dryRun }: CleaningOptions): Promise<CleanedWorkspace[]> {
  const cleaned: CleanedWorkspace[] = [];
  for (const workspace of await store.listWorkspaces({ isPresent: false })) {
    const { taskId, branch, tip, startCommit, userCommit } = workspace;
    const task = await store.getTask(taskId);
    if (!branch || !tip || !task || !isTaskEnded(task.status)) continue;
    const repository = await repositoryOf(workspace);
    if (!repository) continue;
    const cwd = repository.commonDirectory;
    if ((await resolveCommit(cwd, `refs/heads/${branch}`)) !== tip) continue;
    const isEmpty = tip === startCommit && tip === userCommit;
    const reason = isEmpty ? "it holds nothing" : await findHome(cwd, tip, repository.head, task, workspace);
    if (reason === null) continue;
    if (await isCheckedOut(cwd, branch)) {
      cleaned.push({ taskId, what: branch, action: "kept", reason: "it is checked out", rescued: null });
      continue;
    }
    if (!dryRun) await git(["update-ref", "-d", `refs/heads/${branch}`, tip], { cwd });
    cleaned.push({ taskId, what: branch, action: "removed", reason, rescued: null });
  }
  return cleaned;
}

/**
 * Before the records of a task are deleted: removes what is left of its workspaces, and its branches. A branch that
 * nobody has merged or applied is kept under a ref.
 *
 * @returns the refs that hold what was kept
 */
export async function releaseWorkspaces(store: Store, config: Config, task: TaskRecord): Promise<string[]> {
  const kept: string[] = [];
  for (const workspace of (await store.listWorkspaces({ taskId: task.taskId })).reverse()) {
    if (workspace.kind !== "worktree") continue;
    const repository = await repositoryOf(workspace);
    if (!repository) continue;
    if (workspace.removedAt === null) {
      const rescue = await closeWorkspace(store, config, task, await closableOf(workspace));
      if (rescue) kept.push(rescue.ref);
    }
    const cwd = repository.commonDirectory;
    const ref = `refs/heads/${workspace.branch}`;
    const tip = workspace.branch ? await resolveCommit(cwd, ref) : null;
    if (!tip) continue;
    const isSafe =
      tip === workspace.userCommit || (await findHome(cwd, tip, repository.head, task, workspace)) !== null;
    if (!isSafe) kept.push(await keepUnderRef(cwd, rescueRef(task.taskId, "branch"), tip));
    // git itself would not delete a branch under somebody's feet.
    if (await isCheckedOut(cwd, workspace.branch ?? "")) continue;
    await git(["update-ref", "-d", ref, tip], { cwd });
  }
  return kept;
}

/** Where the work of a branch is besides: in the user's own history, as it is or as the commit that brought it. */
async function findHome(
  cwd: string,
  tip: string,
  head: string | null,
  task: TaskRecord,
  workspace: WorkspaceRecord,
): Promise<string | null> {
  if (head === null) return null;
  if (await isAncestor(cwd, tip, head)) return "it is merged";
  // A patch that was brought in may have been undone since; a squashed commit is in the history or it is not.
  const isWhole = workspace.lane === null && tip === workspace.tip;
  const { commit = null } = task.applied ?? {};
  return isWhole && commit !== null && (await isAncestor(cwd, commit, head)) ? "it is applied" : null;
}

/** Whether a branch is what somebody's checkout stands on. */
async function isCheckedOut(cwd: string, branch: string): Promise<boolean> {
  const path = await git(["for-each-ref", "--format=%(worktreepath)", `refs/heads/${branch}`], { cwd });
  return path.trim() !== "";
}
