import { OrchestratorError } from "@claude-orchestrator/core";
import { paint, plain, wrap } from "./format.js";

/** Something went wrong that is nobody's fault but ours. */
const INTERNAL_EXIT_CODE = 1;

/**
 * Says what went wrong and what to do: value, rule and remedy, and never a stack trace for a user's mistake.
 *
 * @param error - what was thrown
 * @param asJson - prints `{"error": {…}}` on standard output instead
 * @returns the exit code
 */
export function reportError(error: unknown, asJson: boolean): number {
  if (!OrchestratorError.is(error)) {
    const message = error instanceof Error ? error.message : String(error);
    if (asJson) console.log(JSON.stringify({ error: { code: "internal", message, hint: "" } }));
    else console.error(`${paint("red", "error:", process.stderr)} ${plain(message)}`);
    if (process.env.DEBUG && error instanceof Error) console.error(error.stack);
    else if (!asJson) console.error("  This is a fault of the orchestrator. Set DEBUG=1 to see where it happened.");
    return INTERNAL_EXIT_CODE;
  }
  const { code, message, hint } = error;
  if (asJson) console.log(JSON.stringify({ error: { code, message, hint } }));
  else {
    console.error(`${paint("red", "error:", process.stderr)} ${wrap(message, 0)}`);
    if (hint) console.error(wrap(hint, 2));
  }
  return error.exitCode;
}
