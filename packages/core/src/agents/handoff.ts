import { z } from "zod";
import { OrchestratorError } from "../domain/index.js";
import type { RoleKind } from "../roles/index.js";
import type { JsonSchema } from "../runtime/index.js";

/** The bounds are part of the schema, so that the model itself keeps to them. */
const line = z.string().max(500);
const paragraph = z.string().max(4_000);
const lines = z.array(line).max(30);
const path = z.string().max(400);
const paths = z.array(path).max(100);

const common = {
  summary: paragraph.describe("What you did or found, for the agents after you and for the user."),
  errors: lines.optional().describe("What went wrong or stayed undone, if anything."),
};

const finding = z.object({
  file: path,
  line: z.number().int().positive().optional(),
  severity: z.enum(["blocker", "major", "minor"]),
  message: line,
});

const HANDOFF_SCHEMAS = {
  research: z.object({
    ...common,
    keyFindings: lines.describe("Facts that you saw, each with file and line."),
    relevantFiles: paths,
    recommendations: lines.optional(),
    openQuestions: lines.optional(),
  }),
  plan: z.object({
    ...common,
    steps: z
      .array(z.object({ title: line, detail: z.string().max(1_500), files: paths.optional() }))
      .min(1)
      .max(20),
    testPlan: paragraph.optional(),
    risks: lines.optional(),
  }),
  build: z.object({
    ...common,
    filesCreated: paths,
    filesModified: paths,
    recommendations: lines.optional(),
  }),
  test: z.object({
    ...common,
    commands: z.array(line).max(20).describe("The commands that you ran."),
    testsPassed: z.number().int().nonnegative(),
    testsFailed: z.number().int().nonnegative(),
    failures: lines.optional(),
    filesCreated: paths.optional(),
    filesModified: paths.optional(),
  }),
  review: z.object({
    ...common,
    verdict: z.enum(["approved", "changes_requested"]),
    findings: z.array(finding).max(30),
  }),
  custom: z.object({
    ...common,
    keyFindings: lines.optional(),
    filesCreated: paths.optional(),
    filesModified: paths.optional(),
    recommendations: lines.optional(),
  }),
} satisfies Record<RoleKind, z.ZodObject>;

export type Handoff = { summary: string } & Record<string, unknown>;

/**
 * The JSON schema that the structured result of a kind of role must fit.
 *
 * @param kind - the role's kind
 */
export function handoffJsonSchema(kind: RoleKind): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(HANDOFF_SCHEMAS[kind]) as JsonSchema;
  return schema;
}

/**
 * Checks a structured result once more on our side of the process border.
 *
 * @param kind - the role's kind
 * @param value - what the agent gave
 * @throws OrchestratorError `handoff_invalid` that names field and rule
 */
export function parseHandoff(kind: RoleKind, value: unknown): Handoff {
  const result = HANDOFF_SCHEMAS[kind].safeParse(value);
  if (result.success) return result.data as Handoff;
  const issues = result.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "the result"}: ${issue.message}`);
  throw new OrchestratorError(
    "handoff_invalid",
    `The structured result does not fit: ${issues.join("; ")}.`,
    "It is asked once more, with this message.",
  );
}
