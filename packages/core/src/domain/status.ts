/** Every status a task can have. `docs/statuses.md` says what each means. */
export const TASK_STATUSES = [
  "queued",
  "running",
  "paused",
  "held",
  "needs_attention",
  "completed",
  "unverified",
  "failed",
  "cancelled",
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Every status a step can have. */
export const STEP_STATUSES = ["pending", "waiting", "running", "succeeded", "failed", "skipped", "cancelled"] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** Every status an agent can have. */
export const AGENT_STATUSES = ["created", "running", "waiting", "completed", "failed", "deleted"] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

const TASK_TRANSITIONS: Record<TaskStatus, readonly TaskStatus[]> = {
  queued: ["running", "cancelled", "failed"],
  running: ["running", "paused", "held", "needs_attention", "completed", "unverified", "failed", "cancelled"],
  paused: ["running", "paused", "completed", "unverified", "cancelled", "failed"],
  held: ["running", "held", "paused", "needs_attention", "cancelled", "failed"],
  needs_attention: ["running", "cancelled", "failed", "completed", "unverified"],
  completed: [],
  unverified: [],
  failed: ["running"],
  cancelled: ["running"],
};

const STEP_TRANSITIONS: Record<StepStatus, readonly StepStatus[]> = {
  pending: ["waiting", "running", "skipped", "cancelled", "failed"],
  waiting: ["waiting", "running", "skipped", "cancelled", "failed"],
  running: ["running", "waiting", "succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: ["running", "pending"],
  skipped: ["running", "pending"],
  cancelled: ["running", "pending"],
};

const AGENT_TRANSITIONS: Record<AgentStatus, readonly AgentStatus[]> = {
  created: ["running", "failed", "completed", "deleted"],
  running: ["waiting", "running", "completed", "failed", "deleted"],
  waiting: ["running", "completed", "failed", "deleted"],
  completed: ["running", "deleted"],
  failed: ["running", "deleted"],
  deleted: [],
};

/**
 * Says whether a task may go from one status to another.
 *
 * @param from - the status now
 * @param to - the status wanted
 */
export function canTaskBecome(from: TaskStatus, to: TaskStatus): boolean {
  return TASK_TRANSITIONS[from].includes(to);
}

/** Says whether a step may go from one status to another. The same again is a new attempt, or another cause to wait. */
export function canStepBecome(from: StepStatus, to: StepStatus): boolean {
  return STEP_TRANSITIONS[from].includes(to);
}

/** Says whether an agent may go from one status to another. */
export function canAgentBecome(from: AgentStatus, to: AgentStatus): boolean {
  return AGENT_TRANSITIONS[from].includes(to);
}

/** True when the task has ended: no step of it runs or will run by itself. */
export function isTaskEnded(status: TaskStatus): boolean {
  return status === "completed" || status === "unverified" || status === "failed" || status === "cancelled";
}

/** True when the step has ended, however it ended. */
export function isStepEnded(status: StepStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "skipped" || status === "cancelled";
}
