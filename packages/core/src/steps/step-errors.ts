import type { ErrorRecord } from "../domain/index.js";
import type { Role } from "../roles/index.js";

/** So many agents may fill their context with one step; a step that needs more is too large. */
export const MAX_AGENTS = 5;

/** Why a step of an agent failed that we ended ourselves. */
export function stepTimeout(role: Role): ErrorRecord {
  return {
    code: "step_timeout",
    message: `The step ran for more than the ${role.timeoutMinutes} minutes that the role ${role.name} allows.`,
    hint: "Set timeoutMinutes in a role file of your own, or ask for less at once.",
  };
}

export function killed(reason: string): ErrorRecord {
  return { code: "agent_failed", message: `The agent was killed: ${reason}.`, hint: "Its log shows what it did." };
}

export function contextFull(): ErrorRecord {
  return {
    code: "context_full",
    message: `${MAX_AGENTS} agents, one after another, filled their context window with this step.`,
    hint: "Split the task, or give the role a model with a larger window.",
  };
}

/** Never shown: whoever gets it begins a conversation of its own. */
export function conversationLost(): ErrorRecord {
  return {
    code: "conversation_lost",
    message: "The conversation that was interrupted is gone from the CLI's folder.",
    hint: "It begins again.",
  };
}
