import type { paths } from "../../api/schema.d.ts";
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

type AgentQuery = NonNullable<paths["/api/v1/agents"]["get"]["parameters"]["query"]>;

/** What the server is asked for. Whoever asks for the deleted ones by their status gets them. */
export function toAgentQuery({ deleted, ...same }: AgentsSearch): AgentQuery {
  const isWhole = deleted === "too" || same.status === "deleted";
  return { ...same, ...(isWhole ? {} : { isDeleted: "false" }), limit: MAX_AGENTS };
}
