import { type FleetStatus, isTaskEnded, type TaskDetails } from "@claude-orchestrator/core";
import { formatTime, paint } from "./format.js";
import { renderAttention } from "./report.js";

/** What the fleet waits for, until when, and how it goes on. */
export function describeHold({ reason, until }: Pick<FleetStatus["holds"][number], "reason" | "until">): string {
  return `Held until ${formatTime(until)}: ${reason}. One agent tries then; the others follow.`;
}

/** Why a task that has not ended does not go on, and what makes it; nothing where it goes on. */
export function describeStandstill(task: TaskDetails): string[] {
  const { taskId, status, attention, held, ownerAlive } = task;
  if (isTaskEnded(status)) return [];
  if (attention) return [paint("yellow", "! needs attention"), renderAttention(task)];
  const goOn = `Go on with it: orchestrator resume ${taskId}`;
  if (status === "paused") return [paint("yellow", `It is paused. ${goOn}`)];
  if (ownerAlive) return held ? [paint("yellow", describeHold(held))] : [];
  return [paint("yellow", `The process that ran it is gone. ${goOn}`)];
}
