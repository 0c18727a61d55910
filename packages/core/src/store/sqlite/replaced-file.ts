import { rmSync, statSync } from "node:fs";
import type { Database } from "./database.js";

/** Which file a database was opened from, and its log. */
export interface OpenedFile {
  file: string;
  log: string;
}

/** Notes which file is open: another may be put under its name. @param path - of a database that was read from */
export function noteFile(path: string): OpenedFile {
  return { file: markOf(path), log: markOf(`${path}-wal`) };
}

/**
 * Closes a database under whose name another file lies by now. SQLite would leave the log of the old one beside the new
 * one, whose next reader would take it for its own: both mixed into one.
 *
 * @returns whether that was so
 */
export function closeReplaced(database: Database, path: string, opened: OpenedFile): boolean {
  if (markOf(path) === opened.file) return false;
  try {
    // Wherever the old file is kept: it is whole then.
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
    // A log that came with the new file stays.
    if (markOf(`${path}-wal`) === opened.log)
      for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  }
  return true;
}

/** What tells one file from another of the same name. */
function markOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found ? `${found.dev}:${found.ino}` : "none";
}
