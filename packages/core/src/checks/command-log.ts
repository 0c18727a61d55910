import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import { OrchestratorError } from "../domain/index.js";

/** A line is cleaned as a whole, so that no secret is cut in two; one longer than this is not waited for. */
const LONGEST_LINE_CHARACTERS = 64 * 1024;
/** No secret is longer. So much of a line that is cut stays together with what follows it. */
const LONGEST_SECRET_CHARACTERS = 1024;
/** Of the limit, what our own lines about the log may take. */
const NOTICE_BYTES = 256;
const NEWLINE = 10;

/** The log of one command while it is written. */
export interface CommandLog {
  /** What was printed so far, in bytes. */
  readonly outputBytes: number;
  /**
   * Takes the next piece of output.
   *
   * @throws OrchestratorError `disk_full` or `check_failed` when the file cannot be written
   */
  add(chunk: Buffer | string): void;
  /**
   * Writes the rest.
   *
   * @param notice - a last line of our own, or `null`
   * @returns the whole text, and the SHA-256 of the file
   * @throws OrchestratorError `disk_full` or `check_failed` when the file cannot be written
   */
  finish(notice: string | null): { text: string; hash: string };
  /** Closes the file. */
  close(): void;
}

/**
 * Opens the log of a command. However much is printed, the file holds the first and the last half of its limit, without
 * colours and secrets.
 *
 * @param options.path - the file
 * @param options.maxBytes - its limit
 * @param options.redact - takes secrets out of a text of whole lines
 * @throws OrchestratorError `disk_full` or `check_failed` when the file cannot be made
 */
export function openCommandLog(options: {
  path: string;
  maxBytes: number;
  redact: (text: string) => string;
}): CommandLog {
  const { path } = options;
  const clean = (text: string) => options.redact(stripVTControlCharacters(text));
  const halfBytes = Math.max(0, Math.floor((options.maxBytes - NOTICE_BYTES) / 2));
  const descriptor = attempt(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "w", 0o600);
  });
  const decoder = new StringDecoder("utf8");
  const hash = createHash("sha256");
  const tail = createTail(halfBytes + LONGEST_LINE_CHARACTERS);
  let written = "";
  let headBytes = 0;
  let isHeadFull = false;
  let pending = "";
  let outputBytes = 0;

  const write = (text: string) => {
    attempt(path, () => writeFileSync(descriptor, text));
    hash.update(text);
    written += text;
  };
  const addToHead = (cleaned: string) => {
    const bytes = Buffer.from(cleaned);
    const room = halfBytes - headBytes;
    const cut = bytes.length <= room ? bytes.length : cutAt(bytes, room);
    headBytes += cut;
    write(bytes.toString("utf8", 0, cut));
    if (cut === bytes.length) return;
    isHeadFull = true;
    tail.add(bytes.toString("utf8", cut));
  };
  const takeLines = () => {
    const lines = pending.lastIndexOf("\n") + 1;
    const end = pending.length - lines < LONGEST_LINE_CHARACTERS ? lines : findSafeCut(pending, clean);
    if (end > 0) addToHead(clean(pending.slice(0, end)));
    pending = pending.slice(end);
  };

  return {
    get outputBytes() {
      return outputBytes;
    },
    add(chunk) {
      outputBytes += Buffer.byteLength(chunk);
      const text = typeof chunk === "string" ? chunk : decoder.write(chunk);
      if (isHeadFull) return tail.add(text);
      pending += text;
      takeLines();
      if (!isHeadFull) return;
      tail.add(pending);
      pending = "";
    },
    finish(notice) {
      const last = pending + decoder.end();
      if (isHeadFull) tail.add(last);
      else addToHead(clean(last));
      const rest = Buffer.from(clean(tail.text));
      // Cleaned before it is cut: half a secret would not be known as one.
      const start = rest.length <= halfBytes ? 0 : startAt(rest, rest.length - halfBytes);
      const leftOutBytes = tail.droppedBytes + start;
      if (leftOutBytes > 0) write(`${lineBreak(written)}[... ${leftOutBytes} bytes were left out ...]\n`);
      write(rest.toString("utf8", start));
      if (notice !== null) write(`${lineBreak(written)}[${notice}]\n`);
      return { text: written, hash: hash.digest("hex") };
    },
    close: () => closeSync(descriptor),
  };
}

/** Keeps the end of a text in pieces, whose sum stays little above the limit. */
function createTail(limitBytes: number) {
  const pieces: { text: string; bytes: number }[] = [];
  let totalBytes = 0;
  let droppedBytes = 0;
  return {
    add(text: string): void {
      const bytes = Buffer.byteLength(text);
      const last = pieces.at(-1);
      if (last && last.bytes + bytes <= LONGEST_LINE_CHARACTERS) {
        last.text += text;
        last.bytes += bytes;
      } else pieces.push({ text, bytes });
      totalBytes += bytes;
      for (let first = pieces[0]; first && totalBytes - first.bytes >= limitBytes; first = pieces[0]) {
        pieces.shift();
        totalBytes -= first.bytes;
        droppedBytes += first.bytes;
      }
    },
    get text() {
      return pieces.map((piece) => piece.text).join("");
    },
    get droppedBytes() {
      return droppedBytes;
    },
  };
}

/** Where a line that is too long may be cut without cutting a secret: there, both parts are cleaned like the whole. */
function findSafeCut(text: string, clean: (text: string) => string): number {
  const cleaned = clean(text);
  for (let tries = 1; tries <= 8; tries += 1) {
    const cut = text.length - tries * LONGEST_SECRET_CHARACTERS;
    if (clean(text.slice(0, cut)) + clean(text.slice(cut)) === cleaned) return cut;
  }
  return text.length;
}

/** The end of the last whole line within so many bytes, or of the last whole character. */
function cutAt(bytes: Buffer, room: number): number {
  if (room <= 0) return 0;
  const lines = bytes.lastIndexOf(NEWLINE, room - 1) + 1;
  return lines > 0 ? lines : characterAt(bytes, room);
}

/** The beginning of the first whole line from there on, or of the first whole character. */
function startAt(bytes: Buffer, from: number): number {
  const line = bytes.indexOf(NEWLINE, from - 1) + 1;
  if (line > 0 && line < bytes.length) return line;
  let start = from;
  while (start < bytes.length && isInsideCharacter(bytes, start)) start += 1;
  return start;
}

function characterAt(bytes: Buffer, position: number): number {
  let start = position;
  while (start > 0 && isInsideCharacter(bytes, start)) start -= 1;
  return start;
}

function isInsideCharacter(bytes: Buffer, position: number): boolean {
  return ((bytes[position] ?? 0) & 0xc0) === 0x80;
}

function lineBreak(text: string): string {
  return text === "" || text.endsWith("\n") ? "" : "\n";
}

function attempt<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const message = `The log ${path} cannot be written (${reason}).`;
    if (reason === "ENOSPC")
      throw new OrchestratorError("disk_full", message, "Make room on the disk, then run the task again.", {
        cause: error,
      });
    throw new OrchestratorError("check_failed", message, "Make its folder writable, then run the task again.", {
      cause: error,
    });
  }
}
