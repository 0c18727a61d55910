import type { AgentStatus } from "../../api/types.ts";
import { AGENT_STATUSES } from "../../format/statuses.ts";

/** What the address of the agents says. What is missing is not asked: the living ones, of any role. */
export interface AgentsSearch {
  status?: AgentStatus;
  role?: string;
  /** Whether those that are deleted are shown too. */
  deleted?: "too";
}

/** Reads the address of the agents. Whatever in it cannot be used is as if it were not there. */
export function parseAgentsSearch(search: Record<string, unknown>): AgentsSearch {
  const found: AgentsSearch = {};
  const status = AGENT_STATUSES.find((each) => each === search.status);
  if (status) found.status = status;
  if (typeof search.role === "string" && search.role.trim() !== "") found.role = search.role.trim();
  if (search.deleted === "too") found.deleted = "too";
  return found;
}

/** So many agents the server tells at once. */
export const MAX_AGENTS = 1_000;

/** What the server is asked for. Whoever asks for the deleted ones by their status gets them. */
export function toAgentQuery({
  status,
  role,
  deleted,
}: AgentsSearch): Record<string, string | number | boolean | undefined> {
  const isWhole = deleted === "too" || status === "deleted";
  return { status, role, isDeleted: isWhole ? undefined : false, limit: MAX_AGENTS };
}
