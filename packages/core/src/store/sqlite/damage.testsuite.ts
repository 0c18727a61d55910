import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { openDatabase } from "./database.js";

const PAGE_BYTES = 4_096;

/**
 * Overwrites the pages of a closed database on which a text stands, as a failing disk would.
 *
 * @param path - the file, which no process has open
 * @param text - stands on each of the pages
 * @returns how many there were
 */
export function ruinPages(path: string, text: string): number {
  // What is in the log only would mend the file again.
  const database = openDatabase(path);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  const bytes = readFileSync(path);
  const pages = new Set<number>();
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1))
    pages.add(Math.floor(at / PAGE_BYTES));
  const file = openSync(path, "r+");
  for (const page of pages) writeSync(file, Buffer.alloc(PAGE_BYTES, 0x5a), 0, PAGE_BYTES, page * PAGE_BYTES);
  closeSync(file);
  return pages.size;
}

/** Runs statements on a database behind the store's back. */
export function tamper(path: string, sql: string): void {
  const database = openDatabase(path);
  database.exec(sql);
  database.close();
}
