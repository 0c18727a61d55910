import { OrchestratorError } from "../../domain/index.js";
import type { StepOutcome } from "../engine.js";
import type { TaskControl } from "./task-control.js";

/** A full disk is no fault of a step: its task is left as it is, to be gone on with when there is room. */
export function isDiskFull(error: unknown): error is OrchestratorError {
  return OrchestratorError.is(error) && error.code === "disk_full";
}

/** The error of a step that could not go on for want of room; `null` for any other end. */
export function toDiskFull(outcome: StepOutcome): OrchestratorError | null {
  if (outcome.status !== "failed" || outcome.error.code !== "disk_full") return null;
  return new OrchestratorError("disk_full", outcome.error.message, outcome.error.hint);
}

/** Stops the steps that run when one has failed for all; on a full disk without recording an end of them. */
export function stopAll(control: TaskControl, error: unknown): void {
  if (isDiskFull(error)) control.suspend(error);
  else control.abort(error);
}

/** What whoever waits for the task is told. */
export function waitsForRoom(taskId: string, message: string): OrchestratorError {
  return new OrchestratorError("disk_full", message, `Make room on the disk, then: orchestrator resume ${taskId}`);
}
