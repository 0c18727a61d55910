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

/** Who runs a step. So far an agent always does. */
export const STEP_KINDS = ["agent"] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** One node of a workflow's graph, as it is planned. */
export const plannedStepSchema = z.object({
  /** Unique in the task: `builder`, and `builder#2` where a role comes twice. */
  key: z.string().min(1),
  kind: z.enum(STEP_KINDS),
  role: z.string().min(1),
  instructions: z.string(),
  dependsOn: z.array(z.string()),
  writes: z.boolean(),
});
export type PlannedStep = z.infer<typeof plannedStepSchema>;

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
});
export type Census = z.infer<typeof censusSchema>;
