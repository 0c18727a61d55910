import type { AgentItem, RunningTask } from "../../api/types.ts";
import { AgentName } from "../../components/agent-name.tsx";
import { Cost, Gauge, Tokens } from "../../components/figures.tsx";
import { EmptyState } from "../../components/states.tsx";
import { AgentStatusBadge } from "../../components/status.tsx";
import { FINDING_WORDS, HOLD_WORDS } from "../../format/statuses.ts";
import { useActivity } from "../../live/activity-store.ts";

/** Agents that live, each with what it does now or waits for. */
export function LivingAgents({ agents, running }: { agents: readonly AgentItem[]; running: readonly RunningTask[] }) {
  if (agents.length === 0)
    return (
      <EmptyState title="No agent lives.">
        A task makes its agents as it needs them. One of your own:{" "}
        <code className="mono">orchestrator create-agent</code>
      </EmptyState>
    );
  return (
    <ul className="panel divide-y divide-line">
      {agents.map((agent) => (
        <Row key={agent.agentId} agent={agent} waitsFor={findWait(agent, running)} />
      ))}
    </ul>
  );
}

/** What an agent waits for; `null` for one that works. */
function findWait(agent: AgentItem, running: readonly RunningTask[]): string | null {
  if (agent.status !== "waiting") return null;
  if (agent.taskId === null) return "waits for its next message";
  const task = running.find((each) => each.taskId === agent.taskId);
  if (task?.held) return `waits for ${HOLD_WORDS[task.held.cause]}`;
  if (task?.attention) return "waits for you";
  const reason = task?.steps.find((step) => step.stepKey === agent.stepKey)?.reason;
  return reason ? `waits: ${reason}` : "waits";
}

function Row({ agent, waitsFor }: { agent: AgentItem; waitsFor: string | null }) {
  const activity = useActivity(agent.agentId);
  const percentage = agent.contextPercentage;
  return (
    <li className="flex flex-col gap-0.5 px-3 py-2">
      <div className="flex items-center justify-between gap-3">
        <span className="flex min-w-0 items-baseline gap-2">
          <AgentName agentId={agent.agentId} name={agent.name} isItem />
          {agent.role !== agent.name && <span className="truncate text-muted">{agent.role}</span>}
        </span>
        <AgentStatusBadge status={agent.status} />
      </div>
      <p className="mono truncate pl-3" title={waitsFor ?? activity ?? agent.activity}>
        {waitsFor ?? activity ?? (agent.activity || (agent.endedAt === null ? "nothing yet" : "has ended"))}
      </p>
      {agent.finding && <p className="pl-3 text-warn">Status check: {FINDING_WORDS[agent.finding]}</p>}
      <div className="flex flex-wrap items-center gap-x-4 pl-3 text-xs text-muted">
        {percentage !== null && <Gauge percentage={percentage} label="Context" text={`${Math.round(percentage)} %`} />}
        <span>
          <Tokens of={agent} /> tokens
        </span>
        <Cost of={agent} rehearsal={agent.rehearsal} />
        <span>{agent.model}</span>
      </div>
    </li>
  );
}
