import { randomUUID } from "node:crypto";
import { constants, copyFile, link, lstat, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./file-errors.js";

/**
 * How files come into a workspace: as copies that share their blocks until one of them is written (`reflink`), as
 * second names of the same file, or as plain copies.
 */
export type ShareMethod = "reflink" | "hard_link" | "copy";

/** Another file system, a file of another user, too many names already: this one file cannot be linked. */
const CANNOT_LINK = new Set(["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Finds the best method by trying it on one file.
 *
 * @param file - any regular file of those that will be shared
 * @param folder - an existing folder where they will go
 */
export async function probeMethod(file: string, folder: string): Promise<ShareMethod> {
  const probe = join(folder, `.orchestrator-probe-${randomUUID()}`);
  const works = (attempt: Promise<void>) =>
    attempt.then(
      () => true,
      // Whatever the reason is, the next method is tried, and a plain copy tells of what is really wrong.
      () => false,
    );
  try {
    if (await works(copyFile(file, probe, constants.COPYFILE_FICLONE_FORCE))) return "reflink";
    // A file system that cannot clone may leave an empty file behind.
    await rm(probe, { force: true });
    return (await works(link(file, probe))) ? "hard_link" : "copy";
  } finally {
    await rm(probe, { force: true });
  }
}

/**
 * Brings one regular file over. One that is there already is left alone.
 *
 * @param source - the user's file
 * @param destination - its new place, in an existing folder
 * @param method - a file that cannot be linked is copied
 */
export async function transferFile(source: string, destination: string, method: ShareMethod): Promise<void> {
  if (method !== "hard_link") return await copyWithTimes(source, destination);
  try {
    await link(source, destination);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    if (!CANNOT_LINK.has(codeOf(error) ?? "")) throw error;
    await copyWithTimes(source, destination);
  }
}

/**
 * Copies one regular file with its mode and times: Python tells by the time whether what it compiled is still good, and
 * npm whether its own list of packages is.
 *
 * @param source - the user's file
 * @param destination - its new place; a file that is there already is left alone
 */
export async function copyWithTimes(source: string, destination: string): Promise<void> {
  const stats = await lstat(source);
  try {
    await copyFile(source, destination, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    throw error;
  }
  await utimes(destination, stats.atime, stats.mtime);
}
