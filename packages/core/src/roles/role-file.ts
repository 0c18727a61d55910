import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { OrchestratorError } from "../domain/index.js";
import {
  AVAILABLE_TOOLS,
  DEFAULT_TOOLS,
  EFFORTS,
  includesWritingTool,
  ROLE_KINDS,
  type Role,
  withoutWritingTools,
} from "./role.js";
import { ROLE_FIELDS } from "./role-fields.js";

const toolList = z.union([
  z.string().transform((names) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  ),
  z.array(z.string()),
]);

/** Front matter: the fields of Claude Code's sub-agents, and ours. */
const fields = {
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, "must be lower-case letters, digits, - or _, at most 40"),
  description: z.string().default(""),
  tools: toolList.optional(),
  disallowedTools: toolList.optional(),
  model: ROLE_FIELDS.model.optional(),
  permissionMode: z.string().optional(),
  maxTurns: ROLE_FIELDS.maxTurns.optional(),
  effort: z.enum(EFFORTS).optional(),
  kind: z.enum(ROLE_KINDS).optional(),
  writes: z.boolean().optional(),
  fallbackModel: ROLE_FIELDS.model.optional(),
  maxTokens: ROLE_FIELDS.maxTokens.optional(),
  timeoutMinutes: ROLE_FIELDS.timeoutMinutes.optional(),
  sandbox: z.boolean().optional(),
} as const;

export const DEFAULT_MAX_TURNS = 60;
export const DEFAULT_TIMEOUT_MINUTES = 30;
/** A longer system prompt is a mistake: it is paid for at every model call. */
export const MAX_PROMPT_CHARACTERS = 20_000;

/**
 * Reads a role file: Markdown whose front matter is that of Claude Code's sub-agents, with our fields added.
 *
 * @param text - the file's content
 * @param source - its path, for messages; `built-in` for ours
 * @returns the role, with a warning for everything that was ignored
 * @throws OrchestratorError `invalid_role` naming file, line, value and rule
 */
export function parseRoleFile(text: string, source: string): Role {
  const match = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---[ \t]*\r?\n?([\s\S]*)$/.exec(text);
  if (!match) {
    throw invalid(source, 1, "has no front matter", 'Begin the file with "---", the fields, and "---" again.');
  }
  const [, frontMatter = "", body = ""] = match;
  const lines = new LineCounter();
  const document = parseDocument(quoteDescription(frontMatter), { lineCounter: lines });
  const mistake = document.errors[0];
  // The front matter begins on the file's second line.
  const lineAt = (offset: number) => lines.linePos(offset).line + 1;
  if (mistake)
    throw invalid(
      source,
      lineAt(mistake.pos[0]),
      `is not valid YAML: ${mistake.message.split("\n")[0]}`,
      "Correct it.",
    );

  const raw = toFields(document, source);
  const lineOf = (key: string): number => {
    const items = (
      document.contents as { items?: { key: { value?: unknown; range?: [number, number, number] } }[] } | null
    )?.items;
    const range = items?.find((item) => item.key.value === key)?.key.range;
    return range ? lineAt(range[0]) : 1;
  };
  const warnings: string[] = [];
  const warn = (key: string, message: string) => warnings.push(`${source}:${lineOf(key)} ${message}`);
  for (const key of Object.keys(raw)) if (!(key in fields)) warn(key, `the field "${key}" is not used here`);

  const result = z.object(fields).safeParse(raw);
  if (!result.success) {
    const issue = result.error.issues[0];
    const key = String(issue?.path[0] ?? "name");
    const value = JSON.stringify(raw[key]) ?? "nothing";
    throw invalid(source, lineOf(key), `has ${value} for "${key}": ${issue?.message}`, "Correct the field.");
  }
  const field = result.data;
  if (field.permissionMode === "bypassPermissions")
    warn("permissionMode", "bypassPermissions is ignored: every role is held to its permissions");
  const prompt = body.trim();
  if (prompt.length === 0)
    throw invalid(source, 1, "has no prompt after its front matter", "Write what the agent is to do.");
  if (prompt.length > MAX_PROMPT_CHARACTERS) {
    throw invalid(
      source,
      1,
      `has a prompt of ${prompt.length} characters; at most ${MAX_PROMPT_CHARACTERS} are allowed`,
      "Shorten it.",
    );
  }

  const named = (field.tools ?? [...DEFAULT_TOOLS]).filter((tool) => {
    if ((AVAILABLE_TOOLS as readonly string[]).includes(tool)) return true;
    warn("tools", `the tool "${tool}" is not available to workers; left out`);
    return false;
  });
  const allowed = named.filter((tool) => !field.disallowedTools?.includes(tool));
  const writes = field.writes ?? (includesWritingTool(allowed) && field.permissionMode !== "plan");
  if (!writes && field.tools && includesWritingTool(allowed))
    warn("tools", "tools that write are left out, because the role may not write");
  return {
    name: field.name,
    description: field.description,
    kind: field.kind ?? "custom",
    prompt,
    model: field.model && field.model !== "inherit" ? field.model : null,
    fallbackModel: field.fallbackModel ?? null,
    tools: writes ? allowed : withoutWritingTools(allowed),
    writes,
    effort: field.effort ?? null,
    maxTurns: field.maxTurns ?? DEFAULT_MAX_TURNS,
    maxTokens: field.maxTokens ?? null,
    timeoutMinutes: field.timeoutMinutes ?? DEFAULT_TIMEOUT_MINUTES,
    sandbox: field.sandbox ?? false,
    source,
    warnings,
  };
}

function toFields(document: ReturnType<typeof parseDocument>, source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    throw invalid(
      source,
      1,
      `has front matter that cannot be used: ${(error as Error).message}`,
      "Write the fields out.",
    );
  }
  // Anything but a list of fields has none of them: the first that is required is missed.
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Claude Code takes a description as it stands, also with a colon in it, which YAML would refuse. */
function quoteDescription(frontMatter: string): string {
  return frontMatter.replace(
    /^description:[ \t]+([^"'|>\s].*)$/m,
    (_, text: string) => `description: ${JSON.stringify(text)}`,
  );
}

function invalid(source: string, line: number, problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_role", `${source}:${line} ${problem}.`, remedy);
}
