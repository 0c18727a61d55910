import { rmSync } from "node:fs";
import { OrchestratorError } from "../../domain/index.js";
import { connect } from "./connection.js";
import { findContradictions, scopeOfMendable } from "./consistency.js";
import { type Database, openDatabase, type SqlValue, translateErrors } from "./database.js";
import { migrate } from "./migrations.js";
import { readReadableRows } from "./readable-rows.js";
import { DERIVED_TABLES, rebuild } from "./rebuild.js";

/** What was saved of a damaged database. */
export interface Saved {
  /** Rows that were read, over all tables. */
  rows: number;
  /** The tables of which something could not be read. */
  incomplete: string[];
}

/**
 * Makes a sound database of whatever can be read of a damaged one.
 *
 * @param source - the damaged one
 * @param path - its file, for messages
 * @param draft - the file to be made
 * @throws OrchestratorError `database_corrupt` where nothing can be read, `disk_full`; no draft is left then
 */
export function saveReadable(source: Database, path: string, draft: string): Saved {
  removeDatabase(draft);
  try {
    return translateErrors(path, () => save(source, draft));
  } catch (error) {
    removeDatabase(draft);
    throw error;
  }
}

function save(source: Database, draft: string): Saved {
  const target = openDatabase(draft);
  try {
    migrate(target, draft);
    const tables = namesOf(target, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let rows = 0;
    const incomplete: string[] = [];
    target.exec("BEGIN IMMEDIATE");
    for (const table of tables) {
      const copied = copyTable(source, target, table);
      rows += copied.rows;
      if (!copied.isWhole) incomplete.push(table);
    }
    target.exec("COMMIT");
    deriveAgain(target, draft, incomplete);
    const damage = namesOf(target, "PRAGMA integrity_check").filter((line) => line !== "ok");
    if (rows === 0 || damage.length > 0) throw nothingToSave(damage[0] ?? "no row of it can be read");
    target.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return { rows, incomplete };
  } finally {
    target.close();
  }
}

/**
 * Tables that lost rows are made again from the events. Where events are lost too, a row that was read knows more than
 * they do and stays.
 */
function deriveAgain(target: Database, draft: string, incomplete: readonly string[]): void {
  if (!DERIVED_TABLES.some((table) => incomplete.includes(table))) return;
  const connection = connect(target, draft, Date.now);
  rebuild(connection, incomplete.includes("events") ? scopeOfMendable(findContradictions(connection)) : "all");
}

function copyTable(source: Database, target: Database, table: string): { rows: number; isWhole: boolean } {
  const columns = columnsOf(target, table).filter((column) => columnsOf(source, table).includes(column));
  // A table that came with a later version, or whose very definition is lost.
  if (columns.length === 0) return { rows: 0, isWhole: !hasTable(source, table) };
  const insert = target.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  // A number that was given once is never given again, also where its event is lost.
  const last = table === "events" ? lastNumber(source) : null;
  const reading = readReadableRows({ database: source, table, columns, lastRow: last });
  let rows = 0;
  for (const row of reading.rows()) {
    if (table === "events" && !isJson(row.data)) {
      reading.skip();
      continue;
    }
    try {
      insert.run(...columns.map((column) => row[column] as SqlValue));
      rows += 1;
    } catch {
      // A value that the column cannot have: it was damaged without being unreadable.
      reading.skip();
    }
  }
  if (last !== null) keepLastNumber(target, last);
  return { rows, isWhole: reading.isWhole() };
}

/** The row of the sequence comes with the first event, so that there is none where every event was lost. */
function keepLastNumber(target: Database, last: number): void {
  target.exec(
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'events', 0 WHERE 'events' NOT IN (SELECT name FROM sqlite_sequence)",
  );
  target.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'events'").run(last);
}

function columnsOf(database: Database, table: string): string[] {
  return namesOf(database, `SELECT name FROM pragma_table_info('${table}')`);
}

function hasTable(database: Database, table: string): boolean {
  return columnsOf(database, table).length > 0;
}

function namesOf(database: Database, sql: string): string[] {
  return (database.prepare(sql).all() as Record<string, SqlValue>[]).map((row) => String(Object.values(row)[0]));
}

function lastNumber(database: Database): number | null {
  try {
    const row = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'").get() as
      | { seq: number }
      | undefined;
    return row ? Number(row.seq) : null;
  } catch {
    // That page is damaged, too.
    return null;
  }
}

function isJson(value: unknown): boolean {
  try {
    JSON.parse(String(value));
    return true;
  } catch {
    return false;
  }
}

/** Removes a database with its log. */
export function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
}

function nothingToSave(why: string): OrchestratorError {
  return new OrchestratorError(
    "database_corrupt",
    `Nothing could be saved of the database: ${why}.`,
    "Move it aside (keep it), and put a copy in its place if there is one beside it, or begin anew.",
  );
}
