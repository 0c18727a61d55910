import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { TaskItem } from "../../api/types.ts";
import { Cost, Tokens } from "../../components/figures.tsx";
import { Elapsed, Moment } from "../../components/moment.tsx";
import { TaskStatusBadge } from "../../components/status.tsx";
import { Cell, Heading, Row, RowHeading, Table } from "../../components/table.tsx";
import { toWords } from "../../format/task-types.ts";
import { type HistorySearch, type Sort, sortBy } from "./history-search.ts";

/** Tasks in rows. `x` selects the one that has the focus. */
export function TaskTable({
  tasks,
  search,
  selected,
  onToggle,
}: {
  tasks: readonly TaskItem[];
  search: HistorySearch;
  selected: ReadonlyMap<string, TaskItem>;
  onToggle(task: TaskItem): void;
}) {
  const wide = "hidden md:table-cell";
  return (
    <Table caption="Tasks">
      <thead>
        <tr>
          <Heading className="w-8">
            <span className="sr-only">Selected</span>
          </Heading>
          <Heading>Task</Heading>
          <Heading className={wide}>Status</Heading>
          <Heading className="hidden lg:table-cell">Type</Heading>
          <SortHeading sort="costUsd" search={search}>
            Cost
          </SortHeading>
          <SortHeading sort="tokens" search={search} className="hidden lg:table-cell">
            Tokens
          </SortHeading>
          <SortHeading sort="durationMs" search={search} className={wide}>
            Time
          </SortHeading>
          <SortHeading sort="createdAt" search={search}>
            Created
          </SortHeading>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => (
          <Row key={task.taskId} isMarked={selected.has(task.taskId)}>
            <Cell className="w-8">
              <input
                type="checkbox"
                aria-label={`Select ${task.taskId}`}
                className="mt-0.5 size-4 accent-accent"
                checked={selected.has(task.taskId)}
                onChange={() => onToggle(task)}
              />
            </Cell>
            <RowHeading className="w-full min-w-44 max-w-0">
              <Link
                to="/tasks/$taskId"
                params={{ taskId: task.taskId }}
                data-item
                title={task.prompt}
                onKeyDown={(event) => {
                  if (event.key === "x" && !event.ctrlKey && !event.metaKey && !event.altKey) onToggle(task);
                }}
                className="line-clamp-2 font-semibold hover:underline md:line-clamp-1"
              >
                {task.prompt}
              </Link>
              <p className="mt-0.5 flex flex-wrap items-baseline gap-x-3 md:hidden">
                <TaskStatusBadge task={task} />
                <span className="label">{toWords(task.taskType)}</span>
              </p>
              <p className="label flex min-w-0 gap-x-3">
                <span className="mono shrink-0 !text-xs">{task.taskId}</span>
                {task.rehearsal && <span className="shrink-0 text-warn">rehearsal</span>}
                <span className="hidden min-w-0 truncate sm:inline" title={task.workingDirectory}>
                  {task.workingDirectory}
                </span>
              </p>
            </RowHeading>
            <Cell className={`${wide} whitespace-nowrap`}>
              <TaskStatusBadge task={task} />
            </Cell>
            <Cell className="hidden whitespace-nowrap lg:table-cell">{toWords(task.taskType)}</Cell>
            <Cell isNumber>
              <Cost of={task} rehearsal={task.rehearsal} />
            </Cell>
            <Cell isNumber className="hidden lg:table-cell">
              <Tokens of={task} />
            </Cell>
            <Cell isNumber className={wide}>
              <Elapsed from={task.startedAt} to={task.endedAt} />
            </Cell>
            <Cell isNumber>
              <Moment at={task.createdAt} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function SortHeading({
  sort,
  search,
  className,
  children,
}: {
  sort: Sort;
  search: HistorySearch;
  className?: string;
  children: string;
}) {
  const isSorted = (search.sort ?? "createdAt") === sort;
  const isAscending = search.order === "asc";
  const Arrow = isAscending ? ArrowUp : ArrowDown;
  return (
    <Heading
      isNumber
      sorted={isSorted ? (isAscending ? "ascending" : "descending") : "none"}
      className={className ?? ""}
    >
      <Link
        to="/history"
        search={sortBy(search, sort)}
        className={`inline-flex items-center gap-1 hover:underline ${isSorted ? "font-semibold text-text" : ""}`}
      >
        {isSorted && <Arrow aria-hidden="true" className="size-3" />}
        {children}
      </Link>
    </Heading>
  );
}
