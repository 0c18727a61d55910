import { Link } from "@tanstack/react-router";
import { colourOf } from "../format/agent-hue.ts";

/** An agent's name with its own colour beside it, as a way to its page. */
export function AgentName({
  agentId,
  name,
  isItem = false,
}: {
  agentId: string;
  name: string;
  /** Whether `j` and `k` stop here. */
  isItem?: boolean;
}) {
  return (
    <Link
      to="/agents/$agentId"
      params={{ agentId }}
      {...(isItem ? { "data-item": true } : {})}
      className="inline-flex min-w-0 max-w-full items-center gap-2 font-semibold hover:underline"
    >
      <span aria-hidden="true" className="h-3.5 w-1 shrink-0 rounded-full" style={{ background: colourOf(agentId) }} />
      <span className="truncate">{name}</span>
    </Link>
  );
}
