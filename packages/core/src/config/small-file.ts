import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** No file of settings or prompts is larger. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a file that a repository brings, without trusting it to be one: a pipe of that name would never answer, and a
 * device never end.
 *
 * @param path - the file
 * @returns its text, or `null` where there is none
 * @throws Error that says in words why it cannot be read
 */
export function readSmallFile(path: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new Error(`cannot be read (${code})`, { cause: error });
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new Error("cannot be read (it is not a regular file)");
    if (status.size > MAX_BYTES) throw new Error(`cannot be read (it is larger than ${MAX_BYTES / 1024} KiB)`);
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}
