import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { agentQuery } from "../../api/queries.ts";
import { useMay } from "../../app/session.tsx";
import { buttonClass } from "../../components/button.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { useRemoval } from "../../live/live.tsx";
import { AgentActions } from "./agent-actions.tsx";
import { AgentHeader } from "./agent-header.tsx";
import { AgentSide } from "./agent-side.tsx";
import { MessageBox } from "./message-box.tsx";
import { AgentTimeline } from "./timeline-view.tsx";

const route = getRouteApi("/agents/$agentId");

/** One agent, by the id in the address. */
export function AgentPage() {
  const { agentId } = route.useParams();
  return <WatchedAgent key={agentId} agentId={agentId} />;
}

function WatchedAgent({ agentId }: { agentId: string }) {
  const answer = useQuery(agentQuery(agentId));
  const mayChange = useMay("operator");
  const [isGone, setGone] = useState(false);
  const taskId = answer.data?.agent.taskId ?? null;
  useRemoval("task", taskId, () => setGone(true));
  useRemoval("agent", agentId, () => setGone(true));

  if (isGone)
    return (
      <Page title="Deleted agent">
        <EmptyState title="The records of this agent have just been removed.">
          <Link to="/history" className={buttonClass()}>
            Go to the history
          </Link>
        </EmptyState>
      </Page>
    );
  if (!answer.data)
    return (
      <Page title="Agent">
        {answer.isError ? (
          <>
            <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
            <Link to="/agents" className={buttonClass()}>
              Go to all agents
            </Link>
          </>
        ) : (
          <Loading what="the agent" />
        )}
      </Page>
    );

  const { agent, files } = answer.data;
  return (
    <Page
      title={`${agent.name}, agent`}
      heading={<AgentHeader agent={agent} />}
      actions={mayChange && <AgentActions agent={agent} />}
    >
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="flex min-w-0 flex-col gap-2">
          <AgentTimeline agentId={agentId} />
          {mayChange && agent.status !== "deleted" && <MessageBox agent={agent} />}
        </div>
        <AgentSide agent={agent} files={files} />
      </div>
    </Page>
  );
}
