import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { readSmallFile } from "../config/index.js";

/** A folder of a project as we look at it: nothing in it is trusted to be what its name says. */
export interface ProjectFolder {
  readonly path: string;
  /** A file's text; `null` where there is none, or, with a warning, where it cannot be read. */
  read(name: string): string | null;
  /** The names in a folder below; none where there is no such folder. */
  list(name: string): string[];
  isProgram(name: string): boolean;
}

/**
 * Opens a folder.
 *
 * @param path - the folder; one that is missing is empty
 * @param warn - told of files that cannot be read
 */
export function openProjectFolder(path: string, warn: (message: string) => void): ProjectFolder {
  return {
    path,
    read(name) {
      try {
        // Editors of some systems begin a file with this mark.
        return readSmallFile(join(path, name))?.replace(/^\uFEFF/, "") ?? null;
      } catch (error) {
        warn(`${name} ${(error as Error).message}: it is left out of account.`);
        return null;
      }
    },
    list(name) {
      try {
        return readdirSync(join(path, name)).sort();
      } catch {
        // Most projects have no such folder; one that cannot be read holds no tests that we could run.
        return [];
      }
    },
    isProgram: (name) => isProgram(join(path, name)),
  };
}

/**
 * Whether the shell would find a program.
 *
 * @param tool - its name
 * @param searchPath - the value of PATH
 */
export function isOnPath(tool: string, searchPath: string | undefined): boolean {
  return (searchPath ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .some((folder) => isProgram(join(folder, tool)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Missing, or nothing that we may run.
    return false;
  }
}
