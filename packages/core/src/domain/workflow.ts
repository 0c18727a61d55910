import { z } from "zod";

/** Task types that a user may name; `auto` is resolved to one of the others before anything runs. */
export const TASK_TYPES = [
  "feature_implementation",
  "bug_fix",
  "code_review",
  "documentation",
  "refactoring",
  "testing",
  "simple_implementation",
  "simple_fix",
  "default",
  "auto",
  "custom",
] as const;
export type TaskType = (typeof TASK_TYPES)[number];

export const EXECUTION_MODES = ["sequential", "parallel", "dependencies"] as const;
export type ExecutionMode = (typeof EXECUTION_MODES)[number];

export const COMPLEXITIES = ["simple", "medium", "complex"] as const;
export type Complexity = (typeof COMPLEXITIES)[number];

export const ANALYST_CHOICES = ["auto", "yes", "no"] as const;
export type AnalystChoice = (typeof ANALYST_CHOICES)[number];

/** Where a plan comes from. `workflow`: a file in `.orchestrator/workflows/`. */
export const PLAN_MODES = ["template", "ai", "custom", "workflow"] as const;
export type PlanMode = (typeof PLAN_MODES)[number];

/**
 * How a step is run. By an agent: `agent`; `plan`, which adds steps; `conflict`, which settles what a merge could not.
 * By the orchestrator itself: `baseline` and `check` run the project's own check commands, before and after the work;
 * `merge` joins what parallel writers did.
 */
export const STEP_KINDS = ["agent", "plan", "baseline", "check", "merge", "conflict"] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** Whether an agent runs steps of a kind; the orchestrator itself runs the others. */
export function isOfAgent(kind: StepKind): boolean {
  return kind === "agent" || kind === "plan" || kind === "conflict";
}

/** What a step, or an agent made by hand, has other than its role. */
export const roleOverridesSchema = z.object({
  systemPrompt: z.string().nullable(),
  model: z.string().nullable(),
  tools: z.array(z.string()).nullable(),
  maxTokens: z.number().int().positive().nullable(),
  maxTurns: z.number().int().positive().nullable(),
  timeoutMinutes: z.number().positive().nullable(),
});
export type RoleOverrides = z.infer<typeof roleOverridesSchema>;

export const NO_OVERRIDES: RoleOverrides = {
  systemPrompt: null,
  model: null,
  tools: null,
  maxTokens: null,
  maxTurns: null,
  timeoutMinutes: null,
};

/** A role that a planner left out, and why. */
export const skippedRoleSchema = z.object({ role: z.string(), reason: z.string() });
export type SkippedRole = z.infer<typeof skippedRoleSchema>;

/** One node of a workflow's graph, as it is planned. */
export const plannedStepSchema = z.object({
  /** Unique in the task: `builder`, and `builder#2` where a role comes twice. */
  key: z.string().min(1),
  kind: z.enum(STEP_KINDS),
  role: z.string().min(1),
  instructions: z.string(),
  dependsOn: z.array(z.string()),
  writes: z.boolean(),
  overrides: roleOverridesSchema,
  /** 0 for the first pass; counts the passes that a failed check or a review has added. */
  round: z.number().int().nonnegative(),
  /** The step in whose own worktree it works; `null` for the task's. Parallel writers have one each. */
  lane: z.string().nullable(),
});
export type PlannedStep = z.infer<typeof plannedStepSchema>;

/** A command that proves the work: run by the orchestrator, its exit code is the evidence. */
export const checkCommandSchema = z.object({
  /** Unique among a task's checks; names the log file too. */
  name: z.string().min(1),
  /** For the shell. */
  command: z.string().min(1),
  /** Where it runs, from the top of the files; empty for the top itself. */
  directory: z.string(),
  timeoutMinutes: z.number().positive(),
  /** Where it comes from: `config`, or the file that it was detected from. */
  source: z.string(),
  /** What the project's own files make of it, such as the script behind `npm test`; `null` where nobody has looked. */
  definition: z.string().nullable(),
});
export type CheckCommand = z.infer<typeof checkCommandSchema>;

/** Which files agents change: copies in a worktree of the task's own, or the user's themselves. */
export const WORKSPACE_KINDS = ["worktree", "in_place"] as const;
export type WorkspaceKind = (typeof WORKSPACE_KINDS)[number];

/** What becomes of the user's uncommitted changes when a task gets a worktree. */
export const UNCOMMITTED_CHOICES = ["bring", "leave"] as const;
export type UncommittedChoice = (typeof UNCOMMITTED_CHOICES)[number];

/** How a task counts its steps: the same figures in every report. */
export const censusSchema = z.object({
  planned: z.number().int(),
  ran: z.number().int(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  cancelled: z.number().int(),
  /** Attempts beyond the first, over all steps. */
  retried: z.number().int(),
  /** Further passes over building and checking that were needed. */
  rounds: z.number().int(),
  /** Steps whose result comes from another task: they succeeded there, and did not run. */
  reused: z.number().int(),
});
export type Census = z.infer<typeof censusSchema>;
