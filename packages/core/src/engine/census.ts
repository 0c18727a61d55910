import type { Census } from "../domain/index.js";
import type { StepRecord } from "../store/index.js";

/**
 * Counts the steps of a task.
 *
 * @param steps - all of them, as they stand
 */
export function takeCensus(steps: readonly Pick<StepRecord, "status" | "attempt" | "round" | "reusedFrom">[]): Census {
  const count = (status: StepRecord["status"]) => steps.filter((step) => step.status === status).length;
  return {
    planned: steps.length,
    ran: steps.filter((step) => step.attempt > 0).length,
    succeeded: count("succeeded"),
    failed: count("failed"),
    skipped: count("skipped"),
    cancelled: count("cancelled"),
    retried: steps.reduce((sum, step) => sum + Math.max(0, step.attempt - 1), 0),
    rounds: Math.max(0, ...steps.map((step) => step.round)),
    reused: steps.filter((step) => step.reusedFrom !== null).length,
  };
}
