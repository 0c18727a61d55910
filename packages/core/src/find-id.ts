import { OrchestratorError } from "./domain/index.js";
import type { Store } from "./store/index.js";

/**
 * The id of the one task or agent that is meant.
 *
 * @param given - the id, or the beginning of it
 * @throws OrchestratorError `not_found` or `ambiguous_id`
 */
export async function findId(store: Store, kind: "task" | "agent", given: string): Promise<string> {
  const ids = typeof given !== "string" || given.trim() === "" ? [] : await store.findIds(kind, given);
  if (ids.includes(given)) return given;
  const [only] = ids;
  if (only === undefined) {
    throw new OrchestratorError(
      "not_found",
      `No ${kind} has an id that begins with "${given}".`,
      `See: orchestrator list-${kind}s`,
    );
  }
  if (ids.length === 1) return only;
  throw new OrchestratorError(
    "ambiguous_id",
    `"${given}" fits ${ids.length} ${kind}s: ${ids.slice(0, 5).join(", ")}.`,
    "Give more of the id.",
  );
}
