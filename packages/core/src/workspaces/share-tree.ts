import type { Dirent, Stats } from "node:fs";
import { chmod, lstat, readdir, readFile, readlink, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isCache, isToolFolder, needsOwnCopy, type Place } from "./dependency-rules.js";
import { codeOf, isAboutOneFile } from "./file-errors.js";
import { copyWithTimes, type ShareMethod, transferFile } from "./file-transfer.js";
import { makeFolder } from "./make-folders.js";
import type { Relocation } from "./relocation.js";
import { workThrough } from "./work-through.js";

/** A larger file is no script or list, and is not searched for paths. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** What the copy of one folder needs to know. */
export interface TreeShare {
  source: string;
  /** An existing folder. */
  destination: string;
  method: ShareMethod;
  relocation: Relocation;
  /** Hears of each file that was left out because it vanished or cannot be read. */
  onLeftOut(path: string, error: Error): void;
}

interface Item {
  source: string;
  destination: string;
  kind: "folder" | "file" | "link";
  place: Place;
}

/**
 * Recreates a dependency folder at another place: its folders, its files by the given method, its symbolic links.
 * Sockets, pipes and devices are left out, and so are caches.
 *
 * @param share - from where to where, and how
 * @throws Error for what concerns more than one file, such as a full disk
 */
export async function shareTree(share: TreeShare): Promise<void> {
  const top: Item = {
    source: share.source,
    destination: share.destination,
    kind: "folder",
    place: { environment: null, isToolFolder: false },
  };
  const made: { path: string; stats: Stats }[] = [];
  await workThrough([top], async (item, add) => {
    try {
      if (item.kind === "file") await shareFile(item, share);
      else if (item.kind === "link") await shareLink(item, share.relocation);
      else {
        const stats = await lstat(item.source);
        for (const inner of await enterFolder(item, share.destination)) add(inner);
        made.push({ path: item.destination, stats });
      }
    } catch (error) {
      if (!isAboutOneFile(error)) throw error;
      share.onLeftOut(item.source, error as Error);
    }
  });
  // Last, as every new file changes the time of its folder. npm compares the times of folders with that of its list.
  await workThrough(made, async ({ path, stats }) => {
    // A folder that its owner may not write could not be removed with the workspace.
    await chmod(path, (stats.mode & 0o7777) | 0o700);
    await utimes(path, stats.atime, stats.mtime);
  });
}

/** Makes the folder and tells what it holds. */
async function enterFolder(folder: Item, destination: string): Promise<Item[]> {
  const entries = await readdir(folder.source, { withFileTypes: true });
  if (!(await makeFolder(folder.destination))) throw notAFolder(folder.destination);
  const isEnvironment = entries.some((entry) => entry.name === "pyvenv.cfg");
  const environment = isEnvironment ? folder.source : folder.place.environment;
  return entries.flatMap((entry) => {
    const source = join(folder.source, entry.name);
    const kind = kindOf(entry);
    // A workspace inside a folder that it shares would otherwise go on without end.
    if (kind === null || source === destination) return [];
    if (kind === "folder" && isCache(source)) return [];
    const inToolFolder = folder.place.isToolFolder || (kind === "folder" && isToolFolder(source));
    const place = { environment, isToolFolder: inToolFolder };
    return [{ source, destination: join(folder.destination, entry.name), kind, place }];
  });
}

function kindOf(entry: Dirent): Item["kind"] | null {
  if (entry.isDirectory()) return "folder";
  if (entry.isFile()) return "file";
  return entry.isSymbolicLink() ? "link" : null;
}

function notAFolder(path: string): Error {
  return Object.assign(new Error(`${path} is no folder`), { code: "ENOTDIR" });
}

async function shareLink(item: Item, relocation: Relocation): Promise<void> {
  const target = relocation.linkTarget(await readlink(item.source), item.source);
  try {
    await symlink(target, item.destination);
  } catch (error) {
    // What is there already came with the checkout and stays.
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

async function shareFile(item: Item, { method, relocation }: TreeShare): Promise<void> {
  if (!needsOwnCopy(item.source, item.place)) return await transferFile(item.source, item.destination, method);
  const stats = await lstat(item.source);
  const bytes = stats.size <= MAX_TEXT_BYTES ? await readFile(item.source) : null;
  const text = bytes === null || bytes.includes(0) ? bytes : relocation.text(bytes);
  if (text === bytes) return await copyWithTimes(item.source, item.destination);
  await writeNew(item.destination, text as Buffer, stats.mode);
}

/** The time of a changed text is now: what Python compiled from the old one must not pass for it. */
async function writeNew(path: string, text: Buffer, mode: number): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    // What is there already came with the checkout and stays.
    if (codeOf(error) === "EEXIST") return;
    throw error;
  }
  await chmod(path, mode & 0o7777);
}
