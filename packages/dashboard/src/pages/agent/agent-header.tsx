import { Link } from "@tanstack/react-router";
import type { AgentDetails } from "../../api/types.ts";
import { RehearsalNote } from "../../components/figures.tsx";
import { AgentStatusBadge } from "../../components/status.tsx";
import { colourOf } from "../../format/agent-hue.ts";
import { AGENT_LOOKS, FINDING_WORDS } from "../../format/statuses.ts";

/** Who the agent is and how it stands. */
export function AgentHeader({ agent }: { agent: AgentDetails }) {
  const isAbandoned = agent.status === "running" && !agent.ownerAlive;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h1 className="flex items-center gap-2.5 text-lg font-semibold leading-snug">
        <span
          aria-hidden="true"
          className="h-5 w-1.5 shrink-0 rounded-full"
          style={{ background: colourOf(agent.agentId) }}
        />
        <span className="min-w-0 break-words">{agent.name}</span>
      </h1>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <AgentStatusBadge status={agent.status} />
        <span className="text-muted">{AGENT_LOOKS[agent.status].meaning}</span>
        {isAbandoned && <span className="text-warn">Its process is gone.</span>}
        {agent.finding && <span className="text-warn">Status check: {FINDING_WORDS[agent.finding]}.</span>}
      </p>
      <p className="flex flex-wrap gap-x-3 text-muted">
        <span>{agent.role}</span>
        <span>{agent.model}</span>
        {agent.taskId ? (
          <Link
            to="/tasks/$taskId"
            params={{ taskId: agent.taskId }}
            search={agent.stepKey ? { step: agent.stepKey } : {}}
            className="link"
          >
            {agent.stepKey ? `step ${agent.stepKey} of its task` : "its task"}
          </Link>
        ) : (
          <span>made by hand</span>
        )}
      </p>
      {agent.error && (
        <p className="text-bad">
          {agent.error.message} <span className="text-text">{agent.error.hint}</span>
        </p>
      )}
      {agent.rehearsal && <RehearsalNote />}
    </div>
  );
}
