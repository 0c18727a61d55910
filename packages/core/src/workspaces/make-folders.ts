import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./file-errors.js";

/**
 * Makes a folder and those above it, and follows no symbolic link on the way: one in a branch could lead back into the
 * user's own files.
 *
 * @param root - an existing folder
 * @param path - relative to the root; empty for the root itself
 * @returns false when something on the way is no folder
 */
export async function makeFolders(root: string, path: string): Promise<boolean> {
  let folder = root;
  for (const name of path.split("/").filter(Boolean)) {
    folder = join(folder, name);
    if (!(await makeFolder(folder))) return false;
  }
  return true;
}

/**
 * Makes one folder, or takes the one that is there.
 *
 * @param path - its parent must exist
 * @returns false when something else has that name, such as a link to a folder
 */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return (await lstat(path)).isDirectory();
  }
}
