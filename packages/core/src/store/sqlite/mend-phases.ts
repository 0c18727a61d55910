import type { OwnerRecord } from "../claims.js";
import { findDamage } from "./damage.js";
import { type Database, openDatabase, type SqlRow } from "./database.js";
import { toOwner } from "./records.js";
import { type Saved, saveReadable } from "./recover.js";

/** What a look at a file has found. */
export interface Look {
  /** Empty also where they cannot be read; whoever replaces the file must then have it alone, which it must anyway. */
  owners: OwnerRecord[];
  isDamaged: boolean;
}

/** What can be done to a damaged file, each in a process of its own: see `mend-process.ts`. */
export const PHASES = {
  look(path: string): Look {
    const database = openDatabase(path);
    return { owners: readOwners(database), isDamaged: findDamage(database, path).length > 0 };
  },

  /** Keeps everybody else out of the file until this process ends. */
  recover(path: string, draft: string): Saved {
    return saveReadable(openDatabase(path, { alone: true }), path, draft);
  },
} as const;

function readOwners(database: Database): OwnerRecord[] {
  try {
    return (database.prepare("SELECT * FROM owners").all() as SqlRow[]).map(toOwner);
  } catch {
    return [];
  }
}
