import { type ErrorCode, OrchestratorError } from "@claude-orchestrator/core";
import type { FastifyError } from "fastify";
import type { Problem } from "./schemas/problem.js";

/** What only a server refuses. With the codes of the library these are all codes of the API. */
const API_CODES = {
  unauthenticated: { status: 401, title: "Not signed in" },
  forbidden: { status: 403, title: "Not allowed" },
  directory_not_allowed: { status: 403, title: "Directory not allowed" },
  host_refused: { status: 403, title: "Host refused" },
  origin_refused: { status: 403, title: "Origin refused" },
  no_such_address: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  payload_too_large: { status: 413, title: "Too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  too_many_requests: { status: 429, title: "Too many attempts" },
  internal: { status: 500, title: "Internal error" },
  not_ready: { status: 503, title: "Not ready" },
} as const;
type ApiCode = keyof typeof API_CODES;

/** A refusal of the server's own. */
export class ApiError extends Error {
  readonly code: ApiCode;
  /** What can be done about it. */
  readonly hint: string;

  constructor(code: ApiCode, message: string, hint: string) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.hint = hint;
  }
}

/** Everything else is a failure of ours: 500. */
const STATUS_OF: Readonly<Partial<Record<ErrorCode, number>>> = {
  invalid_input: 400,
  invalid_config: 400,
  invalid_role: 400,
  invalid_workflow: 400,
  not_supported: 400,
  not_found: 404,
  ambiguous_id: 409,
  agent_deleted: 409,
  not_applied: 409,
  conflict: 409,
  workspace_failed: 409,
  budget_reached: 409,
  invalid_transition: 409,
  cancelled: 409,
  not_logged_in: 503,
  runtime_missing: 503,
  authentication_failed: 503,
  usage_limit: 503,
  model_unavailable: 503,
  database_locked: 503,
  database_read_only: 503,
  database_corrupt: 503,
  database_newer: 503,
  database_failed: 503,
  disk_full: 507,
};

/** Whatever was thrown, as the answer to whoever asked. What we do not understand is told without its details. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ApiError) {
    const { status, title } = API_CODES[error.code];
    return problemOf(status, title, error.code, error.message, error.hint);
  }
  if (OrchestratorError.is(error)) {
    const { code, message, hint } = error;
    return problemOf(STATUS_OF[code] ?? 500, titleOf(code), code, message, hint);
  }
  const { code, message, statusCode, validation } = (error ?? {}) as Partial<FastifyError>;
  if (validation || (statusCode === 400 && message)) {
    const hint = "See the address /api/docs for what is expected.";
    return problemOf(400, titleOf("invalid_input"), "invalid_input", `${message ?? "The request is not valid"}.`, hint);
  }
  if (statusCode === 413) {
    const { title } = API_CODES.payload_too_large;
    const detail = "The body of the request is too large.";
    return problemOf(
      413,
      title,
      "payload_too_large",
      detail,
      "Put the long part into a file in the working directory.",
    );
  }
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    const { title } = API_CODES.unsupported_media_type;
    return problemOf(415, title, "unsupported_media_type", "The body is not JSON.", "Send application/json.");
  }
  // What the framework refuses of itself: a path out of the folder of a file, an id that is too long to be one.
  if (statusCode === 403 || statusCode === 404 || statusCode === 414) {
    const { status, title } = API_CODES.no_such_address;
    return problemOf(status, title, "no_such_address", "There is nothing at this address.", "See: /api/docs");
  }
  const hint = "What the server has printed says more.";
  return problemOf(500, API_CODES.internal.title, "internal", "Something went wrong in the server.", hint);
}

function problemOf(status: number, title: string, code: string, detail: string, hint: string): Problem {
  return { type: `urn:claude-orchestrator:error:${code}`, title, status, detail, code, hint };
}

function titleOf(code: ErrorCode): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
