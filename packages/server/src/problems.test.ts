import { ERROR_CODES, type ErrorCode, OrchestratorError } from "@claude-orchestrator/core";
import { describe, expect, test } from "vitest";
import { ApiError, toProblem } from "./problems.js";

test("a refusal of the server's own is told as it is", () => {
  expect(toProblem(new ApiError("forbidden", "You may not.", "Ask."))).toEqual({
    type: "urn:claude-orchestrator:error:forbidden",
    title: "Not allowed",
    status: 403,
    detail: "You may not.",
    code: "forbidden",
    hint: "Ask.",
  });
});

describe("an error of the library", () => {
  test.each([
    ["invalid_input", 400],
    ["not_found", 404],
    ["ambiguous_id", 409],
    ["not_applied", 409],
    ["not_logged_in", 503],
    ["database_locked", 503],
    ["disk_full", 507],
  ] as const)("%s has the status %i, its code and its hint", (code, status) => {
    const problem = toProblem(new OrchestratorError(code, "What.", "What to do."));
    expect(problem).toMatchObject({ status, code, detail: "What.", hint: "What to do." });
  });

  test.each(Object.keys(ERROR_CODES) as ErrorCode[])("%s has a title and some status of an error", (code) => {
    const problem = toProblem(new OrchestratorError(code, "What.", "What to do."));
    expect(problem.status).toBeGreaterThanOrEqual(400);
    expect(problem.title).toMatch(/^[A-Z][a-z ]+$/);
  });
});

test.each([
  [new Error("/home/me/secret.ts: connection string postgres://me:password@host")],
  [Object.assign(new Error("secret"), { statusCode: 500 })],
  [new TypeError("secret is not a function")],
  ["secret"],
  [undefined],
  [null],
])("what is not understood is told without its details: %j", (error) => {
  const problem = toProblem(error);
  expect(problem).toMatchObject({ status: 500, code: "internal" });
  expect(JSON.stringify(problem)).not.toMatch(/secret|password|\.ts/);
});

test.each([
  [{ statusCode: 400, message: "Body is not valid JSON" }, 400, "invalid_input"],
  [{ validation: [], message: "body/prompt is missing" }, 400, "invalid_input"],
  [{ statusCode: 403, message: "Forbidden" }, 404, "no_such_address"],
  [{ statusCode: 404, message: "Not Found" }, 404, "no_such_address"],
  [{ statusCode: 414, message: "too long" }, 404, "no_such_address"],
  [{ statusCode: 413, message: "too large" }, 413, "payload_too_large"],
  [{ statusCode: 415, code: "FST_ERR_CTP_INVALID_MEDIA_TYPE", message: "no" }, 415, "unsupported_media_type"],
])("what the framework refuses, %j, has the status %i", (given, status, code) => {
  expect(toProblem(Object.assign(new Error(), given))).toMatchObject({ status, code });
});
