import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  planned,
  stepEnded,
  stepStarted,
  taskCreated,
  taskEnded,
  warned,
} from "../../conformance/task-events.testsuite.js";
import { type EventData, type NewEvent, NO_USAGE, type Usage } from "../../domain/index.js";
import type { Store } from "../store.js";

export { planned, stepEnded, stepStarted, taskCreated, taskEnded, warned };

/** A folder for one test, with the path of a database in it; call `remove` afterwards. */
export function makeFolder(): { path: string; database: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "orchestrator-store-"));
  return {
    path,
    database: join(path, "orchestrator.db"),
    remove: () => rmSync(path, { recursive: true, force: true }),
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

interface Work extends Partial<EventData<"task.created">> {
  /** Its steps; the first is `builder`, which may write as `builder!`. */
  steps?: readonly [string, ...string[]];
  /** What happens while the builder works. */
  events: readonly NewEvent[];
  /** False: the builder is at work. */
  isEnded?: boolean;
}

/** Records a task with a warning and a builder that has worked, or still does. */
export async function addWork(store: Store, taskId: string, work: Work): Promise<void> {
  const { steps = ["builder"], events, isEnded = true, ...given } = work;
  const agent = agentCreated(taskId.replace("task", "agent"), taskId, "builder", {
    rehearsal: given.rehearsal ?? false,
  });
  await store.append([taskCreated(taskId, given), planned(taskId, ...steps), warned(taskId, "careful")]);
  await store.claimTask(taskId, "owner_1");
  await store.append([stepStarted(taskId, "builder"), agent, ...events]);
  if (isEnded) await store.append([stepEnded(taskId, "builder"), taskEnded(taskId)]);
}

/** A message to an agent made by hand. */
export function messaged(agentId: string): NewEvent {
  const data = { messageId: `message_${agentId}`, text: "Hello", whenBusy: "queue" as const };
  return { type: "agent.messaged", taskId: null, stepKey: null, agentId, data };
}
