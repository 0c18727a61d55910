import { rmSync } from "node:fs";
import { OrchestratorError } from "./domain/index.js";
import { findGoneOwners, findLocks, findLostWorkspaces, toWorktree } from "./examine-data.js";
import { hostId, isOwnerGone } from "./ownership/index.js";
import { endMarked, OWNER_MARKER } from "./processes/index.js";
import { mendDatabase, type OwnerRecord, openSqliteStore, type Store } from "./store/index.js";
import { removeWorktree } from "./workspaces/index.js";

/**
 * Mends what can be mended without losing anything: the database, records of processes that are gone, workspaces whose
 * folder is gone, and locks that were left.
 *
 * @param options.databasePath - the file, which this process does not have open
 * @param options.home - the data folder
 * @returns what was done, in sentences; nothing where all was well
 * @throws OrchestratorError `invalid_input` while a process works with the database, or a `database_…` code
 */
export async function repairData(options: { databasePath: string; home: string }): Promise<string[]> {
  const { databasePath, home } = options;
  const stamp = new Date().toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");
  const mended = await mendDatabase(databasePath, { stamp, refuse: refuseLiving });
  const store = await openSqliteStore({ path: databasePath });
  try {
    // Somebody may have begun since.
    refuseLiving(await store.listOwners());
    return [
      ...mended,
      ...(await removeOwners(store)),
      ...(await dropLostWorkspaces(store, home)),
      ...(await removeLocks(store, home)),
    ];
  } finally {
    await store.close();
  }
}

function refuseLiving(owners: readonly OwnerRecord[]): void {
  const [host, nowMs] = [hostId(), Date.now()];
  const living = owners.filter((owner) => !isOwnerGone(owner, host, nowMs));
  if (living.length === 0) return;
  const names = living.map((owner) => (owner.host === host ? `process ${owner.pid}` : "a process of another machine"));
  throw new OrchestratorError(
    "invalid_input",
    `Nothing was repaired: ${[...new Set(names)].join(", ")} works with the database.`,
    "Wait for it, or end its work: orchestrator stop --all",
  );
}

/** Whatever such a process has left running carries its mark, and is ended first: without the record nobody would look. */
async function removeOwners(store: Store): Promise<string[]> {
  const done: string[] = [];
  for (const { ownerId, pid, host } of await findGoneOwners(store, Date.now())) {
    if (host === hostId()) await endMarked(`${OWNER_MARKER}=${ownerId}`);
    await store.removeOwner(ownerId);
    done.push(`The record of process ${pid}, which is gone, was removed.`);
  }
  return done;
}

async function dropLostWorkspaces(store: Store, home: string): Promise<string[]> {
  const done: string[] = [];
  for (const workspace of await findLostWorkspaces({ store, home })) {
    const { taskId, lane, root } = workspace;
    const worktree = await toWorktree(workspace);
    // Only this one is taken off git's list: pruning would take those of the user's that are on another disk.
    if (worktree) await removeWorktree(worktree);
    await store.append([{ type: "workspace.removed", taskId, stepKey: null, agentId: null, data: { lane, root } }]);
    done.push(`The workspace ${root} of ${taskId} is recorded as removed: its folder is gone. Its branch is kept.`);
  }
  return done;
}

async function removeLocks(store: Store, home: string): Promise<string[]> {
  const locks = await findLocks({ store, home });
  for (const lock of locks) rmSync(lock, { force: true });
  return locks.map((lock) => `The lock ${lock} was removed: the command that made it is gone.`);
}
