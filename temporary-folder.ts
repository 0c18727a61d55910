import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";

/** Where most Linux systems keep files in memory. */
const MEMORY = "/dev/shm";
/** Much more than all tests need together. */
const LEAST_FREE_BYTES = 6 * 1024 ** 3;

/**
 * Tests make thousands of small repositories and databases, and wait for none of them to be on a disk: where there is
 * room enough, their temporary files are kept in memory. Whatever is about disks brings its own.
 */
export function setup(): (() => void) | undefined {
  const folder = findRoom();
  if (folder === null) return undefined;
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function findRoom(): string | null {
  if (process.env.TMPDIR !== undefined) return null;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < LEAST_FREE_BYTES || freemem() < LEAST_FREE_BYTES) return null;
    const folder = mkdtempSync(join(MEMORY, "orchestrator-tests-"));
    // Some systems run no programs from there, and tests write some.
    const program = join(folder, "program");
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o700 });
    execFileSync(program);
    return folder;
  } catch {
    // There is no such place, or not for this: then it is the usual one.
    return null;
  }
}
