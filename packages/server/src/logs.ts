import { closeSync, createReadStream, fstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { createInterface } from "node:readline";
import { OrchestratorError } from "@claude-orchestrator/core";

/** A part of a log. */
export interface LogPart {
  text: string;
  totalBytes: number;
}

/**
 * Reads a part of a file below `<data>/logs`. Its path comes from a database that may have been brought along: it must
 * not lead elsewhere.
 *
 * @param home - the data folder
 * @param path - the file
 * @param range - in bytes
 * @throws OrchestratorError `not_found` for what is not there, or elsewhere
 */
export function readLog(home: string, path: string, { offset, limit }: { offset: number; limit: number }): LogPart {
  const file = openSync(requireLog(home, path), "r");
  try {
    const totalBytes = fstatSync(file).size;
    const start = Math.min(offset, totalBytes);
    const buffer = Buffer.alloc(Math.max(0, Math.min(limit, totalBytes - start)));
    const read = readSync(file, buffer, 0, buffer.length, start);
    return { text: buffer.subarray(0, read).toString("utf8"), totalBytes };
  } finally {
    closeSync(file);
  }
}

/**
 * Finds the line of a log of JSON lines that a test accepts.
 *
 * @param isWanted - told the line as it is, so that others need not be parsed
 * @returns the last such line, or `null`
 */
export async function findLine(
  home: string,
  path: string,
  isWanted: (line: string) => boolean,
): Promise<string | null> {
  let found: string | null = null;
  for await (const line of createInterface({ input: createReadStream(requireLog(home, path)) }))
    if (isWanted(line)) found = line;
  return found;
}

/** Codes of errors for a path that leads to nothing. */
const NOT_THERE = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];

function requireLog(home: string, path: string): string {
  try {
    const logs = realpathSync(join(home, "logs"));
    const place = realpathSync(path);
    // A pipe in the place of a file would be waited for, and a folder cannot be read.
    if (place.startsWith(`${logs}${sep}`) && statSync(place).isFile()) return place;
  } catch (error) {
    if (!NOT_THERE.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  throw new OrchestratorError(
    "not_found",
    "There is no such log.",
    "It may have been cleaned away, or monitoring was off.",
  );
}
