import type { ErrorCode, ErrorRecord } from "../../domain/index.js";
import type { TurnResult } from "../runtime.js";
import type { ResultMessage } from "./messages.js";

/**
 * Turns the CLI's result into ours. Success is strict: an API error, too, arrives as `subtype: success`.
 *
 * @param message - the CLI's result
 * @param wantsOutput - whether a schema was set, so that a missing structured result is a failure
 * @param lastSchemaError - what the CLI said of the last structured result that did not fit
 */
export function toTurnResult(message: ResultMessage, wantsOutput: boolean, lastSchemaError: string | null): TurnResult {
  const text = message.result ?? "";
  const isClean = message.subtype === "success" && !message.is_error && message.terminal_reason === "completed";
  if (isClean && (!wantsOutput || message.structured_output !== undefined)) {
    return { ok: true, text, structuredOutput: message.structured_output };
  }
  const error = isClean
    ? record(
        "handoff_missing",
        "The agent ended its turn without the structured result that its role must give.",
        "It is asked once more.",
      )
    : findError(message, lastSchemaError);
  return { ok: false, error, text, ...(message.api_error_status ? { httpStatus: message.api_error_status } : {}) };
}

function record(code: ErrorCode, message: string, hint: string): ErrorRecord {
  return { code, message, hint };
}

const RETRY_HINT = "Try again later; finished steps are kept in the report.";

function findError(message: ResultMessage, lastSchemaError: string | null): ErrorRecord {
  const said = message.result || message.errors?.join("; ") || message.startup_failure_reason || message.subtype;
  const status = message.api_error_status ?? null;
  if (message.subtype === "error_max_structured_output_retries") {
    return record("handoff_invalid", lastSchemaError ?? said, "It is asked once more, with this message.");
  }
  if (message.subtype === "error_max_turns") {
    return record(
      "turn_limit",
      "The agent used every turn that its role allows.",
      "Raise maxTurns in a role file of your own, or ask for less at once.",
    );
  }
  if (message.terminal_reason?.startsWith("aborted")) return record("cancelled", "The turn was interrupted.", "");
  if (message.terminal_reason === "prompt_too_long" || message.terminal_reason === "blocking_limit") {
    return record("model_refused", `The model refused the request: ${said}`, "Shorten the prompt or split the task.");
  }
  if (message.is_error && /not logged in/i.test(said)) return notLoggedIn();
  if (status === 401 || status === 403 || message.api_error === "authentication_failed")
    return authenticationFailed(said);
  if (message.api_error === "usage_limit_reached" || (message.is_error && /hit your .*limit/i.test(said))) {
    return record("usage_limit", said, "Start the task again after the reset; what was done is kept in the report.");
  }
  if (status !== null && status >= 400 && status < 500 && status !== 429 && status !== 408) {
    return record("model_refused", `The endpoint refused the request: ${said}`, refusalHint(status, said));
  }
  if (status === null && /request timed out/i.test(said)) {
    return record(
      "model_call_timeout",
      "The endpoint did not answer a model call in time, also when asked again.",
      "Check the endpoint. ORCHESTRATOR_MODEL_CALL_TIMEOUT_SECONDS sets the limit.",
    );
  }
  if (message.terminal_reason === "api_error" || message.is_error) {
    const what = status === null ? "could not be reached or broke off" : `answered ${status}`;
    const hint =
      status === null ? `Check the network, and ANTHROPIC_BASE_URL where it is set. ${RETRY_HINT}` : RETRY_HINT;
    return record("model_unavailable", `The endpoint ${what}: ${said}`, hint);
  }
  return record(
    "agent_failed",
    `The agent's turn ended with ${message.terminal_reason ?? message.subtype}: ${said}`,
    "Its log has the whole story.",
  );
}

function refusalHint(status: number, said: string): string {
  if (/credit/i.test(said)) return "Add credit to the account, or use another login.";
  if (status === 404) return "Check the model's name (--model) and the endpoint's address.";
  return "Check the model's name and the prompt; the same request would be refused again.";
}

export function notLoggedIn(): ErrorRecord {
  return record(
    "not_logged_in",
    "Claude has no login, no API key and no endpoint.",
    "Run: claude /login - or set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL. To try without an account: orchestrator demo",
  );
}

export function authenticationFailed(said: string): ErrorRecord {
  return record(
    "authentication_failed",
    `The endpoint refused the credentials: ${said}`,
    "Check ANTHROPIC_API_KEY, or log in again with: claude /login",
  );
}
