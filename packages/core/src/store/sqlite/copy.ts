import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { OrchestratorError } from "../../domain/index.js";
import { type Database, openDatabase, translateErrors } from "./database.js";

/** A sound copy of a database that has no name of its own yet. */
export interface DraftCopy {
  /** Gives it its name; what had that name before is replaced. */
  publish(): void;
  /** Removes it, unless it was published. */
  discard(): void;
}

/**
 * Copies a database as it stands, everything in its log included, and looks whether the copy is sound: whoever needs
 * it one day has nothing else.
 *
 * @param database - the open database; outside a transaction
 * @param path - its file, for messages
 * @param target - the name that the copy gets; until then it has one that no other process uses
 * @throws OrchestratorError `disk_full` without room for it; nothing of it is left then
 */
export function copyDatabase(database: Database, path: string, target: string): DraftCopy {
  const draft = `${target}.${process.pid}`;
  const discard = () => rmSync(draft, { force: true });
  discard();
  try {
    // Looked at before the draft is removed: afterwards the disk has room again.
    translateErrors(path, () => database.prepare("VACUUM INTO ?").run(draft));
    const damage = damageOf(draft);
    if (damage !== null) throw unsound(target, damage);
  } catch (error) {
    discard();
    throw error;
  }
  return {
    publish() {
      renameSync(draft, target);
      syncFolder(dirname(target));
    },
    discard,
  };
}

/** What is wrong with a database file, or `null`. */
function damageOf(path: string): string | null {
  const copy = openDatabase(path);
  try {
    const [first] = copy.prepare("PRAGMA quick_check").all() as { quick_check: string }[];
    return first?.quick_check === "ok" ? null : (first?.quick_check ?? "it is empty");
  } finally {
    copy.close();
    // Looking at it has made them.
    for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  }
}

function unsound(target: string, damage: string): OrchestratorError {
  return new OrchestratorError(
    "database_corrupt",
    `The copy ${target} of the database is not sound (${damage}), so nothing was changed.`,
    "Look at the database: orchestrator doctor",
  );
}

/** Makes the names in a folder durable, as far as the system allows it. */
export function syncFolder(folder: string): void {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(folder, "r");
    fsyncSync(descriptor);
  } catch {
    // Not every system lets a folder be opened; the name is then as durable as it makes it.
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
