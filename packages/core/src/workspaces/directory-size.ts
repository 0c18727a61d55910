import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** What a directory may hold to be snapshot without git's own ignore rules. */
const MAX_FILES = 20_000;
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Looks whether a directory is small enough to be copied. A home folder or the root of a disk is not, and nobody wants
 * to wait until git has found out.
 *
 * @param directory - the directory
 * @param ignored - names of folders and files that do not count
 * @returns why it is too large, or `null`
 */
export async function findExcess(directory: string, ignored: ReadonlySet<string>): Promise<string | null> {
  let files = 0;
  let bytes = 0;
  const folders = [directory];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await list(folder)) {
      if (ignored.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) {
        files += 1;
        bytes += await sizeOf(path);
      }
      if (files > MAX_FILES) return `more than ${MAX_FILES} files`;
      if (bytes > MAX_BYTES) return `more than ${MAX_BYTES / 1024 / 1024} MB`;
    }
  }
  return null;
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    // Gone, or not ours to read: git will leave it out as well.
    return [];
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    // Gone in the meantime.
    return 0;
  }
}
