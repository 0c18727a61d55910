import { isAbsolute, posix, relative, sep } from "node:path";
import { OrchestratorError } from "../domain/index.js";

/**
 * Tidies a path that a setting names and refuses one that does not lie inside the checkout.
 *
 * @param path - as it is written in the configuration
 * @returns the same place without `./`, doubled or trailing slashes
 * @throws OrchestratorError `invalid_config` for a path that is absolute, climbs out, or is the checkout or `.git`
 */
export function checkRelativePath(path: string): string {
  const tidy = posix.normalize(path).replace(/\/+$/, "");
  const parts = tidy.split("/");
  const isRefused = path.includes("\0") || isAbsolute(path) || tidy === "." || parts[0] === "..";
  if (!isRefused && parts[0]?.toLowerCase() !== ".git") return tidy;
  throw new OrchestratorError(
    "invalid_config",
    `"${path}" is no place inside the checkout that can be brought into a workspace.`,
    'Name a file or folder below the top of the repository, such as ".env" or "packages/web/node_modules".',
  );
}

/** True when `path` is `folder` or lies below it; both must be absolute. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
