import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/states.tsx";

export function NewTaskPage() {
  return (
    <Page title="New task">
      <EmptyState title="This page is not there yet.">
        Start one from the command line: <code className="mono">orchestrator execute</code>
      </EmptyState>
    </Page>
  );
}
