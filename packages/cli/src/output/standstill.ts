import { type FleetStatus, isTaskEnded, type TaskDetails } from "@claude-orchestrator/core";
import { formatTime, paint, wrap } from "./format.js";
import { renderAttention } from "./report.js";

/**
 * What the fleet waits for, until when, and how it goes on. A hold outlives its wait: it ends when an agent is answered.
 *
 * @param nowMs - the time
 */
export function describeHold(
  { reason, until }: Pick<FleetStatus["holds"][number], "reason" | "until">,
  nowMs = Date.now(),
): string {
  const time = formatTime(until);
  const isOver = Date.parse(until) <= nowMs;
  const text = isOver
    ? `Held: ${reason}. The wait ended at ${time}; the next agent tries, and the others follow.`
    : `Held until ${time}: ${reason}. One agent tries then; the others follow.`;
  return wrap(text, 0);
}

/** What holds whoever reaches the models in another way: told while they wait, for it may be an earlier key of ours. */
export function describeOtherHold({ reason, until }: FleetStatus["holds"][number], nowMs = Date.now()): string {
  if (Date.parse(until) <= nowMs) return "";
  return wrap(`With another key or endpoint held until ${formatTime(until)}: ${reason}. It holds nobody here.`, 0);
}

/** Why a task that has not ended does not go on, and what makes it; nothing where it goes on. */
export function describeStandstill(task: TaskDetails, nowMs = Date.now()): string[] {
  const { taskId, status, attention, held, ownerAlive } = task;
  if (isTaskEnded(status)) return [];
  if (attention) return [paint("yellow", "! needs attention"), renderAttention(task)];
  const goOn = `Go on with it: orchestrator resume ${taskId}`;
  if (status === "paused") return [paint("yellow", `It is paused. ${goOn}`)];
  if (ownerAlive) return held ? [paint("yellow", describeHold(held, nowMs))] : [];
  return [paint("yellow", `The process that ran it is gone. ${goOn}`)];
}
