import { existsSync } from "node:fs";
import { rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../config/index.js";
import type { Store, WorkspaceRecord } from "../store/index.js";
import {
  findRepository,
  git,
  isAncestor,
  type Rescue,
  removeWorktree,
  rescueFiles,
  rescueRef,
  resolveCommit,
  toRefPart,
  type Worktree,
} from "../workspaces/index.js";

/** What closing needs to know of a workspace. */
export interface ClosableWorkspace {
  lane: string | null;
  root: string;
  worktree: Worktree | null;
  tip: string | null;
  /** What it began with. */
  start: string | null;
  placed: readonly string[];
}

/**
 * A worktree as its record tells it, whichever process has made it.
 *
 * @throws Error when its repository is gone
 */
export async function closableOf(workspace: WorkspaceRecord): Promise<ClosableWorkspace> {
  const { lane, root, tip, prepared, repository: path } = workspace;
  const repository = path && existsSync(path) ? await findRepository(path) : null;
  if (!repository) throw new Error(`its repository ${path} is not there any more`);
  const { topLevel, commonDirectory } = repository;
  const worktree = { root, branch: workspace.branch ?? "", repository: topLevel, commonDirectory };
  // A copied file that an agent has changed is its work; what is shared or linked is the user's.
  const placed = prepared ? [...prepared.shared, ...prepared.linked] : [];
  return { lane, root, tip, start: workspace.startCommit, worktree, placed };
}

/**
 * Removes a worktree. What exists only there is kept under a ref first; its branch stays, or for a parallel writer goes
 * when its work is a part of the task's.
 *
 * @returns what was rescued, or `null`
 * @throws Error when something in it cannot be kept: then it stays
 */
export async function closeWorkspace(
  store: Store,
  config: Pick<Config, "home" | "commitAuthor">,
  { taskId }: { taskId: string },
  workspace: ClosableWorkspace,
): Promise<Rescue | null> {
  const { worktree, lane, root, tip } = workspace;
  if (!worktree || !tip) return null;
  const rescue = await rescueWorkspace(store, config, taskId, workspace);
  await removeWorktree(worktree);
  await rm(indexOf(config, taskId, lane), { force: true });
  if (lane !== null) await dropLaneBranch(store, taskId, worktree, tip);
  await removeEmpty(dirname(root));
  const subject = { taskId, stepKey: null, agentId: null };
  await store.append([{ ...subject, type: "workspace.removed", data: { lane, root } }]);
  return rescue;
}

/**
 * Keeps what exists only in a worktree under a ref; the worktree stays as it is.
 *
 * @throws Error when something in it cannot be kept
 */
export async function rescueWorkspace(
  store: Store,
  config: Pick<Config, "home" | "commitAuthor">,
  taskId: string,
  { worktree, lane, root, tip, start, placed }: ClosableWorkspace,
): Promise<Rescue | null> {
  if (!worktree || !tip || !existsSync(root)) return null;
  const { repository, commonDirectory } = worktree;
  const index = `${indexOf(config, taskId, lane)}~rescue`;
  const ref = rescueRef(taskId, lane === null ? "files" : `files-${toRefPart(lane)}`);
  const source = {
    root,
    repository,
    commonDirectory,
    index,
    indexFrom: indexOf(config, taskId, lane),
    placed,
    start: start ?? tip,
  };
  const rescue = await rescueFiles(source, tip, { ref, author: config.commitAuthor });
  if (!rescue) return null;
  const subject = { taskId, stepKey: null, agentId: null };
  const message = `${rescue.files === 1 ? "1 file" : `${rescue.files} files`} existed only in the workspace; kept as ${rescue.ref}.`;
  await store.append([
    { ...subject, type: "workspace.rescued", data: { lane, repository, ...rescue } },
    { ...subject, type: "task.warned", data: { message } },
  ]);
  return rescue;
}

/** Where the private index of a workspace lies. */
export function indexOf({ home }: Pick<Config, "home">, taskId: string, lane: string | null): string {
  return join(home, "workspaces", taskId, lane === null ? "index" : `index-${toRefPart(lane)}`);
}

/** The branch of a parallel writer is kept for as long as the task's does not hold its work. */
async function dropLaneBranch(store: Store, taskId: string, worktree: Worktree, tip: string): Promise<void> {
  const cwd = worktree.commonDirectory;
  const main = (await store.listWorkspaces({ taskId })).find((each) => each.lane === null)?.tip;
  const stands = await resolveCommit(cwd, `refs/heads/${worktree.branch}`);
  if (main && stands === tip && (await isAncestor(cwd, tip, main)))
    await git(["update-ref", "-d", `refs/heads/${worktree.branch}`, tip], { cwd });
}

/** The folder of a task's worktrees, when nothing is left in it. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch {
    // Another workspace of the task lies in it.
  }
}
