import { describe, expect, test } from "vitest";
import { ERROR_CODES, type ErrorCode, OrchestratorError, toErrorRecord } from "./errors.js";

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

describe("the table of errors", () => {
  test("uses no exit code beyond those of the command line", () => {
    expect(new Set(CODES.map((code) => ERROR_CODES[code].exitCode))).toEqual(new Set([1, 2, 3, 4, 130]));
  });

  test.each([
    ["invalid_input", 2],
    ["invalid_config", 2],
    ["not_logged_in", 3],
    ["runtime_missing", 3],
    ["authentication_failed", 3],
    ["budget_reached", 4],
    ["step_failed", 1],
    ["cancelled", 130],
  ] as const)("%s ends the command with %i", (code, exitCode) => {
    expect(new OrchestratorError(code, "message", "hint").exitCode).toBe(exitCode);
  });

  test("says in one sentence what each code means", () => {
    for (const code of CODES) expect(ERROR_CODES[code].meaning, code).toMatch(/^[A-Z].*\.$/);
  });
});

describe("OrchestratorError", () => {
  test("carries code, message, hint and cause", () => {
    const cause = new Error("the first");
    const error = new OrchestratorError("not_found", 'No task has the id "x".', "List them.", { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "OrchestratorError", code: "not_found", hint: "List them.", cause });
    expect(error.message).toBe('No task has the id "x".');
  });

  test("is recognised when another copy of the package made it", () => {
    const foreign = Object.assign(new Error("elsewhere"), { [Symbol.for("claude-orchestrator.error")]: true });
    expect(foreign).not.toBeInstanceOf(OrchestratorError);
    expect(OrchestratorError.is(foreign)).toBe(true);
  });

  test.each([[new Error("plain")], [null], [undefined], ["text"], [7], [{ code: "not_found" }]])(
    "is not taken for one that it is not: %s",
    (value) => {
      expect(OrchestratorError.is(value)).toBe(false);
    },
  );
});

describe("toErrorRecord", () => {
  test("keeps what an error of ours says", () => {
    const error = new OrchestratorError("disk_full", "No room.", "Make room.");
    expect(toErrorRecord(error, "step_failed")).toEqual({ code: "disk_full", message: "No room.", hint: "Make room." });
  });

  test("gives any other error the fallback's code and its own words", () => {
    expect(toErrorRecord(new TypeError("x is not a function"), "step_failed")).toMatchObject({
      code: "step_failed",
      message: "x is not a function",
    });
  });

  test.each([
    ["just text", "just text"],
    [undefined, "undefined"],
    [42, "42"],
  ])("takes what is no error at all: %s", (thrown, message) => {
    expect(toErrorRecord(thrown, "agent_failed")).toMatchObject({ code: "agent_failed", message });
  });
});
