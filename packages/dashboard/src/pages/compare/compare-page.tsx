import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { comparisonQuery } from "../../api/catalogue.ts";
import { buttonClass } from "../../components/button.tsx";
import { Page, Section } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { countOf } from "../../format/amounts.ts";
import { ChecksTable, FilesTable, StepsTable, WholeTable } from "./comparison-tables.tsx";

const route = getRouteApi("/compare");

/** Two tasks side by side: steps, checks, files, cost and time. */
export function ComparePage() {
  const { left, right } = route.useSearch();
  return (
    <Page
      title="Compare"
      actions={
        left &&
        right && (
          <Link to="/compare" search={{ left: right, right: left }} replace className={buttonClass()}>
            Swap
          </Link>
        )
      }
    >
      {left && right ? (
        <Comparison left={left} right={right} />
      ) : (
        <EmptyState title="Two tasks are needed.">
          Select them in the{" "}
          <Link to="/history" className="link">
            history
          </Link>
          , then press Compare.
        </EmptyState>
      )}
    </Page>
  );
}

function Comparison({ left, right }: { left: string; right: string }) {
  const answer = useQuery(comparisonQuery(left, right));
  if (answer.isError) return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Loading what="the comparison" />;
  const { steps, checks, files } = answer.data;
  return (
    <>
      <WholeTable comparison={answer.data} />
      <Part title="Steps" count={countOf(steps.length, "step")} isEmpty={steps.length === 0}>
        <StepsTable steps={steps} />
      </Part>
      <Part title="Checks" count={countOf(checks.length, "check")} isEmpty={checks.length === 0}>
        <ChecksTable checks={checks} />
      </Part>
      <Part title="Files" count={countOf(files.length, "file")} isEmpty={files.length === 0}>
        <FilesTable files={files} />
      </Part>
    </>
  );
}

function Part({
  title,
  count,
  isEmpty,
  children,
}: {
  title: string;
  count: string;
  isEmpty: boolean;
  children: ReactNode;
}) {
  return (
    <Section title={title} aside={count}>
      {isEmpty ? <p className="text-muted">Neither of the two has any.</p> : children}
    </Section>
  );
}
