import type { z } from "zod";
import { describeValue, OrchestratorError } from "./domain/index.js";

type Issue = z.core.$ZodIssue;

/**
 * Checks what a caller gave. JavaScript lets anything through; from here on the types hold.
 *
 * @param schema - what is allowed
 * @param value - what was given
 * @param what - the call, for the message
 * @param nestedOptions - the options of the objects inside, for the remedy
 * @throws OrchestratorError `invalid_input` naming field, value and rule
 */
export function checkOptions<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
  nestedOptions: readonly string[] = [],
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issue, path } = findIssue(result.error.issues[0], value);
  const place = path.map(String).join(".");
  if (issue?.code === "unrecognized_keys") {
    const known = path.length > 0 ? nestedOptions : "shape" in schema ? Object.keys(schema.shape as object) : [];
    const problem = `${place ? `${what}: ${place}` : what} has no option ${issue.keys.join(", ")}`;
    throw invalid(problem, `Its options are: ${known.join(", ")}.`);
  }
  const given = describeValue(read(value, path));
  throw invalid(
    `${what}: ${place ? `${place} is ${given}` : `it was given ${given}`}, but ${rule(issue)}`,
    "Correct it or leave it out.",
  );
}

/** Of the forms that a value may have, an object is held to the one that is an object. */
function findIssue(issue: Issue | undefined, value: unknown): { issue: Issue | undefined; path: PropertyKey[] } {
  const path = issue?.path ?? [];
  if (issue?.code !== "invalid_union" || typeof read(value, path) !== "object") return { issue, path };
  const inner = issue.errors
    .map((issues) => issues[0])
    .find((first) => (first && first.code !== "invalid_type") || (first?.path.length ?? 0) > 0);
  return inner ? { issue: inner, path: [...path, ...inner.path] } : { issue, path };
}

function rule(issue: Issue | undefined): string {
  const message = issue?.message ?? "it is not allowed";
  return message
    .replace(/^Invalid input: /, "")
    .replace(/^Invalid option: /, "")
    .replace(/^Too/, "it is too");
}

function read(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function invalid(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `${problem}.`, remedy);
}
