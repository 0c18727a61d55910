import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { requireFromPackage } from "../../config/index.js";
import { OrchestratorError } from "../../domain/index.js";

/** A value that SQLite can hold. */
export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

/** The part of a prepared statement that we need. */
export interface Statement {
  run(...parameters: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...parameters: SqlValue[]): unknown;
  all(...parameters: SqlValue[]): unknown[];
}

/**
 * The part of the `node:sqlite` API that we need, so that both its makers fit: the built-in one and, on a Node that
 * has none, `@photostructure/sqlite`.
 */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** How long a writer waits for another process before it gives up, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

function loadDriver(): { DatabaseSync: new (path: string) => Database } {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  // Before 22.16 the built-in module is absent or lacks what we use.
  const isBuiltIn = major > 22 || (major === 22 && minor >= 16);
  if (!isBuiltIn) return requireFromPackage("@photostructure/sqlite");
  // Node 22 announces node:sqlite as experimental; that is no news for a user of this program.
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return requireFromPackage("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * Opens a database file in the mode that all our processes share: WAL, every commit on disk, waiting for locks.
 *
 * @param path - the file; it is created where it does not exist
 * @param options.alone - only where no other process has it open, and none can open it until it is closed
 * @throws OrchestratorError a `database_…` code that says what is wrong with the file
 */
export function openDatabase(path: string, { alone = false }: { alone?: boolean } = {}): Database {
  return translateErrors(path, () => {
    const { DatabaseSync } = loadDriver();
    const database = new DatabaseSync(path);
    try {
      database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      // Before the first look at the file: with it SQLite takes the lock that every other connection shares.
      if (alone) database.exec("PRAGMA locking_mode = EXCLUSIVE");
      enterWalMode(database);
      database.exec("PRAGMA synchronous = FULL");
      // Where a flush by itself stops at the disk's own cache (macOS); nothing elsewhere.
      database.exec("PRAGMA fullfsync = ON");
      database.exec("PRAGMA foreign_keys = ON");
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

const WAL_RETRY_MS = 10;

/** Of two processes that turn one new file to WAL at once, SQLite refuses one without waiting: here it waits. */
function enterWalMode(database: Database): void {
  const untilMs = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return database.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      if (!/database is locked/.test(String(error)) || performance.now() > untilMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_RETRY_MS);
    }
  }
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
/** An extended code: the file ends before its pages do. */
const SQLITE_IOERR_SHORT_READ = 522;

/**
 * Runs a database operation and turns the driver's errors into ours.
 *
 * @param path - the database file, for the message
 * @param operation - what to do
 */
export function translateErrors<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (OrchestratorError.is(error)) throw error;
    throw toDatabaseError(path, error);
  }
}

/** What a driver's error means in our terms; an error that is none of the driver's is returned as it is. */
export function toDatabaseError(path: string, error: unknown): unknown {
  const { errcode, message } = error as { errcode?: number; message?: string };
  const text = message ?? String(error);
  const options = { cause: error };
  // The low byte is SQLite's primary result code, the rest says more about it.
  const primary = errcode === undefined ? primaryFromMessage(text) : errcode & 0xff;
  // On a full disk the log beside the database fails to grow, which SQLite calls an I/O error.
  const cause = primary === SQLITE_IOERR && isDiskFull(path) ? SQLITE_FULL : primary;
  switch (errcode === SQLITE_IOERR_SHORT_READ ? SQLITE_CORRUPT : cause) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new OrchestratorError(
        "database_locked",
        `The database ${path} stayed locked by another process for ${BUSY_TIMEOUT_MS / 1000} s.`,
        "End the process that holds it (a database browser, perhaps) and try again. Nothing was lost.",
        options,
      );
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return new OrchestratorError(
        "database_read_only",
        `The database ${path} cannot be opened for writing (${text}).`,
        "Give yourself the right to write the file and its folder, or set ORCHESTRATOR_DB_PATH to another place.",
        options,
      );
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new OrchestratorError(
        "database_corrupt",
        `The file ${path} is not a sound SQLite database (${text}).`,
        "Save what can be read: orchestrator doctor --repair. Or move it aside (keep it): a new one is made then.",
        options,
      );
    case SQLITE_FULL:
      return new OrchestratorError(
        "disk_full",
        `The database ${path} could not be written: ${text}.`,
        "Make room on the disk and try again. What was recorded before is kept.",
        options,
      );
    case null:
      return error;
    default:
      return new OrchestratorError(
        "database_failed",
        `The database ${path} refused an operation: ${text}.`,
        "Run: orchestrator doctor",
        options,
      );
  }
}

/** Less than this is no room for a page of the database and its log. */
const LEAST_FREE_BYTES = 256 * 1024;

function isDiskFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < LEAST_FREE_BYTES;
  } catch {
    // The folder itself is gone: that is another trouble.
    return false;
  }
}

function primaryFromMessage(message: string): number | null {
  if (/database is locked/.test(message)) return SQLITE_BUSY;
  if (/readonly/.test(message)) return SQLITE_READONLY;
  if (/unable to open/.test(message)) return SQLITE_CANTOPEN;
  if (/malformed/.test(message)) return SQLITE_CORRUPT;
  if (/not a database/.test(message)) return SQLITE_NOTADB;
  if (/disk is full/.test(message)) return SQLITE_FULL;
  if (/disk I\/O/.test(message)) return SQLITE_IOERR;
  return null;
}

/** Takes a transaction back after a failure. */
export function rollBack(database: Database): void {
  try {
    database.exec("ROLLBACK");
  } catch (error) {
    // SQLite has already rolled back by itself after a full disk or a failed write; the first error is the news.
    if (!/no transaction/.test(String(error))) throw error;
  }
}
