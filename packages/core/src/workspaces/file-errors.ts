/** What goes wrong with one file and says nothing about the next: it vanished, is not ours, or cannot be reached. */
const CODES_OF_ONE_FILE = new Set(["ENOENT", "EACCES", "EPERM", "ENOTDIR", "EISDIR", "ELOOP", "ENAMETOOLONG"]);

/** The code of a system error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** True for an error that concerns one file only. A full disk is none of these. */
export function isAboutOneFile(error: unknown): boolean {
  return CODES_OF_ONE_FILE.has(codeOf(error) ?? "");
}
