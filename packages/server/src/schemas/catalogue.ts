import { COST_GROUPS, DURATION_GROUPS, TASK_TYPES } from "@claude-orchestrator/core";
import { z } from "zod";
import { flag, usageTotals } from "./shared.js";
import { checkCommand } from "./task.js";

const range = z.object({ low: z.number(), high: z.number() });

export const estimate = z
  .object({
    taskType: z.enum(TASK_TYPES),
    complexity: z.enum(["simple", "medium", "complex"]),
    reasons: z.array(z.string()),
    steps: z.array(
      z.object({ key: z.string(), role: z.string(), dependsOn: z.array(z.string()), writes: z.boolean() }),
    ),
    agents: z.number().int(),
    forecast: z
      .object({
        runs: z.number().int(),
        tokens: range,
        costUsd: range.nullable(),
        durationMs: range,
        rolesWithoutHistory: z.array(z.string()),
      })
      .nullable(),
    workspaceKind: z.enum(["worktree", "in_place"]),
    checks: z.array(checkCommand),
  })
  .meta({ id: "Estimate" });

const role = z
  .object({
    name: z.string(),
    description: z.string(),
    kind: z.string(),
    prompt: z.string(),
    model: z.string().nullable(),
    fallbackModel: z.string().nullable(),
    tools: z.array(z.string()).readonly(),
    writes: z.boolean(),
    effort: z.enum(["low", "medium", "high", "max"]).nullable(),
    maxTurns: z.number().int(),
    maxTokens: z.number().int().nullable(),
    timeoutMinutes: z.number(),
    sandbox: z.boolean(),
    source: z.string(),
    warnings: z.array(z.string()).readonly(),
  })
  .meta({ id: "Role" });
export const rolesAnswer = z.object({ roles: z.array(role), warnings: z.array(z.string()) });

const workflow = z
  .object({
    name: z.string(),
    description: z.string(),
    source: z.string(),
    steps: z
      .array(
        z.object({
          key: z.string(),
          role: z.string(),
          instructions: z.string(),
          dependsOn: z.array(z.string()),
          writes: z.boolean(),
        }),
      )
      .readonly(),
  })
  .meta({ id: "Workflow" });
export const workflowsAnswer = z.object({ workflows: z.array(workflow) });

export const templatesAnswer = z.object({
  templates: z.record(z.string(), z.array(z.string()).readonly()).meta({ description: "By task type, the roles" }),
});

/** A text whose length a file system can take. */
const path = z.string().min(1).max(4_096);
export const directoryQuery = z.object({ directory: path.optional() });
export const pathQuery = z.object({ path: path.optional() });

const entry = z.object({ name: z.string(), path: z.string(), isRepository: z.boolean() });
export const directoriesAnswer = z
  .object({
    path: z.string(),
    parent: z.string().nullable().meta({ description: "null at the top of what is allowed" }),
    roots: z.array(z.string()).meta({ description: "Where tasks may work: these and what is below them" }),
    isRepository: z.boolean(),
    entries: z.array(entry),
  })
  .meta({ id: "Directories" });
export type Directories = z.infer<typeof directoriesAnswer>;

export const costFilter = z.object({
  by: z.enum(COST_GROUPS),
  since: z.string().optional(),
  rehearsal: flag.optional(),
});
export const costsAnswer = z.object({
  items: z.array(z.object({ key: z.string(), ...usageTotals }).meta({ id: "CostRow" })),
});

export const durationFilter = z.object({
  by: z.enum(DURATION_GROUPS),
  since: z.string().optional(),
  rehearsal: flag.optional(),
});
export const durationsAnswer = z.object({
  items: z.array(
    z
      .object({
        key: z.string(),
        count: z.number().int(),
        medianMs: z.number(),
        p95Ms: z.number(),
        totalMs: z.number(),
      })
      .meta({ id: "DurationRow" }),
  ),
});
