import { describe, expect, test } from "vitest";
import { newId } from "./ids.js";

describe("newId", () => {
  test.each(["task", "agent", "owner", "call"] as const)("begins with the kind of thing it names: %s", (kind) => {
    expect(newId(kind)).toMatch(new RegExp(`^${kind}_[0-9a-z]{10}$`));
  });

  test("has no letters that are taken for digits or for each other", () => {
    const letters = Array.from({ length: 500 }, () => newId("call").slice("call_".length)).join("");
    expect(letters).not.toMatch(/[ilou]/);
  });

  test("never comes twice", () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => newId("agent")));
    expect(ids.size).toBe(10_000);
  });
});
