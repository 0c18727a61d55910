import { existsSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { isTaskEnded } from "./domain/index.js";
import { hostId, isOwnerAlive, isOwnerGone } from "./ownership/index.js";
import type { OwnerRecord, Store, TaskRecord, WorkspaceRecord } from "./store/index.js";
import { findRepository, findStaleLocks, type Worktree } from "./workspaces/index.js";

/** Something about the records and folders of ours that is not as it should be. */
export interface DataFinding {
  subject: "database" | "owners" | "tasks" | "workspaces" | "locks";
  /** False for what only wants to be known. */
  isBad: boolean;
  message: string;
  /** What to do about it. */
  remedy: string;
}

export interface DataPlace {
  store: Store;
  /** The data folder. */
  home: string;
}

const REPAIR = "orchestrator doctor --repair";

/**
 * Looks through the database and the folders of ours, and changes nothing.
 *
 * @returns nothing when all is well
 */
export async function examineData(place: DataPlace): Promise<DataFinding[]> {
  const { store } = place;
  const damage = await store.check();
  // What a damaged file says of anything else is not to be relied upon.
  if (damage.length > 0)
    return [{ subject: "database", isBad: true, message: `it is damaged: ${damage[0]}`, remedy: REPAIR }];
  return [
    ...(await store.compare()).map(
      ({ message, isMendable }): DataFinding => ({
        subject: "database",
        isBad: isMendable,
        message,
        remedy: isMendable ? REPAIR : "Nothing is to be done; clean removes them once they are old enough.",
      }),
    ),
    ...(await examineOwners(store)),
    ...(await examineTasks(store)),
    ...(await examineWorkspaces(place)),
  ];
}

/** So long after its lease the record of another machine's owner is kept: its clock may be wrong, or it may sleep. */
const FOREIGN_OWNER_KEPT_MS = 24 * 3_600_000;

/** Owners that are gone for certain, and whose records nobody needs. */
export async function findGoneOwners(store: Store, nowMs: number): Promise<OwnerRecord[]> {
  const host = hostId();
  return (await store.listOwners()).filter((owner) =>
    isOwnerGone(owner, host, owner.host === host ? nowMs : nowMs - FOREIGN_OWNER_KEPT_MS),
  );
}

async function examineOwners(store: Store): Promise<DataFinding[]> {
  const gone = await findGoneOwners(store, Date.now());
  if (gone.length === 0) return [];
  const message = `${count(gone.length, "process", "processes")} ended without signing off: pid ${gone.map((owner) => owner.pid).join(", ")}`;
  return [{ subject: "owners", isBad: false, message, remedy: REPAIR }];
}

async function examineTasks(store: Store): Promise<DataFinding[]> {
  const [host, nowMs] = [hostId(), Date.now()];
  const owners = new Map((await store.listOwners()).map((owner) => [owner.ownerId, owner]));
  const open = await store.listTasks({ isEnded: false });
  const isIdle = ({ status, ownerId }: TaskRecord) =>
    status !== "paused" && status !== "needs_attention" && !isOwnerAlive(owners.get(ownerId ?? ""), host, nowMs);
  const interrupted = open.filter(isIdle).map((task) => task.taskId);
  const findings: DataFinding[] = [];
  if (interrupted.length > 0) {
    const message = `nobody runs ${count(interrupted.length, "open task", "open tasks")}: ${interrupted.join(", ")}`;
    findings.push({ subject: "tasks", isBad: false, message, remedy: "orchestrator resume --all, or cancel them" });
  }
  for (const { taskId, workingDirectory } of open) {
    if (existsSync(workingDirectory)) continue;
    const message = `the directory ${workingDirectory} of the open task ${taskId} is not there`;
    const remedy = `Put it back, then: orchestrator resume ${taskId}`;
    findings.push({ subject: "tasks", isBad: false, message, remedy });
  }
  return findings;
}

/** Worktrees that are recorded as present and whose folder is gone. Where nothing of the data folder is there, its disk is. */
export async function findLostWorkspaces({ store, home }: DataPlace): Promise<WorkspaceRecord[]> {
  if (!["workspaces", "logs"].some((name) => existsSync(join(home, name)))) return [];
  const present = await store.listWorkspaces({ isPresent: true });
  const folder = join(realpathSync(home), "workspaces", sep);
  return present.filter(({ kind, root }) => kind === "worktree" && root.startsWith(folder) && !existsSync(root));
}

async function examineWorkspaces(place: DataPlace): Promise<DataFinding[]> {
  const { store } = place;
  const findings: DataFinding[] = [];
  const lost = await findLostWorkspaces(place);
  for (const { taskId, root } of lost) {
    const message = `the workspace ${root} of ${taskId} is gone; what was committed is on its branch`;
    findings.push({ subject: "workspaces", isBad: false, message, remedy: REPAIR });
  }
  const left = await findLeftWorkspaces(store);
  if (left.length > 0) {
    const message = `${count(left.length, "worktree", "worktrees")} of tasks that have ended`;
    findings.push({ subject: "workspaces", isBad: false, message, remedy: "orchestrator clean" });
  }
  for (const lock of await findLocks(place)) {
    const message = `${lock} is in the way of git, and the command that made it is gone`;
    findings.push({ subject: "locks", isBad: false, message, remedy: REPAIR });
  }
  return findings;
}

async function findLeftWorkspaces(store: Store): Promise<WorkspaceRecord[]> {
  const left: WorkspaceRecord[] = [];
  for (const workspace of await store.listWorkspaces({ isPresent: true })) {
    const task = await store.getTask(workspace.taskId);
    if (workspace.kind === "worktree" && existsSync(workspace.root) && task && isTaskEnded(task.status))
      left.push(workspace);
  }
  return left;
}

/** Locks that git commands of ours have left; none while anybody may be at work. */
export async function findLocks({ store, home }: DataPlace): Promise<string[]> {
  const [host, nowMs] = [hostId(), Date.now()];
  if ((await store.listOwners()).some((owner) => !isOwnerGone(owner, host, nowMs))) return [];
  const worktrees: Worktree[] = [];
  for (const workspace of await store.listWorkspaces({ isPresent: true })) {
    const worktree = workspace.kind === "worktree" ? await toWorktree(workspace) : null;
    if (worktree) worktrees.push(worktree);
  }
  return findStaleLocks(home, worktrees);
}

/** A recorded workspace as git knows it; `null` where its repository is not there. */
export async function toWorktree({ root, branch, repository }: WorkspaceRecord): Promise<Worktree | null> {
  if (!repository || !existsSync(repository)) return null;
  const found = await findRepository(repository).catch(() => null);
  if (!found) return null;
  return { root, branch: branch ?? "", repository: found.topLevel, commonDirectory: found.commonDirectory };
}

function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}
