import { isNode, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { z } from "zod";
import { OrchestratorError, type PlannedStep } from "../domain/index.js";
import { parseOverrides, type Role, resolveRole } from "../roles/index.js";
import { findGraphFault } from "./graph.js";
import { makeKeys, STEP_KEY, STEP_KEY_RULE } from "./step-keys.js";

/** A workflow as its file describes it. */
export interface Workflow {
  name: string;
  description: string;
  /** The path of the file. */
  source: string;
  steps: readonly PlannedStep[];
}

const NAME = /^[a-z][a-z0-9_-]{0,39}$/;
const NAME_RULE = "must be lower-case letters, digits, - or _, at most 40";

const stepSchema = z.strictObject({
  role: z.string().min(1),
  key: z.string().regex(STEP_KEY, STEP_KEY_RULE).optional(),
  instructions: z.string().max(20_000).optional(),
  /** Left out: the step before it. */
  dependsOn: z.union([z.string().transform((key) => [key]), z.array(z.string())]).optional(),
  systemPrompt: z.string().optional(),
  model: z.string().optional(),
  tools: z.array(z.string()).optional(),
  maxTokens: z.number().optional(),
  maxTurns: z.number().optional(),
  timeoutMinutes: z.number().optional(),
});
const fileSchema = z.strictObject({
  name: z.string().regex(NAME, NAME_RULE).optional(),
  description: z.string().default(""),
  steps: z.array(stepSchema).min(1),
});

/**
 * Reads a workflow file.
 *
 * @param text - YAML with `steps`, each with a role and what it depends on
 * @param source - the file's path, for messages
 * @param defaultName - the name where the file gives none
 * @param roles - the roles that its steps may have
 * @throws OrchestratorError `invalid_workflow` naming file, line and rule
 */
export function parseWorkflowFile(
  text: string,
  source: string,
  defaultName: string,
  roles: ReadonlyMap<string, Role>,
): Workflow {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const mistake = document.errors[0];
  if (mistake)
    throw invalid(
      source,
      lineAt(mistake.pos[0]),
      `it is not valid YAML: ${mistake.message.split("\n")[0]}`,
      "Correct it.",
    );
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && (node as ParsedNode).range) return lineAt((node as ParsedNode).range[0]);
    }
    return 1;
  };

  const result = fileSchema.safeParse(toValue(document, source));
  if (!result.success) {
    const issue = result.error.issues[0];
    // An unknown field is reported of the object that holds it: the field itself is where the line is.
    const path = [...(issue?.path ?? []), ...(issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [])];
    const what = path.length > 0 ? `${path.join(".")}: ` : "";
    throw invalid(source, lineOf(path), `${what}${issue?.message ?? "it is not a workflow"}`, "See docs/workflows.md.");
  }
  const { name = defaultName, description, steps: requests } = result.data;
  if (!NAME.test(name))
    throw invalid(source, 1, `its file's name makes no name for it: "${name}" ${NAME_RULE}`, "Give it a name: field.");
  const keys = makeKeys(requests);
  const steps = requests.map((request, position): PlannedStep => {
    const before = keys[position - 1];
    const { role, writes, overrides } = resolve(request, roles, source, lineOf(["steps", position]));
    return {
      key: keys[position] ?? request.role,
      kind: "agent",
      role,
      instructions: request.instructions ?? "",
      dependsOn: request.dependsOn ?? (before === undefined ? [] : [before]),
      writes,
      overrides,
      round: 0,
      lane: null,
    };
  });
  const fault = findGraphFault(steps);
  if (fault) {
    const line = fault.position === null ? 1 : lineOf(["steps", fault.position]);
    throw invalid(source, line, fault.problem, fault.remedy);
  }
  return { name, description, source, steps };
}

function resolve(request: z.output<typeof stepSchema>, roles: ReadonlyMap<string, Role>, source: string, line: number) {
  try {
    const overrides = parseOverrides(request);
    const { name, writes } = resolveRole(roles, request.role, overrides);
    return { role: name, writes, overrides };
  } catch (error) {
    if (!OrchestratorError.is(error)) throw error;
    throw invalid(source, line, error.message.replace(/\.$/, ""), error.hint);
  }
}

function toValue(document: ReturnType<typeof parseDocument>, source: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw invalid(source, 1, `it cannot be used: ${(error as Error).message}`, "Write it out.");
  }
}

function invalid(source: string, line: number, problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_workflow", `${source}:${line} ${problem}.`, remedy);
}
