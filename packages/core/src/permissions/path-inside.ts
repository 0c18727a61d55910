import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/**
 * Where a path really leads, with every symbolic link on the way resolved; what does not exist yet is kept as written
 * below the nearest folder that does.
 *
 * @param path - absolute, or relative to `from`
 * @param from - the directory that relative paths start from
 */
export function realPathOf(path: string, from: string): string {
  const absolute = resolve(from, path);
  try {
    return realpathSync(absolute);
  } catch {
    // Missing, or a link to nowhere: its folder decides. The root always exists, so this ends.
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPathOf(parent, from), basename(absolute));
  }
}

/** True when `path` is `folder` or lies below it; both must be real paths. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
