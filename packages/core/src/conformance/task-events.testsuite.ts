import { type EventData, type NewEvent, NO_OVERRIDES, type PlannedStep } from "../domain/index.js";

export function taskCreated(taskId: string, given: Partial<EventData<"task.created">> = {}): NewEvent {
  return {
    type: "task.created",
    taskId,
    stepKey: null,
    agentId: null,
    data: {
      prompt: "Do it",
      workingDirectory: "/work",
      taskType: "custom",
      executionMode: "sequential",
      includeAnalyst: "auto",
      model: "sonnet",
      budgetUsd: null,
      rehearsal: false,
      priority: 0,
      afterTaskId: null,
      followUpOf: null,
      forkOf: null,
      ownerId: null,
      workspaceKind: "in_place",
      uncommitted: "leave",
      requireChecks: false,
      ...given,
    },
  };
}

export function taskEnded(taskId: string, status: EventData<"task.ended">["status"] = "unverified"): NewEvent {
  const census = {
    planned: 1,
    ran: 1,
    succeeded: 1,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    retried: 0,
    rounds: 0,
    reused: 0,
  };
  const data = { status, census, error: null, output: "All done." };
  return { type: "task.ended", taskId, stepKey: null, agentId: null, data };
}

/** A plan whose steps are given as `key` or, for a step that writes, `key!`. */
export function planned(taskId: string, ...keys: string[]): NewEvent {
  const steps = keys.map(
    (key): PlannedStep => ({
      key: key.replace("!", ""),
      kind: "agent",
      role: "builder",
      instructions: "",
      dependsOn: [],
      writes: key.endsWith("!"),
      overrides: NO_OVERRIDES,
      round: 0,
      lane: null,
    }),
  );
  const data = {
    planMode: "custom" as const,
    workflow: null,
    complexity: "simple" as const,
    reasons: ["because"],
    steps,
    checks: [],
  };
  return { type: "workflow.planned", taskId, stepKey: null, agentId: null, data };
}

export function warned(taskId: string | null, message: string): NewEvent {
  return { type: "task.warned", taskId, stepKey: null, agentId: null, data: { message } };
}

export function stepStarted(taskId: string, stepKey: string, attempt = 1): NewEvent {
  return { type: "step.started", taskId, stepKey, agentId: null, data: { attempt, ownerId: "owner_1" } };
}

export function stepEnded(
  taskId: string,
  stepKey: string,
  status: "succeeded" | "failed" | "skipped" = "succeeded",
): NewEvent & { type: "step.ended" } {
  return {
    type: "step.ended",
    taskId,
    stepKey,
    agentId: null,
    data: { status, reason: "", error: null, handoff: { summary: "done" } },
  };
}
