/** What a patch says of one file. */
export interface FilePatch {
  path: string;
  /** Its lines before the first hunk, then the hunks. */
  text: string;
  /** So many characters were cut off at the end. */
  leftOut: number;
  linesAdded: number;
  linesRemoved: number;
}

const MAX_FILES = 300;
const MAX_FILE_CHARACTERS = 60_000;
const FILE_START = "diff --git ";

/**
 * Takes a patch in git's form apart, as much of it as there is room for.
 *
 * @param patch - of any length
 * @param room - the most characters that are taken
 * @returns the files in order, and how many more there are
 */
export function readPatch(patch: string, room: number): { files: FilePatch[]; filesLeftOut: number } {
  const files: FilePatch[] = [];
  let left = room;
  let filesLeftOut = 0;
  // A line of content begins with a sign of its own, so that none can be taken for a beginning.
  let start = patch.startsWith(FILE_START) ? 0 : patch.indexOf(`\n${FILE_START}`) + 1;
  if (start === 0 && !patch.startsWith(FILE_START)) return { files, filesLeftOut };
  while (start < patch.length) {
    const next = patch.indexOf(`\n${FILE_START}`, start);
    const end = next === -1 ? patch.length : next + 1;
    if (files.length >= MAX_FILES || left <= 0) filesLeftOut += 1;
    else {
      const file = readFile(patch, start, end, Math.min(left, MAX_FILE_CHARACTERS));
      left -= file.text.length;
      files.push(file);
    }
    start = end;
  }
  return { files, filesLeftOut };
}

function readFile(patch: string, start: number, end: number, limit: number): FilePatch {
  const cut = Math.min(end, start + limit);
  const lineEnd = cut === end ? end : patch.lastIndexOf("\n", cut) + 1;
  const text = patch.slice(start, lineEnd > start ? lineEnd : cut);
  const lines = text.split("\n");
  const hunks = lines.findIndex((line) => line.startsWith("@@"));
  const body = hunks === -1 ? [] : lines.slice(hunks);
  return {
    path: findPath(hunks === -1 ? lines : lines.slice(0, hunks)),
    text,
    leftOut: end - start - text.length,
    linesAdded: body.filter((line) => line.startsWith("+")).length,
    linesRemoved: body.filter((line) => line.startsWith("-")).length,
  };
}

/** The name that a file has afterwards; the one it had where it is gone. */
function findPath(head: readonly string[]): string {
  const after = (word: string) =>
    head
      .find((line) => line.startsWith(word))
      ?.slice(word.length)
      .replace(/\t$/, "");
  const inside = (path: string | undefined) =>
    path?.startsWith("/dev/null") ? undefined : path?.replace(/^("?)[ab]\//, "$1");
  const named = inside(after("+++ ")) ?? inside(after("--- ")) ?? after("rename to ");
  if (named !== undefined) return named;
  // Both sides have the same name where only its mode or its bytes have changed.
  const both = head[0]?.slice(FILE_START.length) ?? "";
  const half = both.slice(0, Math.floor((both.length - 1) / 2));
  return both === `${half} ${half.replace(/^("?)a\//, "$1b/")}` ? (inside(half) ?? both) : both;
}

/** Lines that are shown alike, in order. */
export interface Stretch {
  kind: "added" | "removed" | "hunk" | "head" | "same";
  text: string;
}

/** The lines of a file's patch, those of the same kind together. */
export function toStretches(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let isHead = true;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("@@")) isHead = false;
    const kind = isHead ? "head" : kindOf(line);
    const last = stretches.at(-1);
    if (last?.kind === kind) last.text += `\n${line}`;
    else stretches.push({ kind, text: line });
  }
  return stretches;
}

function kindOf(line: string): Stretch["kind"] {
  if (line.startsWith("+")) return "added";
  if (line.startsWith("-")) return "removed";
  return line.startsWith("@@") ? "hunk" : "same";
}
