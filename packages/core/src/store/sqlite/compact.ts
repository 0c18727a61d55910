import { statSync } from "node:fs";
import type { Database, SqlRow } from "./database.js";
import { openDatabase, translateErrors } from "./database.js";

/** How much of a database file holds nothing. */
export interface DatabaseSpace {
  bytes: number;
  freeBytes: number;
}

/** Less than this is not worth writing the whole file anew; what is free is used again by what comes. */
const LEAST_FREE_BYTES = 1024 * 1024;
const LEAST_FREE_SHARE = 0.25;

/** @throws OrchestratorError a `database_…` code */
export function measureSpace(path: string): DatabaseSpace {
  return withDatabase(path, (database) => {
    const [pages, free, size] = ["page_count", "freelist_count", "page_size"].map((name) => pragma(database, name));
    return { bytes: (pages ?? 0) * (size ?? 0), freeBytes: (free ?? 0) * (size ?? 0) };
  });
}

/** Whether so much of the file is empty that it is worth being written anew. */
export function isWorthCompacting({ bytes, freeBytes }: DatabaseSpace): boolean {
  return freeBytes >= LEAST_FREE_BYTES && freeBytes >= bytes * LEAST_FREE_SHARE;
}

/**
 * Writes the file anew without what it does not need. Whoever writes meanwhile waits for it.
 *
 * @returns the bytes that were freed, its log included
 * @throws OrchestratorError `disk_full` without room for a second copy; the file is as it was then
 */
export function compactDatabase(path: string): number {
  const before = sizeOf(path);
  withDatabase(path, (database) => {
    database.exec("VACUUM");
    // The new file is in the log until then.
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  });
  return before - sizeOf(path);
}

function withDatabase<T>(path: string, work: (database: Database) => T): T {
  const database = openDatabase(path);
  try {
    return translateErrors(path, () => work(database));
  } finally {
    database.close();
  }
}

function pragma(database: Database, name: string): number {
  return Number((database.prepare(`PRAGMA ${name}`).get() as SqlRow)[name]);
}

function sizeOf(path: string): number {
  return ["", "-wal"].reduce(
    (sum, suffix) => sum + (statSync(`${path}${suffix}`, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
