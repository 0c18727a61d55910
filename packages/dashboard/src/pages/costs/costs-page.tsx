import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type Counted, costsQuery, durationsQuery } from "../../api/costs.ts";
import { Cost, Figure, Figures, RehearsalNote } from "../../components/figures.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { formatNumber } from "../../format/amounts.ts";
import { CostBreakdown, DurationBreakdown } from "./breakdowns.tsx";
import { CostByDay, DurationByDay, TokensByDay } from "./by-day.tsx";
import { type CostsSearch, PERIODS, type Period, parseCostsSearch, periodOf, startOf } from "./costs-search.ts";
import { dayOf, daysBetween, sumUp } from "./series.ts";

const route = getRouteApi("/costs");

/** What everything has cost, and how long it took. */
export function CostsPage() {
  const search = route.useSearch();
  const period = periodOf(search);
  const today = new Date();
  const since = startOf(period, today);
  const counted: Counted = { since, rehearsal: search.rehearsals === "only" };
  const byDay = useQuery(costsQuery("day", counted));
  const durations = useQuery(durationsQuery("day", counted));

  const rows = byDay.data ?? [];
  const times = durations.data ?? [];
  const known = [...rows, ...times].map((row) => row.key).sort();
  const first = since === undefined ? known[0] : dayOf(new Date(since));
  const days = daysBetween(first ?? dayOf(today), dayOf(today));
  const isEmpty = byDay.data && durations.data && rows.length === 0 && times.length === 0;
  return (
    <Page title="Costs">
      <Controls search={search} period={period} />
      {byDay.isError && <ErrorState error={byDay.error} onRetry={() => void byDay.refetch()} />}
      {byDay.isPending && <Loading what="the costs" />}
      {isEmpty && <Nothing search={search} counted={counted} period={period} />}
      {byDay.data && !isEmpty && (
        <div className={`flex flex-col gap-6 ${byDay.isPlaceholderData ? "opacity-60" : ""}`}>
          <Totals rows={rows} rehearsal={counted.rehearsal} />
          <div className="grid gap-6 xl:grid-cols-2">
            <CostByDay days={days} rows={rows} rehearsal={counted.rehearsal} />
            <TokensByDay days={days} rows={rows} />
          </div>
          <CostBreakdown search={search} counted={counted} />
          <div className="grid gap-6 xl:grid-cols-2">
            <DurationByDay days={days} rows={times} />
            <DurationBreakdown search={search} counted={counted} />
          </div>
        </div>
      )}
    </Page>
  );
}

function nameOf(period: Period): string {
  return period === "all" ? "All" : `${period} days`;
}

function Controls({ search, period }: { search: CostsSearch; period: Period }) {
  const isRehearsal = search.rehearsals === "only";
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <nav aria-label="Period" className="flex overflow-hidden rounded-[5px] border border-edge">
        {PERIODS.map((each) => (
          <Link
            key={each}
            to="/costs"
            search={parseCostsSearch({ ...search, days: each })}
            aria-current={each === period ? "true" : undefined}
            className={`border-l border-edge px-2.5 py-1 first:border-l-0 focus-visible:-outline-offset-2 ${each === period ? "bg-accent-ground font-semibold" : "bg-surface hover:bg-sunken"}`}
          >
            {nameOf(each)}
          </Link>
        ))}
      </nav>
      {isRehearsal ? (
        <div className="flex flex-wrap items-center gap-x-3">
          <RehearsalNote />
          <span className="text-muted">The figures are by list price.</span>
          <Link to="/costs" search={parseCostsSearch({ ...search, rehearsals: undefined })} className="link">
            Show what was charged
          </Link>
        </div>
      ) : (
        <p className="text-muted">
          Rehearsals are left out.{" "}
          <Link to="/costs" search={parseCostsSearch({ ...search, rehearsals: "only" })} className="link">
            Show them alone
          </Link>
        </p>
      )}
    </div>
  );
}

function Totals({ rows, rehearsal }: { rows: Parameters<typeof sumUp>[0]; rehearsal: boolean }) {
  const sum = sumUp(rows);
  return (
    <div className="panel px-4 py-3">
      <Figures>
        <Figure name="Cost">
          <span className="text-base font-semibold">
            <Cost of={sum} rehearsal={rehearsal} />
          </span>
        </Figure>
        <Figure name="Model calls">{formatNumber(sum.modelCalls)}</Figure>
        <Figure name="Input tokens">{formatNumber(sum.inputTokens)}</Figure>
        <Figure name="Output tokens">{formatNumber(sum.outputTokens)}</Figure>
        <Figure name="Read from the cache">{formatNumber(sum.cacheReadTokens)}</Figure>
        <Figure name="Written to the cache">{formatNumber(sum.cacheWriteTokens)}</Figure>
        {sum.unpricedCalls > 0 && (
          <Figure name="Calls of unknown price">
            <span className="text-warn">{formatNumber(sum.unpricedCalls)}: the cost leaves them out</span>
          </Figure>
        )}
      </Figures>
    </div>
  );
}

function Nothing({ search, counted, period }: { search: CostsSearch; counted: Counted; period: Period }) {
  const others = useQuery(costsQuery("day", { ...counted, rehearsal: !counted.rehearsal }));
  const hasOthers = (others.data ?? []).length > 0;
  const when = period === "all" ? "yet" : `in the last ${period} days`;
  if (counted.rehearsal) return <EmptyState title={`No rehearsal ${when}.`} />;
  return (
    <EmptyState title={hasOthers ? `Only rehearsals have run ${when}.` : `Nothing has run ${when}.`}>
      {hasOthers ? (
        <>
          They cost nothing, and are left out.{" "}
          <Link to="/costs" search={parseCostsSearch({ ...search, rehearsals: "only" })} className="link">
            Show them
          </Link>
        </>
      ) : (
        <>
          Every model call is counted once, by day, role, model, task and agent.{" "}
          <Link to="/new" className="link">
            Start a task
          </Link>
        </>
      )}
    </EmptyState>
  );
}
