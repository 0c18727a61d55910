import { type ErrorRecord, isStepEnded, type OrchestratorError, toErrorRecord } from "../domain/index.js";
import type { StepRecord } from "../store/index.js";
import type { StepOutcome } from "./engine.js";

/** What is recorded of a step's end. */
export function toEndData(outcome: StepOutcome) {
  switch (outcome.status) {
    case "succeeded":
      return { status: outcome.status, reason: "", error: null, handoff: outcome.handoff };
    case "failed":
      return { status: outcome.status, reason: outcome.error.message, error: outcome.error, handoff: null };
    case "cancelled":
      return { status: outcome.status, reason: outcome.reason, error: null, handoff: null };
  }
}

type Verdict = { status: "unverified" | "failed" | "cancelled"; error: ErrorRecord | null };

/**
 * How a task ends. It is `unverified` at best: agents said that it is done, and no check of ours has proven it.
 */
export function judge(steps: readonly StepRecord[], reason: OrchestratorError): Verdict {
  if (steps.every((step) => step.status === "succeeded")) return { status: "unverified", error: null };
  const failed = steps.find((step) => step.status === "failed");
  if (failed) {
    const cause = failed.error ?? toErrorRecord(new Error("unknown"), "step_failed");
    return { status: "failed", error: { ...cause, message: `The step "${failed.stepKey}" failed: ${cause.message}` } };
  }
  // Our own reason for ending the task early is a failure; the user's wish is not.
  const status = reason.code === "cancelled" ? "cancelled" : "failed";
  return { status, error: toErrorRecord(reason, "cancelled") };
}

/** What the last steps of the graph have to say. */
export function composeOutput(steps: readonly StepRecord[]): string {
  const needed = new Set(steps.flatMap((step) => step.dependsOn));
  // A plan of steps says how, not what came of it.
  const last = steps.filter((step) => step.kind === "agent" && !needed.has(step.stepKey) && isStepEnded(step.status));
  return last
    .map((step) => (typeof step.handoff?.summary === "string" ? step.handoff.summary : ""))
    .filter(Boolean)
    .join("\n\n");
}
