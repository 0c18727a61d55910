import type { Hold } from "../../limits/index.js";
import { record, type TaskOwner } from "./end-task.js";
import type { TaskControl } from "./task-control.js";

/** Says once that steps of a task wait with the fleet. One that is paused, or ends, says so rather. */
export async function tellHold(
  owner: TaskOwner,
  taskId: string,
  control: TaskControl,
  { cause, reason, untilMs }: Hold,
): Promise<void> {
  const until = new Date(untilMs).toISOString();
  if (control.isPaused || control.signal.aborted || control.held?.until === until) return;
  control.held = { cause, reason, until };
  await record(owner, taskId, { type: "task.held", taskId, stepKey: null, agentId: null, data: control.held });
}

/** Says that the fleet goes on, where the task was said to wait with it. */
export async function tellRelease(owner: TaskOwner, taskId: string, control: TaskControl): Promise<void> {
  if (!control.held || control.isPaused || control.signal.aborted) return;
  control.held = null;
  await record(owner, taskId, { type: "task.released", taskId, stepKey: null, agentId: null, data: {} });
}
