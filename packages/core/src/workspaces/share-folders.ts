import { lstat, readdir, realpath, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isCache } from "./dependency-rules.js";
import { isAboutOneFile } from "./file-errors.js";
import { probeMethod, type ShareMethod } from "./file-transfer.js";
import { git } from "./git.js";
import { makeFolders } from "./make-folders.js";
import { checkRelativePath, isInside } from "./relative-path.js";
import { createRelocation, type Relocation } from "./relocation.js";
import { shareTree } from "./share-tree.js";
import { workThrough } from "./work-through.js";

const DEPENDENCY_FOLDERS = ["node_modules", ".venv", "venv"];
const MAX_DEPTH = 6;
const MAX_FOLDERS = 50;
/** More is not copied byte by byte: it would take minutes and fill the disk with every task. */
const MAX_COPY_BYTES = 1024 ** 3;

/**
 * Finds the dependency folders of a checkout that a fresh one lacks, because git ignores them. git itself looks, so it
 * enters no ignored folder, no symbolic link and no other repository.
 *
 * @param root - the user's checkout, or a folder in it
 * @param names - names of folders, found at any depth, or paths from the root with a slash in them
 * @returns paths from the root, the shallowest first, at most 50
 * @throws OrchestratorError `invalid_config` for a name that is absolute or climbs out
 */
export async function findSharedFolders(
  root: string,
  names: readonly string[] = DEPENDENCY_FOLDERS,
): Promise<string[]> {
  const wanted = new Set(names.map(checkRelativePath));
  const listing = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"];
  const listed = (await git(listing, { cwd: root })).split("\0");
  // Folders end with a slash, links to folders do not.
  const ignored = listed.filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1));
  const named = ignored.filter((path) => wanted.has(basename(path)) && path.split("/").length <= MAX_DEPTH);
  const realRoot = await realpath(root);
  const found = new Set(named);
  for (const path of wanted) {
    const isIgnored = ignored.some((folder) => isInside(join(realRoot, path), join(realRoot, folder)));
    if (path.includes("/") && isIgnored && (await isRealFolder(join(realRoot, path)))) found.add(path);
  }
  return [...found]
    .filter((path) => !parentsOf(path).some((parent) => found.has(parent) || wanted.has(basename(parent))))
    .sort((one, other) => parentsOf(one).length - parentsOf(other).length || (one < other ? -1 : 1))
    .slice(0, MAX_FOLDERS);
}

/** The folders above a relative path, the nearest first. */
function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [parent, ...parentsOf(parent)];
}

async function isRealFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory() && (await realpath(path)) === path;
  } catch (error) {
    // A setting may name a folder that is not there yet.
    if (isAboutOneFile(error)) return false;
    throw error;
  }
}

/** What one call of {@link shareFolders} is about. */
export interface ShareOptions {
  /** The user's checkout. Nothing in it is changed. */
  from: string;
  /** The workspace: another checkout of the same repository. */
  to: string;
  /** Paths from the root of the checkout. */
  folders: readonly string[];
  onWarning(message: string): void;
}

/**
 * Brings dependency folders into a workspace, file by file and never as a link to the folder: an install there must not
 * alter the user's, and a link to a package of the repository must lead to the workspace's own code.
 *
 * @param options - from where to where, which folders, and who hears of what was left out
 * @returns the folders that are there now, and the weakest method that was needed
 * @throws OrchestratorError `invalid_config` for a folder that is absolute or climbs out; Error when the disk is full
 */
export async function shareFolders(options: ShareOptions): Promise<{ shared: string[]; method: ShareMethod }> {
  const { onWarning } = options;
  const folders = options.folders.map(checkRelativePath);
  const [from, to] = await Promise.all([realpath(options.from), realpath(options.to)]);
  const relocation = createRelocation([...new Set([from, resolve(options.from)])], to);
  const shared: string[] = [];
  const methods = new Set<ShareMethod>();
  for (const folder of folders) {
    if (!(await isRealFolder(join(from, folder)))) {
      onWarning(`${folder} is not shared with the workspace: it is missing, or no folder of the checkout itself.`);
    } else if (!(await makeFolders(to, folder))) {
      onWarning(`${folder} is not shared with the workspace: something else has its place there.`);
    } else {
      const method = await shareFolder(join(from, folder), join(to, folder), relocation, onWarning);
      if (method === null) continue;
      shared.push(folder);
      methods.add(method);
    }
  }
  const order = ["copy", "hard_link", "reflink"] as const;
  return { shared, method: order.find((method) => methods.has(method)) ?? "copy" };
}

/** Returns the method, or `null` when the folder is too large to be copied. */
async function shareFolder(
  source: string,
  destination: string,
  relocation: Relocation,
  onWarning: (message: string) => void,
): Promise<ShareMethod | null> {
  const example = await findFile(source);
  const method = example === null ? "copy" : await probeMethod(example, destination);
  if (method === "copy" && (await isLargerThan(source, MAX_COPY_BYTES))) {
    await removeIfEmpty(destination);
    onWarning(
      `${source} is not shared with the workspace: its files cannot be linked there, and a copy would take more than ` +
        "1 GiB. Name a set-up command such as npm ci under setup: in .orchestrator/config.yaml.",
    );
    return null;
  }
  const leftOut: string[] = [];
  const onLeftOut = (path: string, error: Error) => leftOut.push(`${path} (${error.message})`);
  await shareTree({ source, destination, method, relocation, onLeftOut });
  if (leftOut.length > 0) {
    onWarning(`${leftOut.length} of the files in ${source} could not be shared, the first of them ${leftOut[0]}.`);
  }
  return method;
}

/** Any regular file in a folder or below it. */
async function findFile(folder: string): Promise<string | null> {
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of await list(next)) {
      if (entry.isFile()) return join(next, entry.name);
      if (entry.isDirectory()) folders.push(join(next, entry.name));
    }
  }
  return null;
}

async function isLargerThan(folder: string, bytes: number): Promise<boolean> {
  let sum = 0;
  await workThrough([folder], async (path, add) => {
    if (sum > bytes) return;
    for (const entry of await list(path)) {
      const inner = join(path, entry.name);
      if (entry.isDirectory() && !isCache(inner)) add(inner);
      else if (entry.isFile()) sum += await sizeOf(inner);
    }
  });
  return sum > bytes;
}

async function list(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // Gone or not readable: the copy leaves it out as well, and says so.
    if (isAboutOneFile(error)) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    // As above.
    if (isAboutOneFile(error)) return 0;
    throw error;
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch {
    // Something of the checkout lies in it, so it stays.
  }
}
