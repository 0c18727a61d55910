import { OrchestratorError } from "../../domain/index.js";
import { type Database, type SqlRow, translateErrors } from "./database.js";

/**
 * What SQLite finds wrong with a file, its indexes and its references; in its own words. Nothing when it is sound.
 *
 * @param path - the file, for messages
 * @throws OrchestratorError another `database_…` code than that of damage
 */
export function findDamage(database: Database, path: string): string[] {
  const rows = (sql: string) => database.prepare(sql).all() as SqlRow[];
  try {
    return translateErrors(path, () => [
      ...rows("PRAGMA integrity_check").flatMap(({ integrity_check: line }) => (line === "ok" ? [] : [String(line)])),
      ...rows("PRAGMA foreign_key_check").map((row) => `a row of ${row.table} refers to one that is not there`),
    ]);
  } catch (error) {
    // Where a page is not even the beginning of one, the check itself ends with it.
    if (OrchestratorError.is(error) && error.code === "database_corrupt") return [error.message];
    throw error;
  }
}
