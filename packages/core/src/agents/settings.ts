import type { AgentSettings } from "../domain/index.js";
import type { Role } from "../roles/index.js";

/** What an agent takes from its role for as long as it lives. */
export function settingsOf(role: Role): AgentSettings {
  const { writes, effort, fallbackModel, maxTurns, timeoutMinutes, sandbox, maxTokens } = role;
  return { writes, effort, fallbackModel, maxTurns, timeoutMinutes, sandbox, maxTokens };
}
