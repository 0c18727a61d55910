import { isAbsolute, posix } from "node:path";

/**
 * Tidies a path that a setting names below the top of a repository: the one rule for what such a path may be.
 *
 * @param path - as it is written in the configuration
 * @returns the same place without `./`, doubled or trailing slashes; `null` for a path that is empty or absolute, climbs
 *   out, or is the top itself or in `.git`
 * @example
 * tidyCheckoutPath("./packages//web/"); // "packages/web"
 */
export function tidyCheckoutPath(path: string): string | null {
  const tidy = posix.normalize(path).replace(/\/+$/, "");
  const [first] = tidy.split("/");
  const isRefused = path.includes("\0") || isAbsolute(path) || tidy === "." || first === "..";
  return isRefused || first?.toLowerCase() === ".git" ? null : tidy;
}
