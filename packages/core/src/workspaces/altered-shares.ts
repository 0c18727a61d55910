import { lstat, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { isCache } from "./dependency-rules.js";
import { isAboutOneFile } from "./file-errors.js";
import { checkRelativePath } from "./relative-path.js";
import { workThrough } from "./work-through.js";

const MAX_NAMED = 20;

/**
 * Finds files of the user's that were written while a workspace shared them by hard links: a program that rewrites such
 * a file in place, instead of replacing it, changes the user's as well. An install of the user's own in that time may
 * be among them, so this is a reason to warn and no proof.
 *
 * @param options.from - the user's checkout
 * @param options.folders - the shared folders, as paths from the root of the checkout
 * @param options.sinceMs - the moment they were shared, in milliseconds since 1970
 * @returns paths from the root of the checkout, at most 20
 */
export async function findAlteredShares(options: {
  from: string;
  folders: readonly string[];
  sinceMs: number;
}): Promise<string[]> {
  const altered: string[] = [];
  const folders = options.folders.map((folder) => join(options.from, checkRelativePath(folder)));
  await workThrough(
    folders.map((path) => ({ path, isFolder: true })),
    async ({ path, isFolder }, add) => {
      if (altered.length >= MAX_NAMED) return;
      try {
        if (!isFolder) {
          const stats = await lstat(path);
          const isShared = stats.isFile() && stats.nlink > 1;
          if (isShared && stats.mtimeMs > options.sinceMs) altered.push(relative(options.from, path));
          return;
        }
        for (const entry of await readdir(path, { withFileTypes: true })) {
          const inner = join(path, entry.name);
          if (entry.isFile()) add({ path: inner, isFolder: false });
          else if (entry.isDirectory() && !isCache(inner)) add({ path: inner, isFolder: true });
        }
      } catch (error) {
        // Gone or not readable: whatever happened to it, it is no share any more.
        if (!isAboutOneFile(error)) throw error;
      }
    },
  );
  return altered.sort().slice(0, MAX_NAMED);
}
