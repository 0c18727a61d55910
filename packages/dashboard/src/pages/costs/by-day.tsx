import { lazy, type ReactNode, Suspense } from "react";
import type { CostRow, DurationRow } from "../../api/costs.ts";
import type { BarSeries } from "../../components/day-chart.tsx";
import { DownloadButton } from "../../components/download-button.tsx";
import { Cost } from "../../components/figures.tsx";
import { Section } from "../../components/page.tsx";
import { Cell, Heading, Row, RowHeading, Table } from "../../components/table.tsx";
import { formatNumber, formatShort, formatUsd } from "../../format/amounts.ts";
import { toCsv } from "../../format/csv.ts";
import { formatDuration } from "../../format/moments.ts";
import { COST_COLUMNS, DURATION_COLUMNS, stack, toFields, valuesByDay } from "./series.ts";

const DayChart = lazy(async () => ({ default: (await import("../../components/day-chart.tsx")).DayChart }));

/** A chart by day with its table, which has the same figures. */
function Chart({
  title,
  fileName,
  csv,
  days,
  series,
  format,
  note,
  children,
}: {
  title: string;
  fileName: string;
  csv(): string;
  days: readonly string[];
  series: readonly BarSeries[];
  format(value: number): string;
  /** What the table leaves out. */
  note: string;
  children: ReactNode;
}) {
  return (
    <Section title={title} aside={<DownloadButton label={title} fileName={fileName} make={csv} />}>
      <Suspense fallback={<div className="panel min-h-52" />}>
        <DayChart days={days} series={series} format={format} />
      </Suspense>
      <details className="mt-2">
        <summary className="cursor-pointer text-muted">The same figures as a table</summary>
        <div className="mt-2">
          <Table caption={`${title}, as a table`}>{children}</Table>
        </div>
        <p className="label mt-1">{note}</p>
      </details>
    </Section>
  );
}

const NO_CALLS = "Days without a model call are left out.";

export function CostByDay({
  days,
  rows,
  rehearsal,
}: {
  days: readonly string[];
  rows: readonly CostRow[];
  rehearsal: boolean;
}) {
  const costs = valuesByDay(days, rows, (row) => row.costUsd, 0);
  return (
    <Chart
      title="Cost by day"
      fileName="cost-by-day.csv"
      csv={() => toCsv(COST_COLUMNS, toFields(rows, COST_COLUMNS))}
      days={days}
      series={[{ label: "Cost", colour: "--accent", drawn: costs, told: costs.map(formatUsd) }]}
      format={(value) => `$${Number(value.toPrecision(3))}`}
      note={NO_CALLS}
    >
      <thead>
        <tr>
          <Heading>Day</Heading>
          <Heading isNumber>Cost</Heading>
          <Heading isNumber>Model calls</Heading>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.key}>
            <RowHeading>{row.key}</RowHeading>
            <Cell isNumber>
              <Cost of={row} rehearsal={rehearsal} />
            </Cell>
            <Cell isNumber>{formatNumber(row.modelCalls)}</Cell>
          </Row>
        ))}
      </tbody>
    </Chart>
  );
}

const KINDS = [
  { name: "Input", colour: "--hue-1", key: "inputTokens" },
  { name: "Output", colour: "--hue-2", key: "outputTokens" },
  { name: "Cache read", colour: "--hue-3", key: "cacheReadTokens" },
  { name: "Cache write", colour: "--hue-5", key: "cacheWriteTokens" },
] as const;

export function TokensByDay({ days, rows }: { days: readonly string[]; rows: readonly CostRow[] }) {
  const layers = KINDS.map(({ key }) => valuesByDay(days, rows, (row) => row[key], 0));
  const heights = stack(layers);
  const series = KINDS.map(({ name, colour }, at) => ({
    label: name,
    colour,
    drawn: heights[at] ?? [],
    told: (layers[at] ?? []).map((value) => formatNumber(value ?? 0)),
  }));
  return (
    <Chart
      title="Tokens by day"
      fileName="tokens-by-day.csv"
      csv={() => toCsv(COST_COLUMNS, toFields(rows, COST_COLUMNS))}
      days={days}
      series={series.reverse()}
      format={formatShort}
      note={NO_CALLS}
    >
      <thead>
        <tr>
          <Heading>Day</Heading>
          {KINDS.map(({ name }) => (
            <Heading key={name} isNumber>
              {name}
            </Heading>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.key}>
            <RowHeading className="whitespace-nowrap">{row.key}</RowHeading>
            {KINDS.map(({ key }) => (
              <Cell key={key} isNumber>
                {formatNumber(row[key])}
              </Cell>
            ))}
          </Row>
        ))}
      </tbody>
    </Chart>
  );
}

export function DurationByDay({ days, rows }: { days: readonly string[]; rows: readonly DurationRow[] }) {
  const lines = [
    { label: "p95", colour: "--edge", read: (row: DurationRow) => row.p95Ms },
    { label: "Median", colour: "--accent", read: (row: DurationRow) => row.medianMs },
  ];
  const series = lines.map(({ label, colour, read }) => {
    const drawn = valuesByDay(days, rows, read, null);
    return { label, colour, drawn, told: drawn.map((value) => (value === null ? "no task" : formatDuration(value))) };
  });
  return (
    <Chart
      title="Time of tasks by day"
      fileName="durations-by-day.csv"
      csv={() => toCsv(DURATION_COLUMNS, toFields(rows, DURATION_COLUMNS))}
      days={days}
      series={series}
      format={formatDuration}
      note="Days on which no task began that has ended are left out."
    >
      <thead>
        <tr>
          <Heading>Day</Heading>
          <Heading isNumber>Tasks</Heading>
          <Heading isNumber>Median</Heading>
          <Heading isNumber>p95</Heading>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.key}>
            <RowHeading>{row.key}</RowHeading>
            <Cell isNumber>{formatNumber(row.count)}</Cell>
            <Cell isNumber>{formatDuration(row.medianMs)}</Cell>
            <Cell isNumber>{formatDuration(row.p95Ms)}</Cell>
          </Row>
        ))}
      </tbody>
    </Chart>
  );
}
