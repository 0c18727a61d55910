import { Link } from "@tanstack/react-router";
import { toProblem } from "../api/problem.ts";
import { Button } from "../components/button.tsx";
import { Page } from "../components/page.tsx";
import { EmptyState } from "../components/states.tsx";

export function MissingPage() {
  return (
    <Page title="No such page">
      <EmptyState title="There is no page at this address.">
        The address may have been cut.{" "}
        <Link to="/" className="link">
          Go to the fleet
        </Link>
        , or press Ctrl-K and search.
      </EmptyState>
    </Page>
  );
}

/** What stands in place of a page that could not be drawn. */
export function CrashPage({ error, reset }: { error: unknown; reset(): void }) {
  return (
    <Page title="Something went wrong">
      <div role="alert" className="panel flex flex-col items-start gap-3 border-bad px-5 py-4">
        <p>This page could not be drawn. Your tasks are not affected: they run in the server.</p>
        <pre
          className="mono max-w-full overflow-x-auto whitespace-pre-wrap text-muted"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          tabIndex={0}
        >
          {toProblem(error).message}
        </pre>
        <div className="flex flex-wrap gap-2">
          <Button look="primary" onClick={() => location.reload()}>
            Load the page again
          </Button>
          <Button onClick={reset}>Try to draw it once more</Button>
        </div>
      </div>
    </Page>
  );
}
