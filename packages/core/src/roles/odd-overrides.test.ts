import { expect, test } from "vitest";
import { parseOverrides, type RoleOptions } from "./overrides.js";

/** What a call throws, as name and message. */
const messageOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing thrown";
};

test("a bigint for a role's field is refused as invalid input", () => {
  expect(messageOf(() => parseOverrides({ maxTurns: 5n } as unknown as RoleOptions))).toMatch(
    /^OrchestratorError: maxTurns is 5/,
  );
});

test("NaN is named for a role's field", () => {
  expect(messageOf(() => parseOverrides({ maxTurns: Number.NaN }))).toContain("maxTurns is NaN");
});

test("a function is not called undefined", () => {
  expect(messageOf(() => parseOverrides({ systemPrompt: () => "" } as unknown as RoleOptions))).not.toContain(
    "is undefined",
  );
});

test("a far too long prompt is not repeated whole in the message", () => {
  expect(messageOf(() => parseOverrides({ systemPrompt: "x".repeat(20_001) })).length).toBeLessThan(500);
});
