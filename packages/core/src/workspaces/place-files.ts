import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { chmod, lstat, readdir, readlink, realpath, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { codeOf, isAboutOneFile } from "./file-errors.js";
import { copyWithTimes } from "./file-transfer.js";
import { makeFolder, makeFolders } from "./make-folders.js";
import { checkRelativePath, isInside } from "./relative-path.js";
import { createRelocation, type Relocation } from "./relocation.js";
import { workThrough } from "./work-through.js";

/** What one call of {@link placeFiles} is about. */
export interface PlaceOptions {
  /** The user's checkout. */
  from: string;
  /** The workspace. */
  to: string;
  /** Files and folders that the workspace gets copies of, as paths from the root of the checkout. */
  copy: readonly string[];
  /** Files and folders that the workspace gets symbolic links to: what it writes there, it writes to the user's own. */
  link: readonly string[];
  onWarning(message: string): void;
}

interface Placement {
  from: string;
  to: string;
  path: string;
  relocation: Relocation;
  onWarning(message: string): void;
}

/**
 * Brings files that git ignores and the project needs, such as `.env`, into a workspace. What is there already is left
 * alone.
 *
 * @param options - from where to where, which files, and who hears of those that could not be placed
 * @returns the names that are in place now; a folder may lack what a warning names
 * @throws OrchestratorError `invalid_config` for a path that is absolute or climbs out
 */
export async function placeFiles(options: PlaceOptions): Promise<{ copied: string[]; linked: string[] }> {
  const { onWarning } = options;
  const [copy, link] = [options.copy.map(checkRelativePath), options.link.map(checkRelativePath)];
  const [from, to] = await Promise.all([realpath(options.from), realpath(options.to)]);
  const relocation = createRelocation([...new Set([from, resolve(options.from)])], to);
  const placeEach = async (paths: readonly string[], place: (placement: Placement) => Promise<boolean>) => {
    const placed: string[] = [];
    for (const path of paths) {
      if (await place({ from, to, path, relocation, onWarning })) placed.push(path);
    }
    return placed;
  };
  return { copied: await placeEach(copy, placeCopy), linked: await placeEach(link, placeLink) };
}

/** Where a named file really lies, or `null` after a warning. */
async function prepare({ from, to, path, onWarning }: Placement): Promise<string | null> {
  const real = await ifThere(realpath(join(from, path)));
  if (real === null) onWarning(`${path} is not in the checkout, so the workspace does not get it.`);
  else if (!isInside(real, from)) onWarning(`${path} leads out of the checkout, so the workspace does not get it.`);
  else if (await makeFolders(to, dirname(path) === "." ? "" : dirname(path))) return real;
  else onWarning(`${path} has no place in the workspace: something above it is no folder there.`);
  return null;
}

async function placeLink(placement: Placement): Promise<boolean> {
  const { from, to, path, onWarning } = placement;
  if ((await prepare(placement)) === null) return false;
  if (await makeLink(join(from, path), join(to, path))) return true;
  onWarning(`${path} is in the workspace already and was left alone.`);
  return false;
}

async function placeCopy(placement: Placement): Promise<boolean> {
  const { from, to, path, relocation, onWarning } = placement;
  const real = await prepare(placement);
  if (real === null) return false;
  const modes: { destination: string; mode: number }[] = [];
  const warnings: string[] = [];
  let isThere = false;
  await workThrough([{ source: real, destination: join(to, path) }], async ({ source, destination }, add) => {
    const name = relative(to, destination);
    try {
      const stats = await lstat(source);
      if (stats.isDirectory() && source !== to) {
        if (!(await makeFolder(destination))) {
          warnings.push(`${name} is in the workspace already and was left alone.`);
          return;
        }
        isThere = true;
        modes.push({ destination, mode: stats.mode });
        for (const entry of await readdir(source)) {
          add({ source: join(source, entry), destination: join(destination, entry) });
        }
      } else if (stats.isSymbolicLink()) {
        const problem = await copyLink(source, destination, from, relocation);
        if (problem) warnings.push(`${name} ${problem}`);
      } else if (stats.isFile()) {
        if (await copyFileOnce(source, stats, destination)) isThere = true;
        else warnings.push(`${name} is in the workspace already and was left alone.`);
      }
    } catch (error) {
      if (!isAboutOneFile(error)) throw error;
      warnings.push(`${name} could not be copied: ${(error as Error).message}`);
    }
  });
  // Last, as a folder that may not be written could not be filled.
  for (const { destination, mode } of modes) await chmod(destination, (mode & 0o7777) | 0o700);
  const more = warnings.length > 1 ? ` The same goes for ${warnings.length - 1} more in ${path}.` : "";
  if (warnings[0] !== undefined) onWarning(warnings[0] + more);
  return isThere;
}

/** Returns what is wrong, or `null`. */
async function copyLink(
  source: string,
  destination: string,
  from: string,
  relocation: Relocation,
): Promise<string | null> {
  const target = await readlink(source);
  const absolute = resolve(dirname(source), target);
  // A link to nothing is judged by what it says.
  const real = (await ifThere(realpath(source))) ?? absolute;
  if (!isInside(real, from)) return "leads out of the checkout, so the workspace does not get it.";
  const isMade = await makeLink(relocation.linkTarget(target, source), destination);
  return isMade ? null : "is in the workspace already and was left alone.";
}

/** Returns false when something else has that name already. */
async function makeLink(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const isLink = (await lstat(path)).isSymbolicLink();
    return isLink && (await readlink(path)) === target;
  }
}

/** Returns false when another file has that name already; an identical one is as good as a copy. */
async function copyFileOnce(source: string, stats: Stats, destination: string): Promise<boolean> {
  const existing = await ifThere(lstat(destination));
  if (existing === null) {
    await copyWithTimes(source, destination);
    return true;
  }
  if (!existing.isFile() || existing.size !== stats.size) return false;
  return (await hashOf(source)) === (await hashOf(destination));
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** `null` instead of the error that a file is not there. */
async function ifThere<Found>(look: Promise<Found>): Promise<Found | null> {
  try {
    return await look;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR" || codeOf(error) === "ELOOP") return null;
    throw error;
  }
}
