import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EventData,
  type NewEvent,
  NO_OVERRIDES,
  NO_USAGE,
  type PlannedStep,
  type Usage,
} from "../../domain/index.js";

/** A folder for one test, with the path of a database in it; call `remove` afterwards. */
export function makeFolder(): { path: string; database: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "orchestrator-store-"));
  return {
    path,
    database: join(path, "orchestrator.db"),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

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

export function agentCreated(
  agentId: string,
  taskId: string | null,
  stepKey: string | null = null,
  given: Partial<EventData<"agent.created">> = {},
): NewEvent {
  return {
    type: "agent.created",
    taskId,
    stepKey,
    agentId,
    data: {
      name: "Bob",
      role: "builder",
      model: "sonnet",
      tools: ["Read"],
      systemPrompt: "Build.",
      workingDirectory: "/work",
      logDirectory: null,
      rehearsal: false,
      settings: {
        writes: true,
        effort: null,
        fallbackModel: null,
        maxTurns: 60,
        timeoutMinutes: 30,
        sandbox: false,
        maxTokens: null,
      },
      ...given,
    },
  };
}

interface Call {
  taskId: string | null;
  stepKey?: string | null;
  agentId: string;
  callId: string;
  ordinal: number;
  usage?: Partial<Usage>;
  costUsd?: number | null;
  /** The model that answers. */
  model?: string;
}

export function callStarted({ taskId, stepKey = null, agentId, callId, ordinal }: Call): NewEvent {
  return {
    type: "model_call.started",
    taskId,
    stepKey,
    agentId,
    data: { callId, processId: "process", ordinal, model: "sonnet" },
  };
}

export function callEnded(call: Call, state: "complete" | "incomplete" | "failed" = "complete"): NewEvent {
  return {
    type: "model_call.ended",
    taskId: call.taskId,
    stepKey: null,
    agentId: call.agentId,
    data: {
      callId: call.callId,
      state,
      model: call.model ?? "claude-sonnet-5-5",
      usage: { ...NO_USAGE, ...call.usage },
      costUsd: call.costUsd ?? null,
    },
  };
}

export function callReconciled(call: Call): NewEvent {
  return {
    type: "model_call.reconciled",
    taskId: call.taskId,
    stepKey: null,
    agentId: call.agentId,
    data: {
      callId: call.callId,
      processId: "process",
      ordinal: call.ordinal,
      model: call.model ?? "claude-sonnet-5-5",
      usage: { ...NO_USAGE, ...call.usage },
      costUsd: call.costUsd ?? null,
    },
  };
}
