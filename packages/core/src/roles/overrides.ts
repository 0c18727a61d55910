import { z } from "zod";
import { describeValue, NO_OVERRIDES, OrchestratorError, type RoleOverrides } from "../domain/index.js";
import { requireRole } from "./load-roles.js";
import { AVAILABLE_TOOLS, DEFAULT_TOOLS, includesWritingTool, type Role, withoutWritingTools } from "./role.js";
import { ROLE_FIELDS } from "./role-fields.js";
import { DEFAULT_MAX_TURNS, DEFAULT_TIMEOUT_MINUTES, MAX_PROMPT_CHARACTERS } from "./role-file.js";

/** The role that has nothing of its own: whoever uses it brings the prompt. */
export const CUSTOM_ROLE = "custom";

/** What a caller may give for one step or agent in place of what its role says. */
export interface RoleOptions {
  /** In place of the role's prompt; required for the role `custom`. */
  systemPrompt?: string | undefined;
  model?: string | undefined;
  /** Names of Claude's tools, such as `Read` and `Bash`. */
  tools?: readonly string[] | undefined;
  /** Most tokens of one answer of the model. */
  maxTokens?: number | undefined;
  /** Model calls for one message. */
  maxTurns?: number | undefined;
  timeoutMinutes?: number | undefined;
  /** Not supported by the Claude runtime: refused with `not_supported`. */
  temperature?: number | undefined;
}

const schema = z.object({
  systemPrompt: z.string().trim().min(1).max(MAX_PROMPT_CHARACTERS).optional(),
  model: ROLE_FIELDS.model.optional(),
  tools: z.array(z.enum(AVAILABLE_TOOLS)).optional(),
  maxTokens: ROLE_FIELDS.maxTokens.optional(),
  maxTurns: ROLE_FIELDS.maxTurns.optional(),
  timeoutMinutes: ROLE_FIELDS.timeoutMinutes.optional(),
});

/**
 * Checks what a caller gave in place of what a role says.
 *
 * @param options - as given; fields that are none of these are left alone
 * @throws OrchestratorError `invalid_input` naming field and value, `not_supported` for a temperature
 */
export function parseOverrides(options: RoleOptions): RoleOverrides {
  if (options.temperature !== undefined) {
    throw new OrchestratorError(
      "not_supported",
      `The temperature ${options.temperature} cannot be set: the Claude runtime has no such option.`,
      "Leave it out. Effort and prompt are what shape the answers.",
    );
  }
  const result = schema.safeParse(options);
  if (result.success) {
    const given = Object.entries(result.data).filter(([, value]) => value !== undefined);
    return { ...NO_OVERRIDES, ...Object.fromEntries(given) };
  }
  const issue = result.error.issues[0];
  const field = String(issue?.path[0] ?? "the options");
  const value = describeValue(options[field as keyof RoleOptions]);
  throw new OrchestratorError(
    "invalid_input",
    `${field} is ${value}: ${issue?.message}.`,
    field === "tools" ? `The tools are: ${AVAILABLE_TOOLS.join(", ")}.` : "Correct it or leave it out.",
  );
}

/**
 * A role as one step or agent has it.
 *
 * @param roles - the roles there are
 * @param name - the role
 * @param overrides - what is different
 * @throws OrchestratorError `invalid_input` for an unknown role, or for `custom` without a prompt
 */
export function resolveRole(roles: ReadonlyMap<string, Role>, name: string, overrides: RoleOverrides): Role {
  const isBare = name === CUSTOM_ROLE && !roles.has(CUSTOM_ROLE);
  if (isBare && overrides.systemPrompt === null) {
    throw new OrchestratorError(
      "invalid_input",
      "The role custom was given no systemPrompt.",
      "Give one, or name another role: orchestrator roles",
    );
  }
  const role = isBare ? bareRole() : requireRole(roles, name);
  const tools = overrides.tools ?? role.tools;
  const writes = isBare ? includesWritingTool(tools) : role.writes;
  return {
    ...role,
    writes,
    tools: writes ? tools : withoutWritingTools(tools),
    prompt: overrides.systemPrompt ?? role.prompt,
    model: overrides.model ?? role.model,
    maxTokens: overrides.maxTokens ?? role.maxTokens,
    maxTurns: overrides.maxTurns ?? role.maxTurns,
    timeoutMinutes: overrides.timeoutMinutes ?? role.timeoutMinutes,
  };
}

function bareRole(): Role {
  return {
    name: CUSTOM_ROLE,
    description: "Whatever the caller's own prompt says.",
    kind: "custom",
    prompt: "",
    model: null,
    fallbackModel: null,
    tools: DEFAULT_TOOLS,
    writes: true,
    effort: null,
    maxTurns: DEFAULT_MAX_TURNS,
    maxTokens: null,
    timeoutMinutes: DEFAULT_TIMEOUT_MINUTES,
    sandbox: false,
    source: "built-in",
    warnings: [],
  };
}
