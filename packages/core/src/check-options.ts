import type { z } from "zod";
import { OrchestratorError } from "./domain/index.js";

/**
 * Checks what a caller gave. JavaScript lets anything through; from here on the types hold.
 *
 * @param schema - what is allowed
 * @param value - what was given
 * @param what - the call, for the message
 * @throws OrchestratorError `invalid_input` naming field, value and rule
 */
export function checkOptions<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === "unrecognized_keys") {
    const known = "shape" in schema ? Object.keys(schema.shape as object).join(", ") : "";
    throw invalid(`${what} has no option ${issue.keys.join(", ")}`, `Its options are: ${known}.`);
  }
  const path = issue?.path.map(String).join(".") ?? "";
  const given = path ? `${path} is ${describe(read(value, issue?.path ?? []))}` : `it was given ${describe(value)}`;
  throw invalid(`${what}: ${given}, but ${rule(issue)}`, "Correct it or leave it out.");
}

function rule(issue: z.core.$ZodIssue | undefined): string {
  const message = issue?.message ?? "it is not allowed";
  return message
    .replace(/^Invalid input: /, "")
    .replace(/^Invalid option: /, "")
    .replace(/^Too/, "it is too");
}

function read(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function invalid(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `${problem}.`, remedy);
}
