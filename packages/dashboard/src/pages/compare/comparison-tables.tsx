import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Comparison } from "../../api/catalogue.ts";
import { Status, StatusMark } from "../../components/status.tsx";
import { Cell, Heading, Row, RowHeading, Table } from "../../components/table.tsx";
import { formatNumber, formatUsd } from "../../format/amounts.ts";
import { formatDuration } from "../../format/moments.ts";
import { lookOfStep, TASK_LOOKS } from "../../format/statuses.ts";
import { toWords } from "../../format/task-types.ts";
import { describeDifference } from "./difference.ts";

type Whole = Comparison["left"];
type ComparedStep = NonNullable<Comparison["steps"][number]["left"]>;
type ComparedCheck = NonNullable<Comparison["checks"][number]["left"]>;
type ComparedFile = NonNullable<Comparison["files"][number]["left"]>;

/** An unknown price stays unknown; without a call there was nothing to pay. */
const costOf = ({ costUsd, modelCalls }: { costUsd: number | null; modelCalls: number }) =>
  modelCalls === 0 && costUsd === null ? 0 : costUsd;

/** Both tasks as wholes, a line for each figure. */
export function WholeTable({ comparison: { left, right } }: { comparison: Comparison }) {
  const numbers: [string, (task: Whole) => number | null, (value: number) => string][] = [
    ["Cost", costOf, formatUsd],
    ["Tokens", (task) => task.tokens, formatNumber],
    ["Model calls", (task) => task.modelCalls, formatNumber],
    ["Agents", (task) => task.agents, formatNumber],
    ["Time", (task) => task.durationMs, formatDuration],
  ];
  const texts: [string, (task: Whole) => ReactNode][] = [
    ["Prompt", (task) => <span className="line-clamp-4 whitespace-pre-wrap break-words">{task.prompt}</span>],
    ["Status", (task) => <Status look={TASK_LOOKS[task.status]} />],
    ["Proven", (task) => (task.verified ? "yes, by checks" : "no")],
    ["Task type", (task) => toWords(task.taskType)],
    ["Model", (task) => task.model],
    ["Rounds", (task) => (task.census ? formatNumber(task.census.rounds) : "not yet known")],
    ["Fork of", (task) => (task.forkOf ? `${task.forkOf.taskId} at ${task.forkOf.stepKey}` : "none")],
    ["Error", (task) => (task.error ? <span className="text-bad">{task.error.message}</span> : "none")],
    ["Commit", (task) => <span className="mono break-all">{task.commit?.slice(0, 12) ?? "none"}</span>],
  ];
  return (
    <Table caption="The two tasks">
      <thead>
        <tr>
          <Heading>Figure</Heading>
          {[left, right].map((task) => (
            <Heading key={task.taskId} className="w-2/5 min-w-28 sm:min-w-40">
              <Link to="/tasks/$taskId" params={{ taskId: task.taskId }} className="link mono">
                {task.taskId}
              </Link>
              {task.rehearsal && <span className="text-warn"> rehearsal</span>}
            </Heading>
          ))}
          <Heading isNumber>Difference</Heading>
        </tr>
      </thead>
      <tbody>
        {texts.slice(0, 3).map(textRow)}
        {numbers.map(([name, read, format]) => (
          <Row key={name}>
            <RowHeading className="whitespace-nowrap text-muted">{name}</RowHeading>
            <Cell>{write(read(left), format)}</Cell>
            <Cell>{write(read(right), format)}</Cell>
            <Cell isNumber>{describeDifference(read(left), read(right), format)}</Cell>
          </Row>
        ))}
        {texts.slice(3).map(textRow)}
      </tbody>
    </Table>
  );

  function textRow([name, read]: (typeof texts)[number]) {
    return (
      <Row key={name}>
        <RowHeading className="whitespace-nowrap text-muted">{name}</RowHeading>
        <Cell>{read(left)}</Cell>
        <Cell>{read(right)}</Cell>
        <Cell />
      </Row>
    );
  }
}

function write(value: number | null, format: (value: number) => string): string {
  return value === null ? "unknown" : format(value);
}

const ABSENT = <span className="text-muted">not there</span>;

/** A line for each thing of either task, both sides beside it. */
function PairTable<T>({
  caption,
  first,
  rows,
  show,
  difference,
}: {
  caption: string;
  first: string;
  rows: readonly { key: string; name: ReactNode; left: T | null; right: T | null }[];
  show(value: T): ReactNode;
  difference?: (left: T, right: T) => ReactNode;
}) {
  return (
    <Table caption={caption}>
      <thead>
        <tr>
          <Heading>{first}</Heading>
          <Heading className="w-1/3 min-w-28 sm:min-w-40">Left</Heading>
          <Heading className="w-1/3 min-w-28 sm:min-w-40">Right</Heading>
          {difference && <Heading isNumber>Difference</Heading>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, left, right }) => (
          <Row key={key}>
            <RowHeading>{name}</RowHeading>
            <Cell>{left ? show(left) : ABSENT}</Cell>
            <Cell>{right ? show(right) : ABSENT}</Cell>
            {difference && <Cell isNumber>{left && right && difference(left, right)}</Cell>}
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

export function StepsTable({ steps }: { steps: Comparison["steps"] }) {
  return (
    <PairTable
      caption="Steps of both"
      first="Step"
      rows={steps.map(({ stepKey, left, right }) => ({ key: stepKey, name: stepKey, left, right }))}
      show={(step) => <StepSide step={step} />}
      difference={(left, right) => (
        <>
          {describeDifference(costOf(left), costOf(right), formatUsd)}
          <span className="label block">{describeDifference(left.durationMs, right.durationMs, formatDuration)}</span>
        </>
      )}
    />
  );
}

function StepSide({ step }: { step: ComparedStep }) {
  const look = lookOfStep({ ...step, handoff: step.verdict === null ? null : { verdict: step.verdict } });
  const facts = [
    step.modelCalls === 0 ? "" : write(costOf(step), formatUsd),
    step.tokens === 0 ? "" : `${formatNumber(step.tokens)} tokens`,
    step.durationMs === null ? "not begun" : formatDuration(step.durationMs),
    step.attempts > 1 ? `${step.attempts} attempts` : "",
    step.model ?? "",
    step.reusedFrom ? `from ${step.reusedFrom}` : "",
  ].filter(Boolean);
  return (
    <>
      <Status look={look} />
      <span className="label block">{facts.join(" · ")}</span>
    </>
  );
}

export function ChecksTable({ checks }: { checks: Comparison["checks"] }) {
  return (
    <PairTable
      caption="Checks of both"
      first="Check"
      rows={checks.map(({ stepKey, name, left, right }) => ({
        key: `${stepKey} ${name}`,
        name: (
          <>
            {name} <span className="label block">after {stepKey}</span>
          </>
        ),
        left,
        right,
      }))}
      show={(check) => <CheckSide check={check} />}
    />
  );
}

function CheckSide({ check }: { check: ComparedCheck }) {
  const counts = check.counts && `${check.counts.passed} passed, ${check.counts.failed} failed`;
  const exit = check.exitCode === null ? "" : `exit ${check.exitCode}`;
  return (
    <>
      <span className={`inline-flex items-center gap-1.5 ${check.passed ? "text-good" : "text-bad"}`}>
        <StatusMark shape={check.passed ? "check" : "cross"} tone={check.passed ? "good" : "bad"} />
        {toWords(check.outcome)}
      </span>
      <span className="label block">
        {[exit, counts, formatDuration(check.durationMs)].filter(Boolean).join(" · ")}
      </span>
      <code className="mono break-all">{check.command}</code>
    </>
  );
}

export function FilesTable({ files }: { files: Comparison["files"] }) {
  return (
    <PairTable
      caption="Files of both"
      first="File"
      rows={files.map(({ path, left, right }) => ({
        key: path,
        name: <span className="mono block min-w-28 break-all">{path}</span>,
        left,
        right,
      }))}
      show={(file) => <FileSide file={file} />}
    />
  );
}

function FileSide({ file }: { file: ComparedFile }) {
  const lines =
    file.linesAdded === null || file.linesRemoved === null ? "binary" : `+${file.linesAdded} −${file.linesRemoved}`;
  return (
    <>
      {file.kind} <span className="label">{lines}</span>
      {file.previousPath && <span className="label block">from {file.previousPath}</span>}
    </>
  );
}
