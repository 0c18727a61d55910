import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { OrchestratorError } from "@claude-orchestrator/core";
import { type AccessRecords, changeAccess, readAccess, type TokenRecord } from "./access-file.js";
import type { AccessRole } from "./roles.js";
import { findByHash, hashOf, newSecret } from "./secrets.js";

/** Somebody who was let in. */
export interface Identity {
  tokenId: string;
  name: string;
  role: AccessRole;
}

/** How somebody shows who they are. */
export type Credentials = { bearer: string } | { session: string };

const CODE_MS = 10 * 60_000;
const SESSION_MS = 30 * 24 * 60 * 60_000;
/** When a token was last used is written at most so often. */
const USED_EVERY_MS = 60_000;
const MAX_SESSIONS = 200;

/** Who may come in, kept in one file that the server and the command `token` share. */
export interface Access {
  /** Makes a token. Its text is told this once; only its hash is kept. */
  createToken(name: string, role: AccessRole): Promise<{ tokenId: string; token: string }>;
  listTokens(): Omit<TokenRecord, "hash">[];
  /** Ends a token with every session that came from it. @throws OrchestratorError `not_found` */
  revokeToken(tokenId: string): Promise<void>;
  /** Makes a code for a one-time link, good for ten minutes. @throws OrchestratorError `not_found` for an unknown token */
  createCode(tokenId: string): Promise<string>;
  /** Signs a browser in. @returns its session and who it is, or `null` for what is not known, used or too old */
  signIn(
    given: { code: string } | { token: string },
  ): Promise<{ session: string; maxAgeMs: number; who: Identity } | null>;
  signOut(session: string): Promise<void>;
  /** @returns who it is, or `null` */
  identify(credentials: Credentials): Identity | null;
  /** Whether somebody who was let in still would be: not after a sign-out, and not without the token. */
  isValid(credentials: Credentials): boolean;
}

/**
 * Opens the file of tokens and sessions of a data folder. It is read again when it has changed, so that a token that is
 * revoked by a command is refused by the server at once.
 *
 * @param home - the data folder
 * @param now - the clock, milliseconds since 1970
 */
export function openAccess(home: string, now: () => number = Date.now): Access {
  const path = join(home, "access.json");
  let known: { mark: string; records: AccessRecords } | null = null;

  function read(): AccessRecords {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    const mark = found ? `${found.ino}:${found.mtimeNs}:${found.size}` : "none";
    if (known?.mark !== mark) known = { mark, records: readAccess(path) };
    return known.records;
  }
  const change = <T>(work: (records: AccessRecords) => T): Promise<T> =>
    changeAccess(path, (records) => {
      const time = new Date(now()).toISOString();
      records.sessions = records.sessions.filter(({ expiresAt }) => expiresAt > time).slice(-MAX_SESSIONS);
      records.codes = records.codes.filter(({ expiresAt }) => expiresAt > time);
      return work(records);
    });
  const timeIn = (ms: number) => new Date(now() + ms).toISOString();

  const notedMs = new Map<string, number>();

  function noteUse(token: TokenRecord): void {
    const lastMs = notedMs.get(token.tokenId) ?? Date.parse(token.lastUsedAt ?? "1970-01-01");
    if (now() - lastMs < USED_EVERY_MS) return;
    notedMs.set(token.tokenId, now());
    // Whoever comes in does not wait for it, and comes in also when the disk is full.
    change(({ tokens }) => {
      const found = tokens.find(({ tokenId }) => tokenId === token.tokenId);
      if (found) found.lastUsedAt = timeIn(0);
    }).catch(() => {});
  }

  function find(credentials: Credentials): TokenRecord | null {
    const { tokens, sessions } = read();
    if ("bearer" in credentials) return findByHash(tokens, credentials.bearer);
    const session = findByHash(sessions, credentials.session);
    if (!session || session.expiresAt <= timeIn(0)) return null;
    return tokens.find(({ tokenId }) => tokenId === session.tokenId) ?? null;
  }

  function identify(credentials: Credentials): Identity | null {
    const token = find(credentials);
    if (!token) return null;
    noteUse(token);
    return toIdentity(token);
  }

  return {
    async createToken(name, role) {
      const token = newSecret("orc_");
      const tokenId = randomUUID().slice(0, 8);
      await change(({ tokens }) =>
        tokens.push({ tokenId, name, role, hash: hashOf(token), createdAt: timeIn(0), lastUsedAt: null }),
      );
      return { tokenId, token };
    },
    listTokens: () => read().tokens.map(({ hash: _, ...token }) => token),
    revokeToken: (tokenId) =>
      change((records) => {
        requireToken(records, tokenId);
        records.tokens = records.tokens.filter((token) => token.tokenId !== tokenId);
        records.sessions = records.sessions.filter((session) => session.tokenId !== tokenId);
        records.codes = records.codes.filter((code) => code.tokenId !== tokenId);
      }),
    async createCode(tokenId) {
      const code = newSecret();
      await change((records) => {
        requireToken(records, tokenId);
        records.codes.push({ hash: hashOf(code), tokenId, expiresAt: timeIn(CODE_MS) });
      });
      return code;
    },
    async signIn(given) {
      // Looked up before anything is written: whoever guesses must not keep the disk busy.
      const isKnown = "code" in given ? findByHash(read().codes, given.code) : findByHash(read().tokens, given.token);
      if (!isKnown) return null;
      const session = newSecret();
      return change((records) => {
        let tokenId: string | undefined;
        if ("code" in given) {
          const code = findByHash(records.codes, given.code);
          records.codes = records.codes.filter((each) => each !== code);
          tokenId = code?.tokenId;
        } else tokenId = findByHash(records.tokens, given.token)?.tokenId;
        const token = records.tokens.find((each) => each.tokenId === tokenId);
        if (!token) return null;
        records.sessions.push({ hash: hashOf(session), tokenId: token.tokenId, expiresAt: timeIn(SESSION_MS) });
        return { session, maxAgeMs: SESSION_MS, who: toIdentity(token) };
      });
    },
    signOut: (session) =>
      change((records) => {
        const found = findByHash(records.sessions, session);
        records.sessions = records.sessions.filter((each) => each !== found);
      }),
    identify,
    isValid: (credentials) => find(credentials) !== null,
  };
}

function toIdentity({ tokenId, name, role }: TokenRecord): Identity {
  return { tokenId, name, role };
}

function requireToken({ tokens }: AccessRecords, tokenId: string): void {
  if (tokens.some((token) => token.tokenId === tokenId)) return;
  throw new OrchestratorError("not_found", `No token has the id "${tokenId}".`, "See: orchestrator token list");
}
