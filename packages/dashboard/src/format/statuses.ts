import type { AgentStatus, StepStatus, TaskStatus } from "../api/types.ts";

/** How a status is shown: by a word, a shape and a tone, never by its colour alone. */
export type Tone = "still" | "active" | "good" | "warn" | "bad";
export type Shape =
  | "ring"
  | "arc"
  | "pause"
  | "hourglass"
  | "alert"
  | "check"
  | "half"
  | "cross"
  | "slash"
  | "skip"
  | "dot";

interface StatusLook {
  word: string;
  tone: Tone;
  shape: Shape;
  meaning: string;
}

/** In the order of docs/statuses.md. */
export const TASK_LOOKS: Record<TaskStatus, StatusLook> = {
  queued: { word: "queued", tone: "still", shape: "ring", meaning: "recorded, not begun" },
  running: { word: "running", tone: "active", shape: "arc", meaning: "its steps run" },
  needs_attention: {
    word: "needs attention",
    tone: "warn",
    shape: "alert",
    meaning: "nothing more can run before you have done something",
  },
  completed: {
    word: "completed",
    tone: "good",
    shape: "check",
    meaning: "every step succeeded, and a check has passed after everything that changed files",
  },
  unverified: {
    word: "unverified",
    tone: "warn",
    shape: "half",
    meaning: "every step succeeded, and nothing has proven it",
  },
  failed: { word: "failed", tone: "bad", shape: "cross", meaning: "a step failed, or the orchestrator ended the task" },
  cancelled: { word: "cancelled", tone: "still", shape: "slash", meaning: "ended on request; finished steps are kept" },
  paused: { word: "paused", tone: "warn", shape: "pause", meaning: "starts nothing new until it is resumed" },
  held: {
    word: "held",
    tone: "warn",
    shape: "hourglass",
    meaning: "a usage limit or an outage holds the fleet; it goes on by itself",
  },
};

export const STEP_LOOKS: Record<StepStatus, StatusLook> = {
  pending: { word: "pending", tone: "still", shape: "ring", meaning: "waits for the steps it depends on" },
  waiting: { word: "waiting", tone: "warn", shape: "hourglass", meaning: "could start, but something keeps it" },
  running: { word: "running", tone: "active", shape: "arc", meaning: "an agent or the orchestrator works on it" },
  succeeded: { word: "succeeded", tone: "good", shape: "check", meaning: "it has run, and its result fits" },
  failed: { word: "failed", tone: "bad", shape: "cross", meaning: "its error says why" },
  skipped: { word: "skipped", tone: "still", shape: "skip", meaning: "a step it depends on did not succeed" },
  cancelled: { word: "cancelled", tone: "still", shape: "slash", meaning: "the task was ended first" },
};

export const AGENT_LOOKS: Record<AgentStatus, StatusLook> = {
  created: { word: "created", tone: "still", shape: "ring", meaning: "recorded; its process has not started" },
  running: { word: "running", tone: "active", shape: "arc", meaning: "its process is ready or works" },
  waiting: { word: "waiting", tone: "warn", shape: "hourglass", meaning: "for its next message, or with the fleet" },
  completed: { word: "completed", tone: "good", shape: "check", meaning: "its step has ended" },
  failed: { word: "failed", tone: "bad", shape: "cross", meaning: "its step has failed" },
  deleted: { word: "deleted", tone: "still", shape: "slash", meaning: "gone; records, costs and logs stay" },
};

export const TASK_STATUSES = Object.keys(TASK_LOOKS) as TaskStatus[];
export const AGENT_STATUSES = Object.keys(AGENT_LOOKS) as AgentStatus[];

/** True when no step of the task runs or will run by itself. */
export function isTaskEnded(status: TaskStatus): boolean {
  return status === "completed" || status === "unverified" || status === "failed" || status === "cancelled";
}

/**
 * The status of a step as a reader wants it: the verdict of a check stands in place of `succeeded`.
 *
 * @param step - the step; without a handoff its status alone is told
 */
export function lookOfStep(step: {
  status: StepStatus;
  reusedFrom?: string | null;
  handoff?: Record<string, unknown> | null;
}): StatusLook {
  const look = STEP_LOOKS[step.status];
  if (step.status !== "succeeded") return look;
  const verdict = step.handoff?.verdict;
  if (verdict === "failed" || verdict === "changes_requested")
    return {
      word: verdict.replace("_", " "),
      tone: "warn",
      shape: "cross",
      meaning: "it ran, and began a further round",
    };
  if (verdict === "unproven")
    return { word: "unproven", tone: "warn", shape: "half", meaning: "it passed, but the work changed how it is run" };
  if (step.reusedFrom) return { ...look, word: "reused", meaning: "its result comes from another task" };
  return typeof verdict === "string" ? { ...look, word: verdict } : look;
}

/** What the fleet waits for, in words. */
export const HOLD_WORDS = {
  usage_limit: "a usage limit",
  overload: "an endpoint that has too much to do",
  unreachable: "an endpoint that does not answer",
} as const;

/** What a status check has found wrong, in words. */
export const FINDING_WORDS = {
  silent: "nothing was heard of it",
  looping: "the same call again and again",
  no_progress: "its calls repeat earlier ones",
} as const;
