import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/states.tsx";

export function CostsPage() {
  return (
    <Page title="Costs">
      <EmptyState title="This page is not there yet.">
        See what was spent from the command line: <code className="mono">orchestrator cost-report</code>
      </EmptyState>
    </Page>
  );
}
