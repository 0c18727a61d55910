import {
  ANALYST_CHOICES,
  APPLY_MODES,
  EXECUTION_MODES,
  PLAN_MODES,
  STEP_KINDS,
  STEP_STATUSES,
  TASK_ORDERS,
  TASK_STATUSES,
  TASK_TYPES,
  UNCOMMITTED_CHOICES,
} from "@claude-orchestrator/core";
import { z } from "zod";
import { agentRecord } from "./agent.js";
import { count, errorRecord, fileChange, files, flag, time, usageTotals } from "./shared.js";

const taskId = z.string();
/** So much of a prompt is shown where many tasks are. */
const LISTED_PROMPT_CHARACTERS = 500;

export const census = z
  .object({
    planned: z.number().int(),
    ran: z.number().int(),
    succeeded: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
    cancelled: z.number().int(),
    retried: z.number().int(),
    rounds: z.number().int(),
    reused: z.number().int(),
  })
  .meta({ id: "Census" });

const common = {
  taskId,
  workingDirectory: z.string(),
  taskType: z.enum(TASK_TYPES),
  executionMode: z.enum(EXECUTION_MODES),
  includeAnalyst: z.enum(ANALYST_CHOICES),
  model: z.string(),
  budgetUsd: z.number().nullable(),
  rehearsal: z.boolean(),
  status: z.enum(TASK_STATUSES),
  complexity: z.enum(["simple", "medium", "complex"]).nullable(),
  planMode: z.enum(PLAN_MODES).nullable(),
  workflow: z.string().nullable(),
  priority: z.number().int(),
  afterTaskId: z.string().nullable(),
  followUpOf: z.string().nullable(),
  forkOf: z.object({ taskId: z.string(), stepKey: z.string() }).nullable(),
  workspaceKind: z.enum(["worktree", "in_place"]),
  uncommitted: z.enum(UNCOMMITTED_CHOICES),
  requireChecks: z.boolean(),
  held: z
    .object({ cause: z.enum(["usage_limit", "overload", "unreachable"]), reason: z.string(), until: time })
    .nullable(),
  attention: z.object({ reason: z.string(), hint: z.string() }).nullable(),
  applied: z
    .object({
      mode: z.enum(APPLY_MODES),
      from: z.string().nullable(),
      commit: z.string().nullable(),
      time,
    })
    .nullable(),
  undoneAt: time.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  error: errorRecord.nullable(),
  census: census.nullable(),
  cancelRequested: z.boolean(),
  ownerAlive: z.boolean().meta({ description: "False when no living process runs it" }),
  ...usageTotals,
};

/** A task among many. */
export const taskItem = z
  .object({ ...common, prompt: z.string().overwrite((text) => text.slice(0, LISTED_PROMPT_CHARACTERS)) })
  .meta({ id: "TaskItem" });

/** A step among many. */
const stepShort = {
  stepKey: z.string(),
  kind: z.enum(STEP_KINDS),
  role: z.string(),
  dependsOn: z.array(z.string()),
  status: z.enum(STEP_STATUSES),
  attempt: z.number().int(),
  round: z.number().int(),
  agentId: z.string().nullable(),
  reason: z.string(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
};
export const stepItem = z.object(stepShort).meta({ id: "StepItem" });

const step = z
  .object({
    ...stepShort,
    instructions: z.string(),
    writes: z.boolean(),
    lane: z.string().nullable(),
    fromTree: z.string().nullable(),
    toTree: z.string().nullable(),
    commit: z.string().nullable(),
    reusedFrom: z.string().nullable(),
    error: errorRecord.nullable(),
    handoff: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: "Step" });

const commandRun = {
  name: z.string(),
  command: z.string(),
  outcome: z.enum(["passed", "failed", "timed_out", "not_found"]),
  exitCode: z.number().int().nullable(),
  durationMs: z.number(),
  logHash: z.string(),
  outputBytes: z.number().int(),
};

const check = z
  .object({
    ...commandRun,
    stepKey: z.string(),
    counts: z.object({ passed: z.number(), failed: z.number(), skipped: z.number() }).nullable(),
    failedTests: z.array(z.string()),
    passed: z.boolean(),
    reason: z.string(),
    tree: z.string().nullable(),
    endedAt: time,
  })
  .meta({ id: "Check", description: "One run of a check command: the evidence" });

const workspace = z
  .object({
    kind: z.enum(["worktree", "in_place"]),
    lane: z.string().nullable(),
    root: z.string(),
    directory: z.string(),
    repository: z.string().nullable(),
    branch: z.string().nullable(),
    startCommit: z.string().nullable(),
    tip: z.string().nullable(),
    uncommittedFiles: z.number().int(),
    prepared: z
      .object({
        shared: z.array(z.string()),
        copied: z.array(z.string()),
        linked: z.array(z.string()),
        setup: z.array(z.object(commandRun)),
        durationMs: z.number(),
      })
      .nullable(),
    rescued: z.array(z.object({ ref: z.string(), commit: z.string(), files: z.number().int() })),
    createdAt: time,
    removedAt: time.nullable(),
  })
  .meta({ id: "Workspace" });

const digest = z
  .object({
    stepKey: z.string().nullable(),
    cause: errorRecord,
    agentId: z.string().nullable(),
    lastTool: z.object({ name: z.string(), input: z.string() }).nullable(),
    logLine: z.string().nullable(),
  })
  .meta({ id: "Digest", description: "Where to begin looking when a task has failed" });

export const checkCommand = z
  .object({
    name: z.string(),
    command: z.string(),
    directory: z.string(),
    timeoutMinutes: z.number(),
    source: z.string(),
    definition: z.string().nullable(),
  })
  .meta({ id: "CheckCommand" });

/** One task with everything that belongs to it. */
const task = z
  .object({
    ...common,
    prompt: z.string(),
    complexityReasons: z.array(z.string()),
    rationale: z.string(),
    fallbackReason: z.string().nullable(),
    skippedRoles: z.array(z.object({ role: z.string(), reason: z.string() })),
    checkCommands: z.array(checkCommand),
    output: z.string(),
    warnings: z.array(z.string()),
    steps: z.array(step),
    agents: z.array(agentRecord),
    files,
    checks: z.array(check),
    workspaces: z.array(workspace),
    digest: digest.nullable(),
  })
  .meta({ id: "Task" });

export const taskAnswer = z.object({
  task,
  seq: z.number().int().meta({ description: "Number of the newest event when it was read" }),
});

export const taskPage = z.object({ items: z.array(taskItem), total: z.number().int() });

export const taskParams = z.object({ taskId: z.string().regex(/^[\w-]+$/, "the id of a task is expected") });

export const taskFilter = z.object({
  status: z.string().optional().meta({ description: "One or more statuses, separated by commas" }),
  taskType: z.enum(TASK_TYPES).optional(),
  directory: z.string().optional(),
  search: z.string().max(1_000).optional().meta({ description: "Words that all occur in prompt, output, error or id" }),
  since: z.string().optional(),
  until: z.string().optional(),
  minCostUsd: z.coerce.number().min(0).optional(),
  maxCostUsd: z.coerce.number().min(0).optional(),
  rehearsal: flag.optional(),
  sort: z.enum(TASK_ORDERS).default("createdAt"),
  order: z.enum(["asc", "desc"]).default("desc"),
  limit: count.min(1).max(500).default(50),
  offset: count.default(0),
});

const stepRequest = z.union([
  z.string(),
  z.strictObject({
    role: z.string(),
    instructions: z.string().optional(),
    key: z.string().optional(),
    systemPrompt: z.string().optional(),
    model: z.string().optional(),
    tools: z.array(z.string()).optional(),
    maxTokens: z.number().optional(),
    maxTurns: z.number().optional(),
    timeoutMinutes: z.number().optional(),
  }),
]);

const shape = {
  prompt: z.string(),
  workingDirectory: z.string().optional(),
  taskType: z.enum(TASK_TYPES).optional(),
  executionMode: z.enum(["sequential", "parallel"]).optional(),
  includeAnalyst: z.enum(ANALYST_CHOICES).optional(),
  workflow: z.string().optional(),
  inPlace: z.boolean().optional(),
  roles: z.array(stepRequest).optional().meta({ description: "Your own roles, in place of a template" }),
};

/** What `POST /estimate` takes: what shapes the plan. */
export const estimateRequest = z.strictObject(shape);

/** What `POST /tasks` takes: a prompt, and whatever should differ from the defaults. */
export const newTask = z.strictObject({
  ...shape,
  plan: z.enum(["template", "ai"]).optional(),
  model: z.string().optional(),
  budgetUsd: z.number().optional(),
  priority: z.number().int().optional(),
  after: z.string().optional(),
  uncommitted: z.enum(UNCOMMITTED_CHOICES).optional(),
  requireChecks: z.boolean().optional(),
  dependencies: z
    .record(z.string().regex(/^\d+$/), z.array(z.number().int()))
    .optional()
    .meta({ description: "With roles: by position from 0, the positions that a step depends on" }),
});
export type NewTask = z.infer<typeof newTask>;

export const created = z.object({ taskId });

export const cancelRequest = z.strictObject({ reason: z.string().max(500).optional() }).nullish();
export const pauseRequest = z.strictObject({ interrupt: z.boolean().optional() }).nullish();
export const retryRequest = z.strictObject({ stepKey: z.string() });
export const forkRequest = z.strictObject({
  at: z.string(),
  model: z.string().optional(),
  prompt: z.string().optional(),
  role: z.string().optional(),
  budgetUsd: z.number().optional(),
});
export const applyRequest = z
  .strictObject({ mode: z.enum(APPLY_MODES).optional(), message: z.string().optional(), force: z.boolean().optional() })
  .nullish();
export const applyAnswer = z.object({
  mode: z.enum(APPLY_MODES),
  from: z.string().nullable(),
  commit: z.string().nullable(),
  repository: z.string(),
});
export const diffAnswer = z.object({ changes: z.array(fileChange), patch: z.string() });

const span = z
  .object({
    kind: z.enum(["step", "waiting", "attempt", "tool", "model_call", "check"]),
    stepKey: z.string().nullable(),
    agentId: z.string().nullable(),
    name: z.string(),
    startedAt: time,
    endedAt: time.nullable().meta({ description: "null while it lasts" }),
    isError: z.boolean(),
    detail: z.string(),
  })
  .meta({ id: "Span" });
export type Span = z.infer<typeof span>;
export const timingAnswer = z.object({
  spans: z.array(span),
  isCut: z.boolean().meta({ description: "True when there were too many tool calls and model calls to tell them all" }),
});

const pairOf = <T extends z.ZodType>(each: T) => ({ left: each.nullable(), right: each.nullable() });
const comparedTask = z.object({
  taskId,
  status: z.enum(TASK_STATUSES),
  prompt: z.string(),
  taskType: z.enum(TASK_TYPES),
  model: z.string(),
  rehearsal: z.boolean(),
  error: errorRecord.nullable(),
  census: census.nullable(),
  costUsd: z.number().nullable(),
  modelCalls: z.number().int(),
  verified: z.boolean(),
  forkOf: z.object({ taskId: z.string(), stepKey: z.string() }).nullable(),
  tokens: z.number().int(),
  agents: z.number().int(),
  durationMs: z.number(),
  commit: z.string().nullable(),
});
const comparedStep = z.object({
  kind: z.enum(STEP_KINDS),
  role: z.string(),
  status: z.enum(STEP_STATUSES),
  verdict: z.string().nullable(),
  reusedFrom: z.string().nullable(),
  attempts: z.number().int(),
  model: z.string().nullable(),
  tokens: z.number().int(),
  modelCalls: z.number().int(),
  costUsd: z.number().nullable(),
  durationMs: z.number().nullable(),
});
const comparedCheck = z.object({
  command: z.string(),
  passed: z.boolean(),
  outcome: z.string(),
  exitCode: z.number().int().nullable(),
  counts: z.object({ passed: z.number(), failed: z.number(), skipped: z.number() }).nullable(),
  durationMs: z.number(),
});
export const comparison = z
  .object({
    left: comparedTask,
    right: comparedTask,
    steps: z.array(z.object({ stepKey: z.string(), ...pairOf(comparedStep) })),
    checks: z.array(z.object({ stepKey: z.string(), name: z.string(), ...pairOf(comparedCheck) })),
    files: z.array(z.object({ path: z.string(), ...pairOf(fileChange) })),
  })
  .meta({ id: "Comparison" });
