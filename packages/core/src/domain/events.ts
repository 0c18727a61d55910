import { z } from "zod";
import { ERROR_CODES, type ErrorCode } from "./errors.js";
import { usageSchema } from "./usage.js";
import {
  ANALYST_CHOICES,
  COMPLEXITIES,
  censusSchema,
  checkCommandSchema,
  EXECUTION_MODES,
  PLAN_MODES,
  plannedStepSchema,
  skippedRoleSchema,
  TASK_TYPES,
  UNCOMMITTED_CHOICES,
  WORKSPACE_KINDS,
} from "./workflow.js";

/** Version of the event shapes below. A change of shape raises it and adds an upcaster in the store. */
export const EVENT_VERSION = 4;

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

/** What a hand-made agent needs again when its conversation is taken up by another process. */
const agentSettingsSchema = z.object({
  writes: z.boolean(),
  effort: z.enum(["low", "medium", "high", "max"]).nullable(),
  fallbackModel: z.string().nullable(),
  maxTurns: z.number().int().positive(),
  timeoutMinutes: z.number().positive(),
  sandbox: z.boolean(),
  /** Most tokens of one answer; `null` for the model's own limit. */
  maxTokens: z.number().int().positive().nullable(),
});
export type AgentSettings = z.infer<typeof agentSettingsSchema>;

export const WHEN_BUSY = ["queue", "steer"] as const;
/** What becomes of a message to an agent that is busy: it waits its turn, or joins the turn that runs. */
export type WhenBusy = (typeof WHEN_BUSY)[number];

export const WAITING_CAUSES = ["limit", "priority", "writer", "attention", "held"] as const;

export const HOLD_CAUSES = ["usage_limit", "overload", "unreachable"] as const;
/** Why the fleet is held: a usage limit, an endpoint that has too much to do, or one that does not answer. */
export type HoldCause = (typeof HOLD_CAUSES)[number];

export const CHECK_OUTCOMES = ["passed", "failed", "timed_out", "not_found"] as const;
/** How a check command ended: by its exit code; `not_found` when there is no such command. */
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export const APPLY_MODES = ["merge", "squash", "patch"] as const;
/** How a task's result comes into the user's checkout. */
export type ApplyMode = (typeof APPLY_MODES)[number];

/** How many tests a check's own output speaks of. */
const testCountsSchema = z.object({
  passed: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
});
export type TestCounts = z.infer<typeof testCountsSchema>;

/** Where a task has left the way of another. */
const forkSchema = z.object({ taskId: z.string(), stepKey: z.string() });
export type Fork = z.infer<typeof forkSchema>;

/** The evidence of one run of a check or set-up command. */
const commandRunSchema = z.object({
  name: z.string(),
  command: z.string(),
  outcome: z.enum(CHECK_OUTCOMES),
  /** `null` when a signal ended it. */
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  /** Its output, with secrets taken out; `logHash` is the SHA-256 of the file. */
  logPath: z.string(),
  logHash: z.string(),
  /** What it printed, of which the log holds no more than its limit. */
  outputBytes: z.number().int().nonnegative(),
});
export type CommandRun = z.infer<typeof commandRunSchema>;

/** The evidence of one run of a check. */
const checkRun = {
  ...commandRunSchema.shape,
  counts: testCountsSchema.nullable(),
  failedTests: z.array(z.string()),
  /** Whether the check is passed: by its exit code, or measured against the baseline. */
  passed: z.boolean(),
  /** Why, where the exit code alone does not say it. */
  reason: z.string(),
  /** The files that it ran on: the id of a git tree. */
  tree: z.string().nullable(),
};

export const FINDINGS = ["silent", "looping", "no_progress"] as const;
/** What a status check may find wrong with an agent. */
export type Finding = (typeof FINDINGS)[number];
export const CHECK_ACTIONS = ["none", "reported", "nudged", "stopped"] as const;

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
    /** Steps of a task with a greater number go first when not all can run. */
    priority: z.number().int(),
    /** The task that must have succeeded before this one starts. */
    afterTaskId: z.string().nullable(),
    /** The task whose results this one builds on. */
    followUpOf: z.string().nullable(),
    /** The task and the step at which this one goes another way; what came before that step is reused. */
    forkOf: forkSchema.nullable(),
    /** The owner that will run it. */
    ownerId: z.string().nullable(),
    workspaceKind: z.enum(WORKSPACE_KINDS),
    uncommitted: z.enum(UNCOMMITTED_CHOICES),
    /** A task that no check has proven counts as failed. */
    requireChecks: z.boolean(),
  }),
  "workflow.planned": z.object({
    planMode: z.enum(PLAN_MODES),
    /** The name of the workflow file, where one was used. */
    workflow: z.string().nullable(),
    complexity: z.enum(COMPLEXITIES),
    reasons: z.array(z.string()),
    steps: z.array(plannedStepSchema),
    /** The check commands, as they were found before the run. */
    checks: z.array(checkCommandSchema),
  }),
  /** The graph gains steps while it runs. */
  "workflow.extended": z.object({
    reason: z.string(),
    steps: z.array(plannedStepSchema),
    /** One of the new steps, for which everything waits from now on that waited for the step that ended. */
    continuedBy: z.string().nullable(),
    /** What the planner decided, where it was planning that added the steps. */
    plan: z
      .object({
        planMode: z.enum(PLAN_MODES),
        complexity: z.enum(COMPLEXITIES),
        rationale: z.string(),
        skippedRoles: z.array(skippedRoleSchema),
        /** Why the template was taken in place of the planner's answer. */
        fallbackReason: z.string().nullable(),
      })
      .nullable(),
  }),
  "task.started": z.object({ ownerId: z.string() }),
  /** A process goes on with a task that was interrupted, paused or needed a person. */
  "task.resumed": z.object({
    ownerId: z.string(),
    /** Whose process was at it before. */
    previousOwnerId: z.string().nullable(),
  }),
  /** Nothing new is started; with `interrupt` what runs is stopped too, to be gone on with later. */
  "task.pause_requested": z.object({ interrupt: z.boolean(), reason: z.string() }),
  "task.resume_requested": z.object({}),
  /** An ended task goes on: steps of it are to be run again. */
  "task.reopened": z.object({ reason: z.string() }),
  /** `released`: its process has let go of it, so that any other may go on with it at once. */
  "task.paused": z.object({ reason: z.string(), released: z.boolean() }),
  "task.warned": z.object({ message: z.string() }),
  "task.cancel_requested": z.object({ reason: z.string() }),
  /** Nothing more can run before a person has done something. */
  "task.needs_attention": z.object({ reason: z.string(), hint: z.string() }),
  /** Its result has come into the user's checkout. */
  "task.applied": z.object({
    mode: z.enum(APPLY_MODES),
    /** What the checkout stood at before. */
    from: z.string().nullable(),
    /** The commit that brought it; `null` for a patch. */
    commit: z.string().nullable(),
  }),
  /** What the task changed in place was put back. */
  "task.undone": z.object({ files: z.number().int() }),
  "task.ended": z.object({
    status: z.enum(["completed", "unverified", "failed", "cancelled"]),
    census: censusSchema,
    error: errorSchema.nullable(),
    output: z.string(),
  }),

  /** A step of it waits until the fleet may go on. */
  "task.held": z.object({ cause: z.enum(HOLD_CAUSES), reason: z.string(), until: z.string() }),
  "task.released": z.object({}),

  /** Its events and records are gone; this is of no task, so that it stays. */
  "task.removed": z.object({ taskId: z.string() }),

  "step.waiting": z.object({ reason: z.string(), cause: z.enum(WAITING_CAUSES) }),
  "step.started": z.object({ attempt: z.number().int().positive(), ownerId: z.string() }),
  "step.attempt_failed": z.object({ attempt: z.number().int().positive(), error: errorSchema }),
  /** The agent's context was full: it has handed over, and a fresh one goes on. */
  "step.agent_replaced": z.object({ percentage: z.number(), handoff: z.record(z.string(), z.unknown()) }),
  /** It is to be run again. */
  "step.reopened": z.object({ reason: z.string() }),
  "step.ended": z.object({
    status: z.enum(["succeeded", "failed", "skipped", "cancelled"]),
    reason: z.string(),
    error: errorSchema.nullable(),
    handoff: z.record(z.string(), z.unknown()).nullable(),
  }),
  /** It is not run: what it came to in another task stands for it. */
  "step.reused": z.object({
    /** The task in which it ran. */
    fromTaskId: z.string(),
    /** When it ended there. */
    endedAt: z.string(),
    handoff: z.record(z.string(), z.unknown()).nullable(),
    /** The files before and after it, and its commit, where it wrote. */
    fromTree: z.string().nullable(),
    toTree: z.string().nullable(),
    commit: z.string().nullable(),
  }),

  "agent.created": z.object({
    name: z.string(),
    role: z.string(),
    model: z.string(),
    tools: z.array(z.string()),
    systemPrompt: z.string(),
    workingDirectory: z.string(),
    logDirectory: z.string().nullable(),
    rehearsal: z.boolean(),
    settings: agentSettingsSchema,
  }),
  /** A process takes up a hand-made agent. */
  "agent.claimed": z.object({ ownerId: z.string() }),
  /** Its process has ended; it comes back by its session. */
  "agent.released": z.object({ ownerId: z.string() }),
  "agent.started": z.object({
    sessionId: z.string(),
    pid: z.number().int(),
    guard: z.enum(["namespace", "pdeathsig", "watchdog"]),
    /** Milliseconds from the spawn to the process being ready. */
    startMs: z.number().nonnegative(),
  }),
  "agent.messaged": z.object({ messageId: z.string(), text: z.string(), whenBusy: z.enum(WHEN_BUSY) }),
  "agent.prompted": z.object({ messageId: z.string(), prompt: z.string() }),
  "agent.replied": z.object({
    messageId: z.string(),
    status: z.enum(["answered", "failed"]),
    text: z.string(),
    error: errorSchema.nullable(),
    /** True when the message joined a turn that ran already; the turn's cost is with the message that began it. */
    steered: z.boolean(),
    modelCalls: z.number().int(),
    usage: usageSchema,
    costUsd: z.number().nullable(),
  }),
  "agent.model_changed": z.object({ model: z.string() }),
  "agent.interrupt_requested": z.object({ reason: z.string() }),
  "agent.kill_requested": z.object({ reason: z.string() }),
  "agent.delete_requested": z.object({}),
  /** One status check, in plain code: what was measured, what is wrong, and what was done about it. */
  "agent.checked": z.object({
    silentMs: z.number().int().nonnegative(),
    identicalCalls: z.number().int().nonnegative(),
    callsSinceNew: z.number().int().nonnegative(),
    finding: z.enum(FINDINGS).nullable(),
    action: z.enum(CHECK_ACTIONS),
  }),
  "agent.output": z.object({ text: z.string() }),
  "agent.thinking": z.object({ text: z.string() }),
  "agent.context_measured": z.object({
    usedTokens: z.number().int(),
    windowTokens: z.number().int(),
    percentage: z.number(),
  }),
  "agent.ended": z.object({ status: z.enum(["completed", "failed"]), error: errorSchema.nullable() }),
  "agent.deleted": z.object({}),
  /** The events and records of a hand-made agent are gone. */
  "agent.removed": z.object({ agentId: z.string() }),

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

  /** One run of a check command. */
  "check.ended": z.object(checkRun),
  /** The evidence of a reused step: the check ran in the task that it comes from, and ended then. */
  "check.reused": z.object({ ...checkRun, endedAt: z.string() }),
  /** A directory is there for agents to work in. */
  "workspace.created": z.object({
    kind: z.enum(WORKSPACE_KINDS),
    /** The step that has it for itself; `null` for the task's. */
    lane: z.string().nullable(),
    /** The top of its files. */
    root: z.string(),
    /** Where agents work: the top or a folder below it. */
    directory: z.string(),
    /** The top of the user's own checkout; `null` outside git. */
    repository: z.string().nullable(),
    branch: z.string().nullable(),
    /** The commit that the user was on. */
    userCommit: z.string().nullable(),
    /** The commit that it began with; the user's uncommitted changes are a commit on top of theirs. */
    startCommit: z.string().nullable(),
    startTree: z.string().nullable(),
    /** What its branch stands at from the first: its beginning, or what reused steps have left. */
    tip: z.string().nullable(),
    /** So many uncommitted files of the user's were brought along, or left out. */
    uncommittedFiles: z.number().int(),
    /** Its first port, of ten; 0 in place. */
    portBase: z.number().int(),
    /** Host on which it lies. */
    host: z.string(),
  }),
  /** What makes it ready: files and folders taken over, and commands that were run. */
  "workspace.prepared": z.object({
    lane: z.string().nullable(),
    shared: z.array(z.string()),
    copied: z.array(z.string()),
    linked: z.array(z.string()),
    setup: z.array(commandRunSchema),
    durationMs: z.number().nonnegative(),
  }),
  /** What a writing step left: in a worktree a commit, in place a tree. */
  "workspace.committed": z.object({
    lane: z.string().nullable(),
    fromTree: z.string(),
    toTree: z.string(),
    commit: z.string().nullable(),
    parents: z.array(z.string()),
  }),
  /** What existed only in a workspace is kept under a ref. */
  "workspace.rescued": z.object({
    lane: z.string().nullable(),
    repository: z.string(),
    ref: z.string(),
    commit: z.string(),
    files: z.number().int(),
  }),
  "workspace.removed": z.object({ lane: z.string().nullable(), root: z.string() }),

  "files.changed": z.object({ changes: z.array(fileChangeSchema) }),

  /** No model call is begun by anyone who reaches the models in this way, until one has tried and was answered. */
  "fleet.held": z.object({
    /** How the models are reached: a digest of endpoint and credentials. */
    scope: z.string(),
    cause: z.enum(HOLD_CAUSES),
    reason: z.string(),
    /** When one may try. */
    until: z.string(),
    /** When the first of an unbroken row of holds began. */
    since: z.string(),
    /** So many holds in that row. */
    strikes: z.number().int().positive(),
  }),
  /** One step or agent may try; the others wait for what comes of it, at most until then. */
  "fleet.canary_sent": z.object({ scope: z.string(), caller: z.string(), ownerId: z.string(), until: z.string() }),
  /** It ended before it was answered: another may try. */
  "fleet.canary_lost": z.object({ scope: z.string(), caller: z.string() }),
  /** The others follow, one after another. `given_up`: the wait was too long; each fails by itself. */
  "fleet.released": z.object({ scope: z.string(), reason: z.enum(["answered", "given_up"]) }),
} as const;

export type EventType = keyof typeof eventDataSchemas;
export const EVENT_TYPES = Object.keys(eventDataSchemas) as [EventType, ...EventType[]];
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
