import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { rolesQuery } from "../../api/catalogue.ts";
import { agentsQuery } from "../../api/queries.ts";
import { useMay } from "../../app/session.tsx";
import { Button } from "../../components/button.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { countOf } from "../../format/amounts.ts";
import { AGENT_LOOKS, AGENT_STATUSES } from "../../format/statuses.ts";
import { AgentTable } from "./agent-table.tsx";
import { type AgentsSearch, MAX_AGENTS, parseAgentsSearch, toAgentQuery } from "./agents-search.ts";
import { CreateAgentDialog } from "./create-agent-dialog.tsx";

const route = getRouteApi("/agents");

/** The agents that live, and on request those that lived. */
export function AgentsPage() {
  const search = route.useSearch();
  const agents = useQuery(agentsQuery(toAgentQuery(search)));
  const mayCreate = useMay("operator");
  const [isCreating, setCreating] = useState(false);
  // The server tells the oldest first; whoever looks wants the newest.
  const items = (agents.data?.items ?? []).toReversed();
  return (
    <Page
      title="Agents"
      actions={
        mayCreate && (
          <Button look="primary" onClick={() => setCreating(true)}>
            New agent
          </Button>
        )
      }
    >
      <Filters search={search} />
      {agents.isError && <ErrorState error={agents.error} onRetry={() => void agents.refetch()} />}
      {agents.isPending && <Loading what="the agents" />}
      {agents.data && items.length === 0 && <Nothing search={search} />}
      {items.length > 0 && (
        <div className={agents.isPlaceholderData ? "opacity-60" : ""}>
          <AgentTable agents={items} />
          <p role="status" className="mt-2 text-muted">
            {countOf(items.length, "agent")}
            {items.length === MAX_AGENTS && ". There are more than are shown: narrow it down by role or status."}
          </p>
        </div>
      )}
      {isCreating && <CreateAgentDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function Filters({ search }: { search: AgentsSearch }) {
  const navigate = useNavigate();
  const roles = useQuery(rolesQuery(undefined));
  const names = new Set(["custom", ...(roles.data?.roles ?? []).map((role) => role.name)]);
  if (search.role) names.add(search.role);
  const go = (change: Record<string, unknown>) =>
    void navigate({ to: "/agents", search: parseAgentsSearch({ ...search, ...change }) });
  return (
    <search aria-label="Agents" className="flex flex-wrap items-end gap-3">
      <div className="flex flex-col gap-1">
        <label htmlFor="agents-role" className="label">
          Role
        </label>
        <select
          id="agents-role"
          className="field"
          value={search.role ?? ""}
          onChange={(event) => go({ role: event.target.value })}
        >
          <option value="">any</option>
          {[...names].sort().map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div className="flex flex-col gap-1">
        <label htmlFor="agents-status" className="label">
          Status
        </label>
        <select
          id="agents-status"
          className="field"
          value={search.status ?? ""}
          onChange={(event) => go({ status: event.target.value })}
        >
          <option value="">any</option>
          {AGENT_STATUSES.map((status) => (
            <option key={status} value={status}>
              {AGENT_LOOKS[status].word}
            </option>
          ))}
        </select>
      </div>
      <label className="flex min-h-8 items-center gap-2">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={search.deleted === "too"}
          onChange={(event) => go({ deleted: event.target.checked ? "too" : undefined })}
        />
        With deleted ones
      </label>
    </search>
  );
}

function Nothing({ search }: { search: AgentsSearch }) {
  if (search.role || search.status)
    return (
      <EmptyState title="Nothing matches.">
        No agent fits all that is asked for.{" "}
        <Link to="/agents" className="link">
          Clear the filters
        </Link>
      </EmptyState>
    );
  if (search.deleted) return <EmptyState title="No agent has ever lived here." />;
  return (
    <EmptyState title="No agent lives.">
      A task makes its agents as it needs them, and they are deleted when it ends.{" "}
      <Link to="/agents" search={{ deleted: "too" }} className="link">
        Show the deleted ones
      </Link>
      . One of your own lives until you delete it.
    </EmptyState>
  );
}
