import { isTaskEnded, OrchestratorError } from "./domain/index.js";
import type { TaskRecord } from "./store/index.js";
import type { TaskDetails } from "./task-details.js";

/**
 * Only a task that has ended can be followed up.
 *
 * @throws OrchestratorError `invalid_input`
 */
export function requireEnded({ taskId, status, endedAt }: TaskDetails): void {
  if (endedAt !== null) return;
  throw new OrchestratorError(
    "invalid_input",
    `The task ${taskId} is ${status}; only one that has ended can be followed up.`,
    `Wait for it, or start the new task after it: orchestrator execute --after ${taskId} "…"`,
  );
}

/**
 * Only a task that nobody is at work on can be gone on with.
 *
 * @param isOurs - whether this orchestrator goes on with it already, in the background
 * @throws OrchestratorError `invalid_input`
 */
export function requireResumable({ taskId, status, ownerAlive }: TaskDetails, isOurs: boolean): void {
  const isIdle = isOurs || !ownerAlive || status === "paused" || status === "needs_attention";
  if (isIdle && !isTaskEnded(status)) return;
  throw new OrchestratorError(
    "invalid_input",
    `The task ${taskId} is ${status}${ownerAlive ? " and its process is at work" : ""}; there is nothing to resume.`,
    `Look at it: orchestrator task-details ${taskId}`,
  );
}

/**
 * Only a task that runs can be paused; one that is paused already can still be stopped.
 *
 * @param interrupt - whether what runs is to be stopped, too
 * @throws OrchestratorError `invalid_input`
 */
export function requirePausable({ taskId, status, ownerAlive }: TaskDetails, interrupt: boolean): void {
  const isGoingOn = status === "running" || status === "held";
  if (ownerAlive && (isGoingOn || (status === "paused" && interrupt))) return;
  throw new OrchestratorError(
    "invalid_input",
    `The task ${taskId} is ${status}${ownerAlive ? "" : ", and no process runs it"}; only one that runs can be paused.`,
    `Look at it: orchestrator task-details ${taskId}`,
  );
}

/**
 * What began as a rehearsal must not go on with a model that costs something, nor the other way round.
 *
 * @param isRehearsal - whether a script stands for the model here
 * @throws OrchestratorError `invalid_input`
 */
export function requireSameModel({ taskId, rehearsal }: TaskRecord, isRehearsal: boolean): void {
  if (rehearsal === isRehearsal) return;
  throw new OrchestratorError(
    "invalid_input",
    `The task ${taskId} ${rehearsal ? "is a rehearsal" : "is no rehearsal"}, and the model of this orchestrator is ${isRehearsal ? "a script" : "a real one"}.`,
    rehearsal ? "Give it the scripted endpoint, or run the task anew." : "Resume it without a script.",
  );
}
