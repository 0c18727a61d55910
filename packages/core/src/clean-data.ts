import { lstatSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Config } from "./config/index.js";
import { isTaskEnded, OrchestratorError } from "./domain/index.js";
import { hostId, isOwnerGone } from "./ownership/index.js";
import { compactDatabase, isWorthCompacting, measureSpace, type Store } from "./store/index.js";

/** Something in the data folder that was looked at. */
export interface CleanedData {
  kind: "copy" | "log" | "folder" | "database";
  /** The file or folder. */
  what: string;
  action: "removed" | "compacted" | "kept";
  reason: string;
  /** What it takes on the disk, or what compacting has freed. */
  bytes: number;
}

export interface DataCleaningOptions {
  store: Store;
  config: Pick<Config, "home" | "databasePath">;
  dryRun: boolean;
}

/**
 * Looks after what has gathered in the data folder: older copies of the database, logs of tasks that were removed,
 * folders that hold nothing any more, and room in the database file. What nobody else may have is kept, with the reason.
 */
export async function cleanData(options: DataCleaningOptions): Promise<CleanedData[]> {
  const files = [...findCopies(options.config), ...(await findLogs(options)), ...(await findFolders(options))];
  if (!options.dryRun)
    for (const { what, action } of files) if (action === "removed") rmSync(what, { recursive: true, force: true });
  return [...files, ...(await compact(options))];
}

/** So many copies from before a migration or a repair are kept, the newest. */
const KEPT_COPIES = 3;
/** A copy that is so old and has no name yet is of a process that was killed. */
const DRAFT_AGE_MS = 24 * 3_600_000;

function findCopies({ databasePath }: Pick<Config, "databasePath">): CleanedData[] {
  const folder = dirname(databasePath);
  const named = (pattern: RegExp) =>
    list(folder)
      .filter((name) => name.startsWith(basename(databasePath)))
      .filter((name) => pattern.test(name.slice(basename(databasePath).length)))
      .map((name) => join(folder, name));
  const entry = (what: string, action: CleanedData["action"], reason: string): CleanedData => ({
    kind: "copy",
    what,
    action,
    reason,
    bytes: sizeOf(what),
  });
  const copies = named(/^\.before-(version-\d+|repair-\w+)$/).sort((a, b) => changedAtMs(b) - changedAtMs(a));
  const drafts = named(/^\.(before-[\w-]+|recovered)\.\d+(-wal|-shm)?$/);
  return [
    ...copies.slice(KEPT_COPIES).map((path) => entry(path, "removed", `there are ${KEPT_COPIES} newer copies`)),
    ...drafts
      .filter((path) => changedAtMs(path) < Date.now() - DRAFT_AGE_MS)
      .map((path) => entry(path, "removed", "the process that was making it is gone")),
    ...named(/^\.damaged-\w+$/).map((path) =>
      entry(path, "kept", "it may hold what could not be read; when you need it no more, remove it yourself"),
    ),
  ];
}

async function findLogs({ store, config }: DataCleaningOptions): Promise<CleanedData[]> {
  const found: CleanedData[] = [];
  const look = async (what: string, id: string, isKnown: boolean) => {
    if (isKnown) return;
    const isRemoved = await store.isRemoved(id);
    const reason = isRemoved
      ? `${id} was removed`
      : `nothing of the name ${id} is known; look at it, then remove it yourself`;
    found.push({ kind: "log", what, action: isRemoved ? "removed" : "kept", reason, bytes: sizeOf(what) });
  };
  const logs = join(config.home, "logs");
  for (const name of list(logs))
    if (name !== "agents") await look(join(logs, name), name, (await store.getTask(name)) !== null);
  for (const name of list(join(logs, "agents"))) {
    const id = /^[^-]+/.exec(name)?.[0] ?? name;
    await look(join(logs, "agents", name), id, (await store.getAgent(id)) !== null);
  }
  return found;
}

/** Folders of workspaces in which nothing lies but git indexes of ours. */
async function findFolders({ store, config }: DataCleaningOptions): Promise<CleanedData[]> {
  const folder = join(config.home, "workspaces");
  const found: CleanedData[] = [];
  for (const name of list(folder)) {
    const task = await store.getTask(name);
    if (!holdsNoWork(join(folder, name)) || (task && !isTaskEnded(task.status))) continue;
    const what = join(folder, name);
    found.push({ kind: "folder", what, action: "removed", reason: "no workspace is in it", bytes: sizeOf(what) });
  }
  return found;
}

/**
 * Whether the folder of a task's workspaces holds nothing but git indexes of ours, which can be made again. False for
 * what is no folder, or cannot be looked into.
 */
export function holdsNoWork(folder: string): boolean {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.every((entry) => /^(start\.)?index/.test(entry.name) && !entry.isDirectory());
  } catch {
    return false;
  }
}

async function compact({ store, config, dryRun }: DataCleaningOptions): Promise<CleanedData[]> {
  const { databasePath: what } = config;
  const space = measureSpace(what);
  if (!isWorthCompacting(space)) return [];
  const entry = (action: CleanedData["action"], reason: string, bytes: number): CleanedData[] => [
    { kind: "database", what, action, reason, bytes },
  ];
  const isEmpty = "so much of it was empty";
  const [host, nowMs] = [hostId(), Date.now()];
  if ((await store.listOwners()).some((owner) => !isOwnerGone(owner, host, nowMs)))
    return entry("kept", "a process works with it, and would have to wait", space.freeBytes);
  if (dryRun) return entry("compacted", isEmpty, space.freeBytes);
  try {
    return entry("compacted", isEmpty, compactDatabase(what));
  } catch (error) {
    // Without room for a second copy, or beside a reader that does not let go, it stays as it is.
    if (OrchestratorError.is(error)) return entry("kept", error.message, space.freeBytes);
    throw error;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not there, or a file.
    return [];
  }
}

function changedAtMs(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function sizeOf(path: string): number {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status?.isDirectory()) return status?.size ?? 0;
  return list(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
