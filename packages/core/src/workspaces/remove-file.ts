import { rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Removes a file, and the folders that are empty without it, as git itself does it.
 *
 * @param top - the folder that stays
 * @param path - of the file, from there; nothing need be there
 * @throws Error when it cannot be removed
 */
export function removeFile(top: string, path: string): void {
  rmSync(join(top, path), { force: true });
  for (let folder = dirname(path); folder !== "." && folder !== ""; folder = dirname(folder)) {
    try {
      rmdirSync(join(top, folder));
    } catch {
      // Not empty, or gone already.
      return;
    }
  }
}
