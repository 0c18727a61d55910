import { z } from "zod";
import { ERROR_CODES, type ErrorCode } from "./errors.js";
import { usageSchema } from "./usage.js";
import {
  ANALYST_CHOICES,
  COMPLEXITIES,
  censusSchema,
  EXECUTION_MODES,
  plannedStepSchema,
  TASK_TYPES,
} from "./workflow.js";

/** Version of the event shapes below. A change of shape raises it and adds an upcaster in the store. */
export const EVENT_VERSION = 1;

const errorSchema = z.object({
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  hint: z.string(),
});

const fileChangeSchema = z.object({
  path: z.string(),
  kind: z.enum(["created", "modified", "deleted", "renamed"]),
  previousPath: z.string().nullable(),
  linesAdded: z.number().int().nullable(),
  linesRemoved: z.number().int().nullable(),
});
export type FileChange = z.infer<typeof fileChangeSchema>;

/**
 * The whole vocabulary of what can happen. Every other state is derived from these events.
 * Names are noun, then what happened to it; each event carries one object.
 */
export const eventDataSchemas = {
  "task.created": z.object({
    prompt: z.string(),
    workingDirectory: z.string(),
    taskType: z.enum(TASK_TYPES),
    executionMode: z.enum(EXECUTION_MODES),
    includeAnalyst: z.enum(ANALYST_CHOICES),
    model: z.string(),
    budgetUsd: z.number().positive().nullable(),
    /** True when a script answers instead of a model: nothing is charged. */
    rehearsal: z.boolean(),
  }),
  "workflow.planned": z.object({
    planMode: z.enum(["template", "custom"]),
    complexity: z.enum(COMPLEXITIES),
    reasons: z.array(z.string()),
    steps: z.array(plannedStepSchema),
  }),
  "task.started": z.object({ ownerId: z.string() }),
  "task.warned": z.object({ message: z.string() }),
  "task.cancel_requested": z.object({ reason: z.string() }),
  "task.ended": z.object({
    status: z.enum(["completed", "unverified", "failed", "cancelled"]),
    census: censusSchema,
    error: errorSchema.nullable(),
    output: z.string(),
  }),

  "step.waiting": z.object({ reason: z.string() }),
  "step.started": z.object({ attempt: z.number().int().positive(), ownerId: z.string() }),
  "step.attempt_failed": z.object({ attempt: z.number().int().positive(), error: errorSchema }),
  "step.ended": z.object({
    status: z.enum(["succeeded", "failed", "skipped", "cancelled"]),
    reason: z.string(),
    error: errorSchema.nullable(),
    handoff: z.record(z.string(), z.unknown()).nullable(),
  }),

  "agent.created": z.object({
    name: z.string(),
    role: z.string(),
    model: z.string(),
    tools: z.array(z.string()),
    systemPrompt: z.string(),
    workingDirectory: z.string(),
    logDirectory: z.string().nullable(),
  }),
  "agent.started": z.object({
    sessionId: z.string(),
    pid: z.number().int(),
    guard: z.enum(["namespace", "pdeathsig", "watchdog"]),
    /** Milliseconds from the spawn to the process being ready. */
    startMs: z.number().nonnegative(),
  }),
  "agent.prompted": z.object({ messageId: z.string(), prompt: z.string() }),
  "agent.output": z.object({ text: z.string() }),
  "agent.thinking": z.object({ text: z.string() }),
  "agent.context_measured": z.object({
    usedTokens: z.number().int(),
    windowTokens: z.number().int(),
    percentage: z.number(),
  }),
  "agent.ended": z.object({ status: z.enum(["completed", "failed"]), error: errorSchema.nullable() }),
  "agent.deleted": z.object({}),

  "tool.started": z.object({ toolUseId: z.string(), name: z.string(), input: z.string() }),
  "tool.ended": z.object({
    toolUseId: z.string(),
    name: z.string(),
    isError: z.boolean(),
    /** The beginning of the result; the whole of it is in the agent's `tools.jsonl`. */
    excerpt: z.string(),
    filesRead: z.array(z.string()),
  }),
  "permission.decided": z.object({
    toolUseId: z.string(),
    name: z.string(),
    decision: z.enum(["allow", "deny", "none"]),
    reason: z.string(),
  }),

  "model_call.started": z.object({
    callId: z.string(),
    processId: z.string(),
    ordinal: z.number().int(),
    model: z.string(),
  }),
  "model_call.reported": z.object({
    callId: z.string(),
    model: z.string(),
    apiMessageId: z.string().nullable(),
    usage: usageSchema,
    costUsd: z.number().nullable(),
  }),
  "model_call.retried": z.object({
    attempt: z.number().int(),
    maxRetries: z.number().int(),
    delayMs: z.number(),
    status: z.number().int().nullable(),
    error: z.string(),
  }),
  "model_call.ended": z.object({
    callId: z.string(),
    state: z.enum(["complete", "incomplete", "failed"]),
    model: z.string(),
    usage: usageSchema,
    costUsd: z.number().nullable(),
  }),
  /** Calls that never streamed, found when the runtime's own total is compared with our rows. */
  "model_call.reconciled": z.object({
    callId: z.string(),
    processId: z.string(),
    ordinal: z.number().int(),
    model: z.string(),
    usage: usageSchema,
    costUsd: z.number().nullable(),
  }),

  "files.changed": z.object({ changes: z.array(fileChangeSchema) }),
} as const;

export type EventType = keyof typeof eventDataSchemas;
export type EventData<T extends EventType> = z.infer<(typeof eventDataSchemas)[T]>;

interface EventSubject {
  taskId: string | null;
  stepKey: string | null;
  agentId: string | null;
}

/** An event before the store has numbered it. */
export type NewEvent = {
  [T in EventType]: EventSubject & { type: T; data: EventData<T> };
}[EventType];

/** An event as the log holds it: immutable and numbered. */
export type StoredEvent = NewEvent & {
  /** Global sequence number; never used twice. */
  seq: number;
  /** When it was recorded, ISO 8601 in UTC. */
  time: string;
  version: number;
};

/** The stored form of one type of event. */
export type StoredEventOf<T extends EventType> = Extract<StoredEvent, { type: T }>;
