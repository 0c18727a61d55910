import { describe, expect, test } from "vitest";
import { createRedactor, findSecrets } from "./redact.js";

describe("a redactor", () => {
  const redact = createRedactor(["hunter2hunter2", "hunter2", "short", "-----KEY-----\nMIIEvQIBADANBgkqhkiG\n}\n"]);

  test("takes the given values out, the longer before the shorter", () => {
    expect(redact("a hunter2hunter2 b hunter2 c")).toBe("a [redacted] b [redacted] c");
  });

  test("leaves values that are too short to be told from words", () => {
    expect(redact("short")).toBe("short");
  });

  test("takes a value of several lines out line by line", () => {
    expect(redact("x MIIEvQIBADANBgkqhkiG\n}")).toBe("x [redacted]\n}");
  });

  test.each([
    ["key sk-ant-api03-abcdefghijklmnop_1 x", "key [redacted] x"],
    ["key=sk-proj-abcdefghijklmnop", "key=[redacted]"],
    ["ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[redacted]"],
    ["github_pat_11ABCDEFG0abcdefghijkl_mnop", "[redacted]"],
    ["token orc_AbcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ_-", "token [redacted]"],
    [
      "http://127.0.0.1:4720/sign-in#AbcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ_-",
      "http://127.0.0.1:4720/sign-in#[redacted]",
    ],
    ["id AKIAIOSFODNN7EXAMPLE", "id [redacted]"],
    ["xoxb-123456789012-abcdef", "[redacted]"],
    ["Authorization: Bearer abcdefghijklmnop.qrst", "Authorization: Bearer [redacted]"],
    ["postgres://me:p%40ss@localhost:5432/db", "postgres://[redacted]@localhost:5432/db"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJ\nend\n", "[redacted]\nend\n"],
  ])("knows the shape of %j", (text, redacted) => {
    expect(redact(text)).toBe(redacted);
    expect(redact(redacted)).toBe(redacted);
  });

  test.each([
    "the task-runner-has-many-words-here",
    "http://localhost:3000/a@b",
    "bearer of news",
    "at file:///tmp/a.test.mjs:4:41",
  ])("leaves ordinary text: %j", (text) => {
    expect(redact(text)).toBe(text);
  });

  test.each(["a", "://a:", "sk-", "Bearer ", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----\n", "x:/"])(
    "is done with a million characters of %j",
    (piece) => {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
      expect(redact(text).length).toBeGreaterThan(0);
    },
  );
});

describe("secrets of an environment", () => {
  test("are the values whose name says so, in variables and in .env files", () => {
    const variables = { API_KEY: "abcdef-1", HOME: "/home/me", DB_PASSWORD: "pass word", GITHUB_TOKEN: undefined };
    const files = ["STRIPE_SECRET='live-1234'\nNODE_ENV=development\n# TOKEN=comment\n"];
    expect(findSecrets(variables, files)).toEqual(["abcdef-1", "pass word", "live-1234"]);
  });

  test("are the headers that one sends along to a model", () => {
    expect(findSecrets({ ANTHROPIC_CUSTOM_HEADERS: "x-secret: 12345" }, [])).toEqual(["x-secret: 12345"]);
  });

  test("are not paths, limits, switches or what is too short", () => {
    const variables = { SSH_KEY_PATH: "/home/me/key", MAX_TOKENS: "100000", TOKEN_CACHE: "false", KEY: "abc" };
    expect(findSecrets(variables, [])).toEqual([]);
  });
});
