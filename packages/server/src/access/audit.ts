import { appendFileSync, existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AccessRole } from "./roles.js";

/** One thing that somebody did, or was refused. */
export interface AuditEntry {
  time: string;
  /** The name of the token; `nobody` where none was shown. */
  who: string;
  role: AccessRole | null;
  action: string;
  /** What it was done to: ids from the address. */
  subject: string;
  status: number;
  address: string;
}

/** The file is begun anew at this size; the one before it is kept. */
const MAX_BYTES = 10 * 1024 * 1024;

export interface AuditLog {
  write(entry: AuditEntry): void;
  /** The newest entries, newest first. */
  read(limit: number): AuditEntry[];
}

/**
 * Opens the log of who did what: `<data>/audit.jsonl`, which only its owner may read.
 *
 * @param home - the data folder
 * @param onTrouble - told when an entry cannot be written; the work goes on
 */
export function openAuditLog(home: string, onTrouble: (message: string, error: unknown) => void): AuditLog {
  const path = join(home, "audit.jsonl");
  const older = `${path}.1`;
  return {
    write(entry) {
      try {
        if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, older);
        appendFileSync(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      } catch (error) {
        onTrouble("the audit log cannot be written", error);
      }
    },
    read(limit) {
      const newest = linesOf(path).slice(-limit);
      const before = newest.length < limit ? linesOf(older).slice(newest.length - limit) : [];
      return [...before, ...newest].reverse().flatMap(toEntry);
    },
  };
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}

/** A line that a full disk has cut short is left out. */
function toEntry(line: string): AuditEntry[] {
  try {
    return [JSON.parse(line) as AuditEntry];
  } catch {
    return [];
  }
}
