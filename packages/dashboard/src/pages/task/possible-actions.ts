import type { TaskDetails } from "../../api/types.ts";
import { isTaskEnded } from "../../format/statuses.ts";

export type TaskAction = "retry" | "cancel" | "pause" | "resume" | "follow-up" | "apply" | "undo" | "delete";

/** The step at which to begin again, when a task has ended without success. */
export function failedStepOf(task: Pick<TaskDetails, "status" | "steps" | "digest">): string | null {
  if (task.status !== "failed" && task.status !== "cancelled") return null;
  const first = (status: string) => task.steps.find((step) => step.status === status)?.stepKey;
  return task.digest?.stepKey ?? first("failed") ?? first("cancelled") ?? null;
}

type Facts = Pick<
  TaskDetails,
  "status" | "steps" | "digest" | "ownerAlive" | "workspaceKind" | "applied" | "undoneAt" | "cancelRequested"
>;

/** What can be done with a task as it is now, the most likely first. The server has the last word on each. */
export function possibleActions(task: Facts): TaskAction[] {
  const { status, ownerAlive, workspaceKind } = task;
  const isEnded = isTaskEnded(status);
  const isDone = status === "completed" || status === "unverified";
  const isAbandoned = !isEnded && status !== "queued" && !ownerAlive;
  const actions: [TaskAction, boolean][] = [
    ["retry", failedStepOf(task) !== null],
    ["resume", status === "paused" || status === "needs_attention" || isAbandoned],
    ["apply", isDone && workspaceKind === "worktree" && task.applied === null],
    ["follow-up", isDone],
    ["pause", (status === "running" || status === "held" || status === "queued") && ownerAlive],
    ["cancel", !isEnded && !task.cancelRequested],
    ["undo", isEnded && workspaceKind === "in_place" && task.undoneAt === null],
    ["delete", isEnded],
  ];
  return actions.flatMap(([action, isPossible]) => (isPossible ? [action] : []));
}
