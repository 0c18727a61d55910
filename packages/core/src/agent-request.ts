import { z } from "zod";
import { checkOptions } from "./check-options.js";
import { OrchestratorError, WHEN_BUSY } from "./domain/index.js";
import { parseOverrides, type Role, type RoleOptions, resolveRole } from "./roles/index.js";
import type { AgentDetails } from "./task-details.js";
import { ROLE_OPTIONS } from "./task-request.js";

/** What `createAgent` takes. Everything but the role has a default. */
export interface CreateAgentOptions extends RoleOptions {
  /** The name of a role; `custom` for one of your own, with `systemPrompt`. */
  role: string;
  /** What to call it; the role's name by default. */
  name?: string | undefined;
  /** The orchestrator's own by default. */
  workingDirectory?: string | undefined;
}

const createSchema = z.strictObject({
  role: z.string(),
  name: z.string().trim().min(1).max(100).optional(),
  workingDirectory: z.string().min(1, "a directory is expected").optional(),
  ...ROLE_OPTIONS,
});
const sendSchema = z.strictObject({
  whenBusy: z.enum(WHEN_BUSY).optional(),
  onSent: z
    .custom<(messageId: string) => void>((value) => typeof value === "function", "a function is expected")
    .optional(),
  signal: z.instanceof(AbortSignal).optional(),
});
const deleteSchema = z.strictObject({ deleteConversation: z.boolean().optional() });

/** Checks the options of a call as a whole: no unknown ones, each of its type. */
export const checkCreate = (options: unknown) => checkOptions(createSchema, options, "createAgent");
export const checkSend = (options: unknown) => checkOptions(sendSchema, options, "sendToAgent");
export const checkDelete = (options: unknown) => checkOptions(deleteSchema, options, "deleteAgent");

/**
 * The role of an agent that is made by hand.
 *
 * @throws OrchestratorError `invalid_input` for an unknown role or a bad option
 */
export function roleOfAgent(options: CreateAgentOptions, roles: ReadonlyMap<string, Role>): Role {
  if (options.role.trim() === "")
    throw new OrchestratorError("invalid_input", "The role is empty.", "Name one of: orchestrator roles");
  return resolveRole(roles, options.role, parseOverrides(options));
}

/**
 * An agent that can still be asked for something.
 *
 * @throws OrchestratorError `agent_deleted`
 */
export function requireLiving(agent: AgentDetails): AgentDetails {
  const isOver = agent.taskId !== null && (agent.status === "completed" || agent.status === "failed");
  if (agent.status !== "deleted" && !isOver) return agent;
  const what = isOver ? "has ended with its step" : "was deleted";
  throw new OrchestratorError("agent_deleted", `The agent ${agent.agentId} ${what}.`, "See: orchestrator list-agents");
}

/**
 * A living agent that somebody has made by hand.
 *
 * @param what - what is wanted of it, after "cannot"
 * @throws OrchestratorError `agent_deleted`, or `invalid_input` for a workflow's agent
 */
export function requireByHand(agent: AgentDetails, what: string): AgentDetails {
  if (requireLiving(agent).taskId === null) return agent;
  throw new OrchestratorError(
    "invalid_input",
    `The agent ${agent.agentId} belongs to the task ${agent.taskId} and cannot ${what}.`,
    `It is deleted when its task ends. To end it now: orchestrator kill ${agent.agentId}`,
  );
}

/** @throws OrchestratorError `invalid_input` for an agent whose process does not run */
export function requireProcess({ agentId, ownerAlive }: AgentDetails): void {
  if (ownerAlive) return;
  throw new OrchestratorError(
    "invalid_input",
    `The agent ${agentId} has no process that could be killed.`,
    "See what runs: orchestrator status",
  );
}
