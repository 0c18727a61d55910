import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/states.tsx";

export function HistoryPage() {
  return (
    <Page title="History">
      <EmptyState title="This page is not there yet.">
        List all tasks from the command line: <code className="mono">orchestrator list-tasks</code>
      </EmptyState>
    </Page>
  );
}
