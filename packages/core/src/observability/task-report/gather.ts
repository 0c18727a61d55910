import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import type { StoredEvent } from "../../domain/index.js";
import type { Store } from "../../store/index.js";
import { isInside } from "../../workspaces/index.js";
import type { ReportEvents, ReportLog } from "./input.js";
import { describeTrouble } from "./troubles.js";

const PAGE = 1_000;
/** A task that has more is shown by its records from there on. */
const MAX_READ = 200_000;
const MAX_LIVES = 20_000;
const MAX_TROUBLES = 1_000;
/** What tells when steps waited and ran. */
const LIVES: ReadonlySet<StoredEvent["type"]> = new Set([
  "step.waiting",
  "step.started",
  "step.attempt_failed",
  "step.ended",
]);

/**
 * Looks through the events of a task, page by page, and keeps those that a report can show.
 *
 * @param store - the store
 * @param taskId - the task
 */
export async function gatherReportEvents(store: Pick<Store, "readEvents">, taskId: string): Promise<ReportEvents> {
  const events: StoredEvent[] = [];
  let lives = 0;
  let troubles = 0;
  let leftOut = 0;
  let after = 0;
  for (let read = 0; read < MAX_READ; ) {
    const page = await store.readEvents({ taskId, after, limit: PAGE });
    for (const event of page) {
      const isLife = LIVES.has(event.type);
      const isTrouble = describeTrouble(event) !== null;
      const isKept = (isLife && lives < MAX_LIVES) || (isTrouble && troubles < MAX_TROUBLES);
      if (isLife) lives += 1;
      if (isTrouble) troubles += 1;
      if (isKept) events.push(event);
      else if (isTrouble) leftOut += 1;
    }
    read += page.length;
    after = page.at(-1)?.seq ?? after;
    if (page.length < PAGE) return { events, read, leftOut, isComplete: true };
  }
  return { events, read: MAX_READ, leftOut, isComplete: false };
}

/** The log of a check has a limit of 10 MB itself; a file beyond this is not one. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;
const END_BYTES = 16 * 1024;

/**
 * Reads the end of a check's log, and holds the file against the hash that was recorded.
 *
 * @param logs - the folder of all logs. A database may have come with somebody's repository: nothing outside is read
 * @param path - as the check names it
 * @param hash - the recorded SHA-256
 */
export async function readReportLog(logs: string, path: string, hash: string): Promise<ReportLog> {
  const bytes = await readInside(logs, path).catch(() => null);
  if (bytes === null) return { text: "", leftOutBytes: 0, state: "gone" };
  const isIntact = createHash("sha256").update(bytes).digest("hex") === hash;
  const cut = Math.max(0, bytes.length - END_BYTES);
  const line = cut === 0 ? 0 : bytes.indexOf(10, cut) + 1;
  const start = line > 0 && line < bytes.length ? line : cut;
  return { text: bytes.toString("utf8", start), leftOutBytes: start, state: isIntact ? "intact" : "altered" };
}

async function readInside(folder: string, path: string): Promise<Buffer | null> {
  const [real, top] = await Promise.all([realpath(path), realpath(folder)]);
  if (!isInside(real, top)) return null;
  // A pipe would wait for somebody to write.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stat = await file.stat();
    return stat.isFile() && stat.size <= MAX_LOG_BYTES ? await file.readFile() : null;
  } finally {
    await file.close();
  }
}
