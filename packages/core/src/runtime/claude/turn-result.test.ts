import { describe, expect, test } from "vitest";
import type { ResultMessage } from "./messages.js";
import { toTurnResult } from "./turn-result.js";

const GOOD: ResultMessage = {
  type: "result",
  subtype: "success",
  is_error: false,
  result: "All done.",
  terminal_reason: "completed",
};

const codeOf = (change: Partial<ResultMessage>, wantsOutput = false, lastSchemaError: string | null = null) => {
  const result = toTurnResult({ ...GOOD, ...change }, wantsOutput, lastSchemaError);
  return result.ok ? "ok" : result.error.code;
};

describe("success", () => {
  test("is a clean end, with text and structured result", () => {
    const output = { summary: "s" };
    expect(toTurnResult({ ...GOOD, structured_output: output }, true, null)).toEqual({
      ok: true,
      text: "All done.",
      structuredOutput: output,
    });
  });

  test("needs no structured result where none was asked for", () => {
    expect(codeOf({})).toBe("ok");
  });

  test("is strict: one sign against it is enough", () => {
    expect(codeOf({ is_error: true })).not.toBe("ok");
    expect(codeOf({ terminal_reason: "max_tokens" })).not.toBe("ok");
    expect(codeOf({ subtype: "error_during_execution" })).not.toBe("ok");
    expect(codeOf({}, true)).toBe("handoff_missing");
  });
});

describe("failure", () => {
  const apiError = { is_error: true, terminal_reason: "api_error" };

  test.each<[Partial<ResultMessage>, string]>([
    [{ subtype: "error_max_structured_output_retries", is_error: true }, "handoff_invalid"],
    [{ subtype: "error_max_turns", is_error: true, terminal_reason: "max_turns" }, "turn_limit"],
    [{ subtype: "error_during_execution", terminal_reason: "aborted_streaming" }, "cancelled"],
    [{ subtype: "error_during_execution", terminal_reason: "aborted_tools" }, "cancelled"],
    [{ is_error: true, terminal_reason: "prompt_too_long" }, "model_refused"],
    [{ is_error: true, terminal_reason: "blocking_limit" }, "model_refused"],
    [{ ...apiError, result: "Not logged in · Please run /login" }, "not_logged_in"],
    [{ ...apiError, api_error_status: 401, result: "invalid x-api-key" }, "authentication_failed"],
    [{ ...apiError, api_error_status: 403 }, "authentication_failed"],
    [{ ...apiError, api_error: "authentication_failed" }, "authentication_failed"],
    [{ ...apiError, api_error: "usage_limit_reached", api_error_status: 429 }, "usage_limit"],
    [{ ...apiError, api_error_status: 429, result: "You've hit your session limit" }, "usage_limit"],
    [{ ...apiError, api_error_status: 400 }, "model_refused"],
    [{ ...apiError, api_error_status: 404 }, "model_refused"],
    [{ ...apiError, api_error_status: 413 }, "model_refused"],
    [{ ...apiError, api_error_status: 408 }, "model_unavailable"],
    [{ ...apiError, api_error_status: 429 }, "model_unavailable"],
    [{ ...apiError, api_error_status: 500 }, "model_unavailable"],
    [{ ...apiError, api_error_status: 529 }, "model_unavailable"],
    [{ ...apiError, api_error_status: null, result: "Connection error." }, "model_unavailable"],
    [{ ...apiError, api_error_status: null, result: "Request timed out." }, "model_call_timeout"],
    [{ is_error: false, terminal_reason: "max_tokens" }, "agent_failed"],
    [{ subtype: "error_during_execution", terminal_reason: "hook_stopped" }, "agent_failed"],
  ])("%j is %s", (change, code) => {
    expect(codeOf(change)).toBe(code);
  });

  test("says what the endpoint said, and what to do", () => {
    const result = toTurnResult({ ...GOOD, ...apiError, api_error_status: 404, result: "no such model" }, false, null);
    expect(result).toMatchObject({
      ok: false,
      error: { message: "The endpoint refused the request: no such model", hint: expect.stringContaining("--model") },
    });
    const credit = { ...GOOD, ...apiError, api_error_status: 400, result: "Your credit balance is too low" };
    expect(toTurnResult(credit, false, null)).toMatchObject({ error: { hint: expect.stringContaining("Add credit") } });
  });

  test("names the status of an endpoint that was down, or says that it could not be reached", () => {
    const at = (status: number | null) => toTurnResult({ ...GOOD, ...apiError, api_error_status: status }, false, null);
    expect(at(529)).toMatchObject({ error: { message: expect.stringContaining("answered 529") } });
    expect(at(null)).toMatchObject({ error: { message: expect.stringContaining("could not be reached") } });
  });

  test("repeats what the schema check said of the structured result", () => {
    const change = { subtype: "error_max_structured_output_retries", is_error: true };
    const result = toTurnResult({ ...GOOD, ...change }, true, "/summary must be string");
    expect(result).toMatchObject({ error: { code: "handoff_invalid", message: "/summary must be string" } });
  });

  test("always has words, also where the CLI has none", () => {
    const bare: ResultMessage = { type: "result", subtype: "error_during_execution", is_error: true };
    const result = toTurnResult(bare, false, null);
    expect(result).toMatchObject({ ok: false, text: "", error: { message: expect.stringContaining("error_during") } });
    const listed = toTurnResult({ ...bare, errors: ["one", "two"] }, false, null);
    expect(listed).toMatchObject({ error: { message: expect.stringContaining("one; two") } });
  });
});
