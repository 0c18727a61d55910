import { describe, expect, test } from "vitest";
import { createHostCheck, isLoopback } from "./hosts.js";

/** The code of the refusal, or `null` where one is let in. */
function refusal(bound: string, headers: { host?: string; origin?: string }, names: readonly string[] = []) {
  try {
    createHostCheck(bound, names).require(headers);
    return null;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe("a server of this machine only", () => {
  test.each(["localhost", "LOCALHOST:4720", "127.0.0.1", "127.0.0.1:4720", "[::1]", "[::1]:4720"])(
    "may be asked for as %s",
    (host) => expect(refusal("127.0.0.1", { host })).toBeNull(),
  );

  test.each([
    "evil.example",
    "evil.example:4720",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example@127.0.0.1",
    "127.0.0.2",
    "0.0.0.0",
    "[::]",
    "192.168.0.5",
    "localhost.",
    "localhost:x",
    "::1",
    "",
  ])("may not be asked for as %j", (host) => expect(refusal("127.0.0.1", { host })).toBe("host_refused"));

  test("must be asked for by some name", () => expect(refusal("127.0.0.1", {})).toBe("host_refused"));
});

describe("a server on an address", () => {
  test.each([
    ["192.168.0.5", "192.168.0.5:4720"],
    ["fd00::A", "[fd00::a]:4720"],
    ["0.0.0.0", "192.168.0.5:4720"],
    ["::", "[fd00::a]"],
    ["fleet.example", "Fleet.Example:4720"],
  ])("%s is asked for as %s", (bound, host) => expect(refusal(bound, { host })).toBeNull());

  test.each([
    ["0.0.0.0", "evil.example"],
    ["::", "evil.example:4720"],
    ["0.0.0.0", "1.2.3.4.evil.example"],
    ["192.168.0.5", "192.168.0.6"],
  ])("%s is not asked for as %s", (bound, host) => expect(refusal(bound, { host })).toBe("host_refused"));
});

describe("further names", () => {
  test("are let in when they are given", () => {
    expect(refusal("127.0.0.1", { host: "fleet.example" })).toBe("host_refused");
    expect(refusal("127.0.0.1", { host: "fleet.example:443" }, ["Fleet.example"])).toBeNull();
  });
});

describe("pages", () => {
  const host = "localhost:4720";

  test.each(["http://localhost:4720", "https://localhost:4720", "HTTP://LOCALHOST:4720"])(
    "the server's own page, %s, may use it",
    (origin) => expect(refusal("127.0.0.1", { host, origin })).toBeNull(),
  );

  test.each([
    "http://localhost:4721",
    "http://localhost",
    "http://127.0.0.1:4720",
    "https://evil.example",
    "http://localhost:4720.evil.example",
    "http://evil.example/localhost:4720",
    "null",
    "null:",
    "file://",
    "",
    "nonsense",
  ])("the page %j may not", (origin) => expect(refusal("127.0.0.1", { host, origin })).toBe("origin_refused"));

  test("a program tells none", () => expect(refusal("127.0.0.1", { host })).toBeNull());
});

test.each([
  ["127.0.0.1", true],
  ["127.8.8.8", true],
  ["::1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.0.5", false],
  ["127.0.0.1.evil.example", false],
  ["1270.0.0.1", false],
])("whether %s is reached from this machine only: %s", (host, expected) => expect(isLoopback(host)).toBe(expected));
