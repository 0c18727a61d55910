import { readlinkSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

/** So many links one behind the other lead nowhere: Linux itself gives up at 40. */
const MAX_LINKS = 40;

/**
 * Where a path really leads, with every symbolic link on the way resolved, also one to something that does not exist
 * yet; what does not exist is kept as written below the nearest folder that does.
 *
 * @param path - absolute, below `~`, which the CLI takes for the home folder, or relative to `from`
 * @param from - the directory that relative paths start from
 */
export function realPathOf(path: string, from: string): string {
  return follow(resolve(from, path.replace(/^~(?=\/|$)/, homedir())), MAX_LINKS);
}

function follow(absolute: string, linksLeft: number): string {
  try {
    return realpathSync(absolute);
  } catch {
    const target = linksLeft > 0 ? targetOf(absolute) : null;
    const parent = dirname(absolute);
    if (target !== null) return follow(resolve(follow(parent, linksLeft - 1), target), linksLeft - 1);
    // Missing: its folder decides. The root always exists, so this ends.
    return parent === absolute ? absolute : join(follow(parent, linksLeft), basename(absolute));
  }
}

/** What a symbolic link says, or `null` where there is none. */
function targetOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
