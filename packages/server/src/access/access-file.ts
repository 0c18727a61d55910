import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { OrchestratorError } from "@claude-orchestrator/core";
import { z } from "zod";
import { ACCESS_ROLES } from "./roles.js";

const role = z.enum(ACCESS_ROLES);
const token = z.object({
  tokenId: z.string(),
  name: z.string(),
  role,
  hash: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
});
/** A signed-in browser. It ends with the token that it came from. */
const session = z.object({ hash: z.string(), tokenId: z.string(), expiresAt: z.string() });
/** A one-time link. */
const code = z.object({ hash: z.string(), tokenId: z.string(), expiresAt: z.string() });
const accessSchema = z.object({
  version: z.literal(1),
  tokens: z.array(token),
  sessions: z.array(session),
  codes: z.array(code),
});

export type AccessRecords = z.infer<typeof accessSchema>;
export type TokenRecord = z.infer<typeof token>;

const NOBODY: AccessRecords = { version: 1, tokens: [], sessions: [], codes: [] };

const LOCK_TRIES = 250;
const LOCK_WAIT_MS = 20;
/** A lock is held for milliseconds: one this old was left behind. Less than one waits, or nobody would take it over. */
const LOCK_STALE_MS = 3_000;

/**
 * Reads who may come in.
 *
 * @param path - `<data>/access.json`
 * @throws OrchestratorError `invalid_config` for a file that cannot be read: then nobody may
 */
export function readAccess(path: string): AccessRecords {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NOBODY;
    throw unreadable(path, error);
  }
  try {
    return accessSchema.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Changes who may come in, also when the server and a command do so at once.
 *
 * @param path - `<data>/access.json`; only its owner may read it
 * @param change - gets a copy, changes it and may answer something
 * @throws OrchestratorError `invalid_config` when the file cannot be read or written
 */
export async function changeAccess<T>(path: string, change: (records: AccessRecords) => T): Promise<T> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const unlock = await lock(`${path}.lock`);
  try {
    const records = structuredClone(readAccess(path));
    const result = change(records);
    const draft = `${path}.${process.pid}.draft`;
    writeFileSync(draft, `${JSON.stringify(records, null, 2)}\n`, { mode: 0o600 });
    // An older draft keeps its mode.
    chmodSync(draft, 0o600);
    renameSync(draft, path);
    return result;
  } finally {
    unlock();
  }
}

async function lock(path: string): Promise<() => void> {
  for (let tries = 0; tries < LOCK_TRIES; tries += 1) {
    try {
      closeSync(openSync(path, "wx", 0o600));
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unreadable(path, error);
    }
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > LOCK_STALE_MS) rmSync(path, { force: true });
    await wait(LOCK_WAIT_MS);
  }
  throw new OrchestratorError(
    "invalid_config",
    `Another process has held ${path} for too long.`,
    "If no orchestrator runs, remove that file.",
  );
}

function unreadable(path: string, cause: unknown): OrchestratorError {
  const why = cause instanceof z.ZodError ? "it has another form than it should" : (cause as Error).message;
  return new OrchestratorError(
    "invalid_config",
    `The file of tokens ${path} cannot be used: ${why}.`,
    "Mend it, or move it aside: then new tokens must be made with: orchestrator token create",
    { cause },
  );
}
