import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../temporary-folder.testsuite.js";
import { openAccess } from "./access.js";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The file of a data folder, with a clock that stands still until it is told. */
function opened() {
  const home = temporaryFolder();
  const clock = { nowMs: Date.parse("2026-01-01T00:00:00Z") };
  const path = join(home, "access.json");
  return { home, clock, path, access: openAccess(home, () => clock.nowMs), text: () => readFileSync(path, "utf8") };
}

describe("tokens", () => {
  test("a token tells who has it", async () => {
    const { access } = opened();
    const { tokenId, token } = await access.createToken("ci", "operator");
    expect(access.identify({ bearer: token })).toEqual({ tokenId, name: "ci", role: "operator" });
  });

  test("its text is kept nowhere, and only the owner may read the file", async () => {
    const { access, path, text } = opened();
    const { token } = await access.createToken("ci", "operator");
    expect(token).toMatch(/^orc_[\w-]{43}$/);
    expect(text()).not.toContain(token.slice(4));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("a list shows no hash", async () => {
    const { access } = opened();
    const { tokenId } = await access.createToken("ci", "viewer");
    expect(access.listTokens()).toEqual([
      { tokenId, name: "ci", role: "viewer", createdAt: "2026-01-01T00:00:00.000Z", lastUsedAt: null },
    ]);
  });

  test.each(["", "orc_", "unknown"])("nobody has the token %j", async (bearer) => {
    const { access } = opened();
    await access.createToken("ci", "admin");
    expect(access.identify({ bearer })).toBeNull();
  });

  test("its hash is no token", async () => {
    const { access, text } = opened();
    await access.createToken("ci", "admin");
    const [hash = ""] = /[0-9a-f]{64}/.exec(text()) ?? [];
    expect(hash).toHaveLength(64);
    expect(access.identify({ bearer: hash })).toBeNull();
  });

  test("a token that another process has revoked is refused at once", async () => {
    const { access, home } = opened();
    const { tokenId, token } = await access.createToken("ci", "admin");
    expect(access.identify({ bearer: token })).not.toBeNull();
    await openAccess(home).revokeToken(tokenId);
    expect(access.identify({ bearer: token })).toBeNull();
    expect(access.isValid({ bearer: token })).toBe(false);
  });

  test("whoever revokes an unknown token is told so", async () => {
    const { access } = opened();
    await expect(access.revokeToken("nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(access.createCode("nobody")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("one-time links", () => {
  test("a code signs in once", async () => {
    const { access } = opened();
    const { tokenId } = await access.createToken("first", "admin");
    const code = await access.createCode(tokenId);
    const found = await access.signIn({ code });
    expect(found?.who).toEqual({ tokenId, name: "first", role: "admin" });
    expect(access.identify({ session: found?.session ?? "" })?.name).toBe("first");
    expect(await access.signIn({ code })).toBeNull();
  });

  test("of two that use it at once, one is signed in", async () => {
    const { access, home } = opened();
    const { tokenId } = await access.createToken("first", "admin");
    const code = await access.createCode(tokenId);
    const found = await Promise.all([access.signIn({ code }), openAccess(home).signIn({ code: code })]);
    expect(found.filter(Boolean)).toHaveLength(1);
  });

  test("a code is good for ten minutes", async () => {
    const { access, clock } = opened();
    const { tokenId } = await access.createToken("first", "admin");
    const [early, late] = [await access.createCode(tokenId), await access.createCode(tokenId)];
    clock.nowMs += 10 * MINUTE_MS - 1;
    expect(await access.signIn({ code: early })).not.toBeNull();
    clock.nowMs += 1;
    expect(await access.signIn({ code: late })).toBeNull();
  });

  test("a code is neither a token nor a session, and a token is no code", async () => {
    const { access } = opened();
    const { tokenId, token } = await access.createToken("first", "admin");
    const code = await access.createCode(tokenId);
    expect(access.identify({ bearer: code })).toBeNull();
    expect(access.identify({ session: code })).toBeNull();
    expect(access.identify({ session: token })).toBeNull();
    expect(await access.signIn({ code: token })).toBeNull();
    expect(await access.signIn({ token: code })).toBeNull();
  });

  test("a code ends with its token", async () => {
    const { access } = opened();
    const { tokenId } = await access.createToken("first", "admin");
    const code = await access.createCode(tokenId);
    await access.revokeToken(tokenId);
    expect(await access.signIn({ code })).toBeNull();
  });

  test("whoever guesses does not make the file be written", async () => {
    const { access, path } = opened();
    await access.createToken("first", "admin");
    const before = statSync(path).ino;
    expect(await access.signIn({ code: "guess" })).toBeNull();
    expect(await access.signIn({ token: "guess" })).toBeNull();
    expect(statSync(path).ino).toBe(before);
  });
});

describe("sessions", () => {
  test("a session ends with its token, and other sessions do not", async () => {
    const { access } = opened();
    const first = await access.createToken("first", "admin");
    const other = await access.createToken("other", "viewer");
    const ending = await access.signIn({ token: first.token });
    const staying = await access.signIn({ token: other.token });
    await access.revokeToken(first.tokenId);
    expect(access.identify({ session: ending?.session ?? "" })).toBeNull();
    expect(access.identify({ session: staying?.session ?? "" })?.name).toBe("other");
  });

  test("a session that was signed out is valid no more, and its token is", async () => {
    const { access } = opened();
    const { token } = await access.createToken("first", "admin");
    const session = (await access.signIn({ token }))?.session ?? "";
    expect(access.isValid({ session })).toBe(true);
    await access.signOut(session);
    expect(access.isValid({ session })).toBe(false);
    expect(access.isValid({ bearer: token })).toBe(true);
  });

  test("a session lasts thirty days", async () => {
    const { access, clock } = opened();
    const { token } = await access.createToken("first", "admin");
    const found = await access.signIn({ token });
    expect(found?.maxAgeMs).toBe(30 * DAY_MS);
    const session = found?.session ?? "";
    clock.nowMs += 30 * DAY_MS - 1;
    expect(access.identify({ session })).not.toBeNull();
    clock.nowMs += 1;
    expect(access.identify({ session })).toBeNull();
  });

  test("a session survives whoever has opened the file", async () => {
    const { access, home, clock } = opened();
    const { token } = await access.createToken("first", "admin");
    const session = (await access.signIn({ token }))?.session ?? "";
    expect(openAccess(home, () => clock.nowMs).identify({ session })?.name).toBe("first");
  });
});

describe("the file", () => {
  test.each(["", "{", "null", '{"version":2,"tokens":[],"sessions":[],"codes":[]}'])(
    "lets nobody in when it is damaged: %j",
    async (damage) => {
      const { access, path } = opened();
      const { token } = await access.createToken("first", "admin");
      writeFileSync(path, damage);
      expect(() => access.identify({ bearer: token })).toThrow(/The file of tokens .* cannot be used/);
      await expect(access.createToken("other", "admin")).rejects.toMatchObject({ code: "invalid_config" });
      expect(readFileSync(path, "utf8"), "it is not written over").toBe(damage);
    },
  );

  test("is not there at first: then there is no token", () => {
    const { access } = opened();
    expect(access.listTokens()).toEqual([]);
    expect(access.identify({ bearer: "anything" })).toBeNull();
  });
});
