import { isAbsolute, relative, sep } from "node:path";
import { tidyCheckoutPath } from "../config/index.js";
import { OrchestratorError } from "../domain/index.js";

/**
 * Tidies a path that is to be brought into a workspace. Settings were judged when they were read; a path of any other
 * origin is held to the same rule.
 *
 * @param path - from the root of the checkout
 * @returns the same place without `./`, doubled or trailing slashes
 * @throws OrchestratorError `invalid_config` for a path that is absolute, climbs out, or is the checkout or `.git`
 */
export function checkRelativePath(path: string): string {
  const tidy = tidyCheckoutPath(path);
  if (tidy !== null) return tidy;
  throw new OrchestratorError(
    "invalid_config",
    `"${path}" is no place inside the checkout that can be brought into a workspace.`,
    'Name a file or folder below the top of the repository, such as ".env" or "packages/web/node_modules".',
  );
}

/** True when `path` is `folder` or lies below it; both must be absolute, and real where links matter. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
