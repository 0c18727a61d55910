import type { Database, SqlRow, SqlValue, Statement } from "./database.js";

const PAGE = 200;
/** So many rows behind the last readable one are looked for where it is not known how many there were. */
const BLIND_PROBES = 20_000;

/** The rows of a table that can be read, whatever part of it is damaged. */
export interface ReadableRows {
  rows(): Generator<SqlRow>;
  /** The row that was just given turned out to be damaged. */
  skip(): void;
  /** Once all were given: whether nothing was missed. */
  isWhole(): boolean;
}

/**
 * Reads a table from its beginning and from its end up to what cannot be read, and what is between row by row.
 *
 * @param options.lastRow - the greatest number that a row has had, or `null` where that is not known
 */
export function readReadableRows(options: {
  database: Database;
  table: string;
  columns: readonly string[];
  lastRow: number | null;
}): ReadableRows {
  const { database, table, columns, lastRow } = options;
  const select = `SELECT rowid AS row_number_, ${columns.join(", ")} FROM ${table}`;
  let isWhole = true;

  const statements = new Map<string, Statement>();
  /** @returns null where the page cannot be read */
  function read(rest: string, ...parameters: SqlValue[]): SqlRow[] | null {
    try {
      const statement = statements.get(rest) ?? database.prepare(`${select} ${rest}`);
      statements.set(rest, statement);
      return statement.all(...parameters) as SqlRow[];
    } catch {
      return null;
    }
  }

  /** From one end on; `progress` says how far it came, and whether to the other end. */
  function* readFrom(order: "ASC" | "DESC", beyond: number, progress: { at: number; isDone: boolean }) {
    const range = order === "ASC" ? "rowid > ?" : "rowid < ? AND rowid > ?";
    for (let limit = PAGE; ; ) {
      const bounds = order === "ASC" ? [progress.at] : [progress.at, beyond];
      const rows = read(`WHERE ${range} ORDER BY rowid ${order} LIMIT ?`, ...bounds, limit);
      if (rows === null && limit === 1) return;
      if (rows === null) {
        limit = 1;
        continue;
      }
      for (const row of rows) {
        progress.at = Number(row.row_number_);
        yield row;
      }
      if (rows.length < limit) {
        progress.isDone = true;
        return;
      }
    }
  }

  return {
    *rows() {
      const forwards = { at: 0, isDone: false };
      yield* readFrom("ASC", 0, forwards);
      if (forwards.isDone) return;
      isWhole = false;
      const backwards = { at: Number.MAX_SAFE_INTEGER, isDone: false };
      yield* readFrom("DESC", forwards.at, backwards);
      if (backwards.isDone) return;
      const isBlind = backwards.at === Number.MAX_SAFE_INTEGER;
      const end = isBlind ? (lastRow ?? forwards.at + BLIND_PROBES) + 1 : backwards.at;
      for (let number = forwards.at + 1; number < end; number += 1) yield* read("WHERE rowid = ?", number) ?? [];
    },
    skip() {
      isWhole = false;
    },
    isWhole: () => isWhole,
  };
}
