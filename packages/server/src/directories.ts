import { existsSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { OrchestratorError } from "@claude-orchestrator/core";
import { ApiError } from "./problems.js";
import type { Directories } from "./schemas/catalogue.js";

/** So many folders are shown of one directory. */
const MAX_ENTRIES = 500;
/** No system takes a longer path; looking for one part by part would take long. */
const MAX_PATH_CHARACTERS = 4_096;

/** Where tasks may work that come in over the network: some directories and what is below them. */
export interface AllowedDirectories {
  readonly roots: readonly string[];
  /**
   * The real path of a directory, once every link is followed.
   *
   * @throws ApiError `directory_not_allowed`; OrchestratorError `invalid_input` for what is no directory
   */
  require(path: string): string;
  /** The directories in one. Throws as `require`. */
  list(path: string | undefined): Directories;
}

/**
 * Makes the list of what is allowed.
 *
 * @param given - directories that exist
 * @throws OrchestratorError `invalid_input` for one that does not
 */
export function allowDirectories(given: readonly string[]): AllowedDirectories {
  const roots = [...new Set(given.map(realDirectory))];
  const isAllowed = (path: string) =>
    roots.some((root) => path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`));

  function require(path: string): string {
    if (path.length > MAX_PATH_CHARACTERS) throw invalid("The path is longer than any can be.");
    // What is not allowed must not be told apart from what is not there.
    const place = realOrGiven(path);
    if (!isAllowed(place)) throw notAllowed(path, roots);
    return realDirectory(path);
  }

  return {
    roots,
    require,
    list(path) {
      const directory = path === undefined ? (roots[0] ?? sep) : require(path);
      const parent = dirname(directory);
      return {
        path: directory,
        parent: parent !== directory && isAllowed(parent) ? parent : null,
        roots: [...roots],
        isRepository: existsSync(join(directory, ".git")),
        entries: foldersIn(directory, isAllowed),
      };
    },
  };
}

function foldersIn(directory: string, isAllowed: (path: string) => boolean): Directories["entries"] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    throw invalid(`The directory ${directory} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  return names
    .filter((name) => !name.startsWith("."))
    .sort((left, right) => left.localeCompare(right))
    .slice(0, MAX_ENTRIES)
    .map((name) => join(directory, name))
    .filter((path) => statIfThere(path)?.isDirectory() && isAllowed(realOrGiven(path)))
    .map((path) => ({ name: basename(path), path, isRepository: existsSync(join(path, ".git")) }));
}

function realDirectory(path: string): string {
  if (path.includes("\0")) throw invalid("A path cannot have a zero character in it.");
  const absolute = resolve(path);
  const found = statIfThere(absolute);
  if (!found) throw invalid(`The directory ${absolute} does not exist.`);
  if (!found.isDirectory()) throw invalid(`${absolute} is a file, not a directory.`);
  return realpathSync(absolute);
}

function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A name that is too long, a link to itself, a folder that may not be entered: for us it is not there.
    return undefined;
  }
}

function realOrGiven(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    // It is not there: then the place where it would be says whether it would be allowed.
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realOrGiven(parent), basename(absolute));
  }
}

function notAllowed(path: string, roots: readonly string[]): ApiError {
  return new ApiError(
    "directory_not_allowed",
    `The directory ${JSON.stringify(path.slice(0, 300))} is outside of what this server may work in: ${roots.join(", ")}.`,
    "Start the server with it: orchestrator serve --directory <path>",
  );
}

function invalid(problem: string): OrchestratorError {
  return new OrchestratorError("invalid_input", problem, "Name a directory that exists and that you may read.");
}
