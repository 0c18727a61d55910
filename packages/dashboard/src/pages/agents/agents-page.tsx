import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/states.tsx";

export function AgentsPage() {
  return (
    <Page title="Agents">
      <EmptyState title="This page is not there yet.">
        List all agents from the command line: <code className="mono">orchestrator list-agents --all</code>
      </EmptyState>
    </Page>
  );
}
