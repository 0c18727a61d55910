import { OrchestratorError } from "@claude-orchestrator/core";

/**
 * Reads a list out of an address: values separated by commas.
 *
 * @throws OrchestratorError `invalid_input` for one that is not among those that there are
 */
export function parseList<T extends string>(text: string, allowed: readonly T[], what: string): T[] {
  return text.split(",").map((given) => {
    const found = allowed.find((each) => each === given.trim());
    if (found !== undefined) return found;
    throw new OrchestratorError(
      "invalid_input",
      `${JSON.stringify(given.slice(0, 100))} is not ${what}.`,
      `There are: ${allowed.join(", ")}.`,
    );
  });
}
