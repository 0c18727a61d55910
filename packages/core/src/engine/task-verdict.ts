import { type ErrorRecord, isStepEnded, type OrchestratorError, toErrorRecord } from "../domain/index.js";
import type { StepRecord, TaskRecord } from "../store/index.js";
import { findAncestors } from "../workflows/index.js";
import type { StepOutcome } from "./engine.js";

/** How a step ended for good. */
export type StepEnding = StepOutcome & { status: "succeeded" | "failed" | "cancelled" };

/** What is recorded of a step's end. */
export function toEndData(outcome: StepEnding) {
  switch (outcome.status) {
    case "succeeded":
      return { status: outcome.status, reason: "", error: null, handoff: outcome.handoff };
    case "failed":
      return { status: outcome.status, reason: outcome.error.message, error: outcome.error, handoff: null };
    case "cancelled":
      return { status: outcome.status, reason: outcome.reason, error: null, handoff: null };
  }
}

type Verdict = { status: "completed" | "unverified" | "failed" | "cancelled"; error: ErrorRecord | null };

/**
 * How a task ends. Only what checks of ours have proven is `completed`; what agents merely say is `unverified`. A review
 * of code changes nothing that a check could prove.
 *
 * @param reason - why it ended early, where it did
 */
export function judge(
  task: Pick<TaskRecord, "taskType" | "requireChecks">,
  steps: readonly StepRecord[],
  reason: OrchestratorError,
): Verdict {
  if (steps.every((step) => step.status === "succeeded")) {
    if (task.taskType === "code_review" || isProven(steps)) return { status: "completed", error: null };
    return task.requireChecks ? { status: "failed", error: checksMissing() } : { status: "unverified", error: null };
  }
  const failed = steps.find((step) => step.status === "failed");
  if (failed) {
    const cause = failed.error ?? toErrorRecord(new Error("unknown"), "step_failed");
    return { status: "failed", error: { ...cause, message: `The step "${failed.stepKey}" failed: ${cause.message}` } };
  }
  // Our own reason for ending the task early is a failure; the user's wish is not.
  const status = reason.code === "cancelled" ? "cancelled" : "failed";
  return { status, error: toErrorRecord(reason, "cancelled") };
}

/** Whether a check has passed after everything that changed files, and none says that it was measured differently. */
function isProven(steps: readonly StepRecord[]): boolean {
  const checks = steps.filter((step) => step.kind === "check");
  const graph = steps.map(({ stepKey, dependsOn }) => ({ key: stepKey, dependsOn }));
  const last = checks.filter(
    (check) => !checks.some((other) => findAncestors(graph, other.stepKey).includes(check.stepKey)),
  );
  const proving = last.filter((check) => check.handoff?.verdict === "passed");
  const proven = new Set(proving.flatMap((check) => findAncestors(graph, check.stepKey)));
  const writers = steps.filter((step) => step.writes && step.kind !== "check" && step.kind !== "baseline");
  return proving.length > 0 && last.length === proving.length && writers.every((step) => proven.has(step.stepKey));
}

function checksMissing(): ErrorRecord {
  return {
    code: "checks_missing",
    message: "Every step succeeded, but no check has proven the work, and one was required.",
    hint: "Name the project's check commands under checks: in .orchestrator/config.yaml.",
  };
}

/** What the last steps of the graph have to say. */
export function composeOutput(steps: readonly StepRecord[]): string {
  const agents = steps.filter((step) => step.kind === "agent");
  const graph = steps.map(({ stepKey, dependsOn }) => ({ key: stepKey, dependsOn }));
  // Steps of our own come after agents' steps, and a further round after the one before.
  const needed = new Set(agents.flatMap((step) => findAncestors(graph, step.stepKey)));
  const last = agents.filter((step) => !needed.has(step.stepKey) && isStepEnded(step.status));
  return last
    .map((step) => (typeof step.handoff?.summary === "string" ? step.handoff.summary : ""))
    .filter(Boolean)
    .join("\n\n");
}
