import { OrchestratorError } from "../../domain/index.js";
import type { HoldRecord } from "../../store/index.js";

/** Why something waits or ends, in words. */
export function describeWait(cause: "limit" | "priority" | "writer", holders: readonly string[]): string {
  const isOne = holders.length === 1;
  switch (cause) {
    case "limit":
      return `${isOne ? "1 step runs" : `${holders.length} steps run`} already, as many as ORCHESTRATOR_MAX_PARALLEL_AGENTS allows`;
    case "priority":
      return `${isOne ? "1 step" : `${holders.length} steps`} of a greater priority ${isOne ? "waits" : "wait"} as well`;
    case "writer":
      return `${holders.join(", ")} writes in the same directory; one writer at a time`;
  }
}

/** The same of a step that waits with the fleet; when the limit is over it is only not its turn yet. */
export function describeHeld({ reason, releasedMs }: Pick<HoldRecord, "reason" | "releasedMs">): string {
  return releasedMs === null ? reason : "a limit is over, and agents go on one after another";
}

export function cancelled(reason: string): OrchestratorError {
  return new OrchestratorError("cancelled", reason, "Finished steps are kept. Run it again when you want.");
}

export function suspended(reason: string): OrchestratorError {
  return new OrchestratorError("cancelled", `It was interrupted: ${reason}.`, "It goes on with: orchestrator resume");
}

/** Nothing of the task may be written here any more: the other process goes on with it. */
export class TaskTakenOver extends OrchestratorError {
  constructor(taskId: string) {
    super(
      "cancelled",
      `Another process has taken over the task ${taskId}, or has ended it.`,
      `Look at it: orchestrator task-details ${taskId}`,
    );
  }
}

export function reasonOf(signal: AbortSignal): OrchestratorError {
  return OrchestratorError.is(signal.reason) ? signal.reason : cancelled("the task was cancelled");
}
