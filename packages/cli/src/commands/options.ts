import { OrchestratorError } from "@claude-orchestrator/core";

const MAX_LIMIT = 100_000;

/**
 * Reads the value of `--limit`.
 *
 * @throws OrchestratorError `invalid_input` for anything but a whole number from 1 to 100 000
 */
export function parseLimit(value: string): number {
  const limit = Number(value);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new OrchestratorError(
    "invalid_input",
    `The limit "${value}" is not a whole number from 1 to ${MAX_LIMIT}.`,
    "For example: --limit 20",
  );
}
