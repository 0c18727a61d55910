import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { PACKAGE_ROOT } from "../../config/index.js";
import { type ErrorRecord, OrchestratorError } from "../../domain/index.js";
import type { OwnerRecord } from "../claims.js";
import { connect } from "./connection.js";
import { findContradictions, scopeOfMendable } from "./consistency.js";
import { copyDatabase, syncFolder } from "./copy.js";
import { openDatabase, translateErrors } from "./database.js";
import type { PHASES } from "./mend-phases.js";
import { migrate } from "./migrations.js";
import { rebuild } from "./rebuild.js";
import { removeDatabase } from "./recover.js";

export interface MendOptions {
  /** A part of the names of copies. */
  stamp: string;
  /** Throws where an owner may be at work. */
  refuse(owners: readonly OwnerRecord[]): void;
}

/**
 * Mends what can be mended of a database without losing anything that can be read: tables that contradict the events, and
 * a file with indexes that do not fit or with unreadable pages. Before each change there is a copy beside the file.
 *
 * @param path - the file, which this process does not have open; one that is not there is left so
 * @returns what was done, in sentences
 * @throws OrchestratorError a `database_…` code or `disk_full`; the file is as it was then
 */
export async function mendDatabase(path: string, { stamp, refuse }: MendOptions): Promise<string[]> {
  if (!existsSync(path)) return [];
  const { owners, isDamaged } = await inProcess("look", path, "");
  refuse(owners);
  const done = isDamaged ? [await mendFile(path, stamp)] : [];
  const derived = deriveAgain(path, stamp);
  return derived === null ? done : [...done, derived];
}

type Phase = keyof typeof PHASES;

/** @param use - takes the result while the process still has what it has locked */
async function inProcess<P extends Phase>(
  phase: P,
  path: string,
  other: string,
  use: (result: ReturnType<(typeof PHASES)[P]>) => void = () => {},
): Promise<ReturnType<(typeof PHASES)[P]>> {
  const script = join(PACKAGE_ROOT, "dist/store/sqlite/mend-process.js");
  const child = spawn(process.execPath, [script, phase, path, other], { stdio: ["pipe", "pipe", "ignore"] });
  const exited = once(child, "close");
  try {
    let line = "";
    for await (line of createInterface(child.stdout)) break;
    if (line === "") throw new OrchestratorError("database_failed", `Mending ${path} broke off.`, "Try it again.");
    const result = JSON.parse(line) as ReturnType<(typeof PHASES)[P]> & { error?: ErrorRecord };
    if (result.error) throw toError(result.error);
    use(result);
    return result;
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
}

/** Whoever reads a file that is not sound is told to mend it; here that was tried. */
function toError({ code, message, hint }: ErrorRecord): OrchestratorError {
  const remedy = "Nothing of it can be read. Move it aside (keep it): a new one is made then.";
  return new OrchestratorError(code, message, code === "database_corrupt" ? remedy : hint);
}

async function mendFile(path: string, stamp: string): Promise<string> {
  const keptAs = `${path}.damaged-${stamp}`;
  const draft = `${path}.recovered.${process.pid}`;
  try {
    const { rows, incomplete } = await inProcess("recover", path, draft, () =>
      asDiskFull(path, () => replace(path, draft, keptAs)),
    );
    const lost =
      incomplete.length === 0
        ? "Nothing was lost."
        : `Of these tables some rows could not be read: ${incomplete.join(", ")}.`;
    return `${path} was damaged. It was made again of the ${rows} rows that could be read; as it was it is ${keptAs}. ${lost}`;
  } finally {
    removeDatabase(draft);
  }
}

/**
 * The file stays the same file and only its content changes: whoever waits for its lock goes on with what is in it then.
 * What is copied aside is on the disk first; without room for all of it nothing is changed, and no copy is left.
 */
function replace(path: string, draft: string, keptAs: string): void {
  try {
    keep(path, keptAs);
    makeRoom(draft, path);
  } catch (error) {
    removeDatabase(keptAs);
    throw error;
  }
  // The log belongs to what was there; read into the new content it would ruin it.
  for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  overwrite(draft, path);
  syncFolder(dirname(path));
}

function keep(path: string, keptAs: string): void {
  for (const suffix of ["", "-wal"]) {
    if ((statSync(`${path}${suffix}`, { throwIfNoEntry: false })?.size ?? 0) === 0) continue;
    copyFileSync(`${path}${suffix}`, `${keptAs}${suffix}`);
    sync(`${keptAs}${suffix}`);
  }
  syncFolder(dirname(path));
}

/** A message names so many. */
const MOST_NAMED = 5;
const CHUNK_BYTES = 1024 * 1024;

/** What is longer than before is written first, behind all that anybody reads. */
function makeRoom(from: string, to: string): void {
  withFiles(from, to, (source, target) => {
    const oldBytes = fstatSync(target).size;
    try {
      copyRange(source, target, oldBytes, fstatSync(source).size);
    } catch (error) {
      ftruncateSync(target, oldBytes);
      throw error;
    }
  });
}

function overwrite(from: string, to: string): void {
  withFiles(from, to, (source, target) => {
    const newBytes = fstatSync(source).size;
    copyRange(source, target, 0, newBytes);
    ftruncateSync(target, newBytes);
    fsyncSync(target);
  });
}

function withFiles(from: string, to: string, work: (source: number, target: number) => void): void {
  const [source, target] = [openSync(from, "r"), openSync(to, "r+")];
  try {
    work(source, target);
  } finally {
    for (const each of [source, target]) closeSync(each);
  }
}

function copyRange(source: number, target: number, from: number, to: number): void {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let at = from; at < to; ) {
    const read = readSync(source, chunk, 0, Math.min(chunk.length, to - at), at);
    at += writeSync(target, chunk, 0, read, at);
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function asDiskFull(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    const message = `There is no room for a copy of ${path}, so it was left as it is.`;
    throw new OrchestratorError("disk_full", message, "Make room on the disk and try again.", { cause: error });
  }
}

function deriveAgain(path: string, stamp: string): string | null {
  const database = openDatabase(path);
  const connection = connect(database, path, Date.now);
  try {
    return translateErrors(path, () => {
      migrate(database, path);
      const found = findContradictions(connection);
      if (!found.some((each) => each.isMendable)) return null;
      const target = `${path}.before-repair-${stamp}`;
      copyDatabase(database, path, target).publish();
      const scope = scopeOfMendable(found);
      const { unused } = rebuild(connection, scope);
      const whose = [...scope.tasks, ...scope.agents].slice(0, MOST_NAMED).join(", ");
      const rest = unused === 0 ? "" : ` ${unused} events follow from nothing that is there, and were left out.`;
      return `The tables were made again from the events (${whose}); a copy from before is ${target}.${rest}`;
    });
  } finally {
    connection.close();
    database.close();
  }
}
