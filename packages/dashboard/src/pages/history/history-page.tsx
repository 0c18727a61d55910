import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { usedDirectoriesQuery } from "../../api/catalogue.ts";
import { tasksQuery } from "../../api/queries.ts";
import type { TaskItem } from "../../api/types.ts";
import { buttonClass } from "../../components/button.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { countOf, formatNumber } from "../../format/amounts.ts";
import { Filters } from "./filters.tsx";
import { countFilters, type HistorySearch, PAGE_SIZE, toPage, toTaskQuery } from "./history-search.ts";
import { SelectionBar } from "./selection-bar.tsx";
import { TaskTable } from "./task-table.tsx";

const route = getRouteApi("/history");

/** All tasks that are recorded: found, sorted, compared, deleted. */
export function HistoryPage() {
  const search = route.useSearch();
  const tasks = useQuery(tasksQuery(toTaskQuery(search)));
  const directories = useQuery(usedDirectoriesQuery);
  const [selected, setSelected] = useState<ReadonlyMap<string, TaskItem>>(new Map());

  const toggle = (task: TaskItem) => {
    const next = new Map(selected);
    if (!next.delete(task.taskId)) next.set(task.taskId, task);
    setSelected(next);
  };
  const { items, total } = tasks.data ?? { items: [], total: 0 };
  return (
    <Page title="History">
      <Filters search={search} directories={directories.data ?? []} />
      {tasks.isError && <ErrorState error={tasks.error} onRetry={() => void tasks.refetch()} />}
      {tasks.isPending && <Loading what="the tasks" />}
      {tasks.data && items.length === 0 && <Nothing search={search} total={total} />}
      {items.length > 0 && (
        <div className={`flex flex-col gap-3 ${tasks.isPlaceholderData ? "opacity-60" : ""}`}>
          <SelectionBar selected={[...selected.values()]} onClear={() => setSelected(new Map())} />
          <TaskTable tasks={items} search={search} selected={selected} onToggle={toggle} />
          <Pages search={search} shown={items.length} total={total} />
        </div>
      )}
    </Page>
  );
}

function Nothing({ search, total }: { search: HistorySearch; total: number }) {
  if (total > 0)
    return (
      <EmptyState title="This page is past the end.">
        <Link to="/history" search={toPage(search, 1)} className="link">
          Go to the first page
        </Link>
      </EmptyState>
    );
  if (countFilters(search) > 0)
    return (
      <EmptyState title="Nothing matches.">
        No task fits all that is asked for.{" "}
        <Link to="/history" className="link">
          Clear the filters
        </Link>
      </EmptyState>
    );
  return (
    <EmptyState title="No task yet.">
      <Link to="/new" className="link">
        Start the first
      </Link>
      , or in a repository: <code className="mono">orchestrator execute "…"</code>. To look at one without an account:{" "}
      <code className="mono">orchestrator demo</code>
    </EmptyState>
  );
}

function Pages({ search, shown, total }: { search: HistorySearch; shown: number; total: number }) {
  const page = search.page ?? 1;
  const first = (page - 1) * PAGE_SIZE + 1;
  const last = first + shown - 1;
  return (
    <nav aria-label="Pages of tasks" className="flex flex-wrap items-center justify-between gap-3">
      <p role="status" className="text-muted">
        {total <= PAGE_SIZE
          ? countOf(total, "task")
          : `${formatNumber(first)} to ${formatNumber(last)} of ${countOf(total, "task")}`}
      </p>
      {total > PAGE_SIZE && (
        <div className="flex gap-2">
          {page > 1 && (
            <Link to="/history" search={toPage(search, page - 1)} className={buttonClass()}>
              Previous
            </Link>
          )}
          {last < total && (
            <Link to="/history" search={toPage(search, page + 1)} className={buttonClass()}>
              Next
            </Link>
          )}
        </div>
      )}
    </nav>
  );
}
