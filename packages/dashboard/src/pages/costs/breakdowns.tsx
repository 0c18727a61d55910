import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { type CostRow, type Counted, costsQuery, durationsQuery } from "../../api/costs.ts";
import { agentsQuery, tasksQuery } from "../../api/queries.ts";
import { Button } from "../../components/button.tsx";
import { DownloadButton } from "../../components/download-button.tsx";
import { Cost, Tokens } from "../../components/figures.tsx";
import { Section } from "../../components/page.tsx";
import { ErrorState, Loading } from "../../components/states.tsx";
import { Cell, Heading, Row, RowHeading, Table } from "../../components/table.tsx";
import { formatNumber } from "../../format/amounts.ts";
import { toCsv } from "../../format/csv.ts";
import { formatDuration } from "../../format/moments.ts";
import { toWords } from "../../format/task-types.ts";
import { COST_GROUPS, type CostsSearch, DURATION_GROUPS, parseCostsSearch } from "./costs-search.ts";
import { COST_COLUMNS, DURATION_COLUMNS, shareOf, toFields } from "./series.ts";

/** So many rows are shown before more are asked for. */
const FIRST_ROWS = 20;

const GROUP_NAMES = { role: "Role", model: "Model", taskType: "Task type", task: "Task", agent: "Agent" } as const;

/** What the money went to: one table for each way of grouping it. */
export function CostBreakdown({ search, counted }: { search: CostsSearch; counted: Counted }) {
  const by = search.by ?? "role";
  const costs = useQuery(costsQuery(by, counted));
  const nameOf = useNames(by);
  const rows = costs.data ?? [];
  const greatest = Math.max(0, ...rows.map((row) => row.costUsd ?? 0));
  return (
    <Section
      title="Cost by what it was for"
      aside={
        <DownloadButton
          label={`Cost by ${GROUP_NAMES[by]}`}
          fileName={`cost-by-${by}.csv`}
          make={() => toCsv(COST_COLUMNS, toFields(rows, COST_COLUMNS))}
        />
      }
    >
      <GroupLinks
        label="Group costs by"
        groups={COST_GROUPS}
        chosen={by}
        toSearch={(group) => parseCostsSearch({ ...search, by: group })}
      />
      {costs.isError && <ErrorState error={costs.error} />}
      {costs.isPending && <Loading what="the costs" />}
      {costs.data && (
        <div className={costs.isPlaceholderData ? "opacity-60" : ""}>
          <Rows
            caption={`Cost by ${GROUP_NAMES[by].toLowerCase()}`}
            headings={[GROUP_NAMES[by], "Cost", "Tokens", "Model calls"]}
            rows={rows}
          >
            {(row: CostRow) => (
              <Row key={row.key}>
                <RowHeading className="w-full min-w-24 max-w-0">
                  {nameOf(row.key)}
                  <Bar share={shareOf(row.costUsd, greatest)} />
                </RowHeading>
                <Cell isNumber>
                  <Cost of={row} rehearsal={counted.rehearsal} />
                </Cell>
                <Cell isNumber>
                  <Tokens of={row} />
                </Cell>
                <Cell isNumber>{formatNumber(row.modelCalls)}</Cell>
              </Row>
            )}
          </Rows>
        </div>
      )}
    </Section>
  );
}

/** How long tasks and steps have taken. */
export function DurationBreakdown({ search, counted }: { search: CostsSearch; counted: Counted }) {
  const by = search.durations ?? "role";
  const durations = useQuery(durationsQuery(by, counted));
  const rows = durations.data ?? [];
  const greatest = Math.max(0, ...rows.map((row) => row.p95Ms));
  return (
    <Section
      title="Time by kind"
      aside={
        <DownloadButton
          label={`Time by ${GROUP_NAMES[by]}`}
          fileName={`durations-by-${by}.csv`}
          make={() => toCsv(DURATION_COLUMNS, toFields(rows, DURATION_COLUMNS))}
        />
      }
    >
      <GroupLinks
        label="Group times by"
        groups={DURATION_GROUPS}
        chosen={by}
        toSearch={(group) => parseCostsSearch({ ...search, durations: group })}
      />
      {durations.isError && <ErrorState error={durations.error} />}
      {durations.isPending && <Loading what="the times" />}
      {durations.data && (
        <Rows
          caption={`Time by ${GROUP_NAMES[by].toLowerCase()}`}
          headings={[GROUP_NAMES[by], by === "role" ? "Steps" : "Tasks", "Median", "p95"]}
          rows={rows}
        >
          {(row) => (
            <Row key={row.key}>
              <RowHeading className="w-full min-w-24 max-w-0">
                {toWords(row.key)}
                <Bar share={shareOf(row.medianMs, greatest)} beyond={shareOf(row.p95Ms, greatest)} />
              </RowHeading>
              <Cell isNumber>{formatNumber(row.count)}</Cell>
              <Cell isNumber>{formatDuration(row.medianMs)}</Cell>
              <Cell isNumber>{formatDuration(row.p95Ms)}</Cell>
            </Row>
          )}
        </Rows>
      )}
      <p className="label mt-1">
        {by === "role" ? "Steps that have succeeded." : "Tasks that have ended."} p95: of 100 no more than 5 took
        longer.
      </p>
    </Section>
  );
}

/** A bar under a name; what reaches beyond it is drawn behind, in a quieter tone. */
function Bar({ share, beyond = 0 }: { share: number; beyond?: number }) {
  return (
    <div aria-hidden="true" className="relative mt-1 h-1.5">
      {beyond > 0 && <div className="absolute h-full rounded-sm bg-edge" style={{ width: `${beyond}%` }} />}
      <div className="absolute h-full rounded-sm bg-accent" style={{ width: `${share}%` }} />
    </div>
  );
}

function Rows<T extends { key: string }>({
  caption,
  headings: [first, ...others],
  rows,
  children,
}: {
  caption: string;
  headings: readonly [string, ...string[]];
  rows: readonly T[];
  children(row: T): ReactNode;
}) {
  const [isWhole, setWhole] = useState(false);
  if (rows.length === 0) return <p className="text-muted">Nothing in this period.</p>;
  const shown = isWhole ? rows : rows.slice(0, FIRST_ROWS);
  return (
    <div className="flex flex-col items-start gap-2">
      <div className="w-full">
        <Table caption={caption}>
          <thead>
            <tr>
              <Heading>{first}</Heading>
              {others.map((heading) => (
                <Heading key={heading} isNumber>
                  {heading}
                </Heading>
              ))}
            </tr>
          </thead>
          <tbody>{shown.map(children)}</tbody>
        </Table>
      </div>
      {shown.length < rows.length && (
        <Button onClick={() => setWhole(true)}>Show all {formatNumber(rows.length)}</Button>
      )}
    </div>
  );
}

function GroupLinks<Group extends keyof typeof GROUP_NAMES>({
  label,
  groups,
  chosen,
  toSearch,
}: {
  label: string;
  groups: readonly Group[];
  chosen: Group;
  toSearch(group: Group): CostsSearch;
}) {
  return (
    <nav aria-label={label} className="mb-2 flex flex-wrap gap-1">
      {groups.map((group) => (
        <Link
          key={group}
          to="/costs"
          search={toSearch(group)}
          resetScroll={false}
          aria-current={group === chosen ? "true" : undefined}
          className={`rounded-[5px] border px-2 py-0.5 ${group === chosen ? "border-accent bg-accent-ground font-semibold" : "border-line hover:bg-sunken"}`}
        >
          {GROUP_NAMES[group]}
        </Link>
      ))}
    </nav>
  );
}

/** Writes the key of a row: tasks by their prompts, agents by their names, each as a way to its page. */
function useNames(by: (typeof COST_GROUPS)[number]): (key: string) => ReactNode {
  const tasks = useQuery({ ...tasksQuery({ limit: 500 }), enabled: by === "task" });
  const agents = useQuery({ ...agentsQuery({ limit: 1_000 }), enabled: by === "agent" });
  const link = "block truncate hover:underline";
  if (by === "task")
    return (key) => {
      const task = tasks.data?.items.find((each) => each.taskId === key);
      return (
        <Link to="/tasks/$taskId" params={{ taskId: key }} className={link} title={task?.prompt}>
          {task?.prompt ?? key}
        </Link>
      );
    };
  if (by === "agent")
    return (key) => {
      const agent = agents.data?.items.find((each) => each.agentId === key);
      return (
        <Link to="/agents/$agentId" params={{ agentId: key }} className={link} title={key}>
          {agent ? `${agent.name}${agent.role === agent.name ? "" : ` · ${agent.role}`}` : key}
          {agent && <span className="label mono"> {key}</span>}
        </Link>
      );
    };
  return (key) => <span className="block truncate">{by === "taskType" ? toWords(key) : key}</span>;
}
