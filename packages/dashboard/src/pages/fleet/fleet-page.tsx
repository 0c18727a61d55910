import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { fleetQuery } from "../../api/queries.ts";
import { useMay } from "../../app/session.tsx";
import { buttonClass } from "../../components/button.tsx";
import { Page, Section } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { countOf } from "../../format/amounts.ts";
import { FleetFigures } from "./fleet-figures.tsx";
import { Holds } from "./holds.tsx";
import { LivingAgents } from "./living-agents.tsx";
import { RunningTasks } from "./running-tasks.tsx";

const PulseChart = lazy(async () => ({ default: (await import("./pulse-chart.tsx")).PulseChart }));

/** Everything that goes on now. */
export function FleetPage() {
  const fleet = useQuery(fleetQuery);
  const mayStart = useMay("operator");
  return (
    <Page
      title="Fleet"
      actions={
        mayStart && (
          <Link to="/new" className={buttonClass("primary")}>
            New task
          </Link>
        )
      }
    >
      {fleet.data ? (
        <>
          <Holds holds={fleet.data.holds} />
          <FleetFigures fleet={fleet.data} />
          <div className="grid gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <Section title="Running tasks" aside={countOf(fleet.data.running.length, "task")}>
              {fleet.data.running.length > 0 ? (
                <RunningTasks tasks={fleet.data.running} />
              ) : (
                <EmptyState title="Nothing runs.">
                  Start something with New task, or in a repository:{" "}
                  <code className="mono">orchestrator execute "…"</code>. What has ended is in the{" "}
                  <Link to="/history" className="link">
                    history
                  </Link>
                  .
                </EmptyState>
              )}
            </Section>
            <div className="flex min-w-0 flex-col gap-5">
              <Section title="Pulse" aside="events a second, last minute">
                <Suspense fallback={<div className="panel h-36" />}>
                  <PulseChart />
                </Suspense>
              </Section>
              <Section title="Living agents" aside={countOf(fleet.data.living.length, "agent")}>
                <LivingAgents agents={fleet.data.living} running={fleet.data.running} />
              </Section>
            </div>
          </div>
        </>
      ) : fleet.isError ? (
        <ErrorState error={fleet.error} onRetry={() => void fleet.refetch()} />
      ) : (
        <Loading what="the fleet" />
      )}
    </Page>
  );
}
