import { isTaskEnded, type TaskDetails } from "@claude-orchestrator/core";
import { paint } from "./format.js";
import { renderAttention } from "./report.js";

/** Why a task that has not ended does not go on, and what makes it; nothing where it goes on. */
export function describeStandstill(task: TaskDetails): string[] {
  const { taskId, status, attention, ownerAlive } = task;
  if (isTaskEnded(status)) return [];
  if (attention) return [paint("yellow", "! needs attention"), renderAttention(task)];
  const goOn = `Go on with it: orchestrator resume ${taskId}`;
  if (status === "paused") return [paint("yellow", `It is paused. ${goOn}`)];
  return ownerAlive ? [] : [paint("yellow", `The process that ran it is gone. ${goOn}`)];
}
