import type { ComparedCheck, ComparedStep, ComparedTask, Pair, TaskComparison } from "@claude-orchestrator/core";
import { formatTests, resultOf } from "./checks.js";
import {
  formatClock,
  formatCost,
  formatCostOf,
  formatCount,
  formatDuration,
  indent,
  oneLine,
  paint,
  paintStatus,
  plain,
} from "./format.js";
import { short } from "./workspace.js";

const NAME_WIDTH = 15;
const SIDE_WIDTH = 29;
const GAP = "  ";
const BOTH_WIDTH = 2 * SIDE_WIDTH + GAP.length;
const STATE_WIDTH = 9;
const CLOCK_WIDTH = 5;
const TOKENS_WIDTH = 5;
const COST_WIDTH = 7;
/** Of files more are not shown; the JSON has them all. */
const MAX_FILES = 40;
const PATH_WIDTH = 41;
const CHANGE_WIDTH = 16;
const MARKS = { created: "A", modified: "M", deleted: "D", renamed: "R" } as const;
const NONE = "–";

/** Two tasks side by side in 80 columns; what is the same in both is said once. */
export function renderComparison({ left, right, steps, checks, files }: TaskComparison): string {
  const sections = [renderTasks(left, right), section("Steps", steps.flatMap(renderStep))];
  if (checks.length > 0) sections.push(section("Checks", renderChecks(checks)));
  if (files.length > 0) sections.push(section("Files", renderFiles(files)));
  sections.push(section("Totals", renderTotals(left, right)));
  const next = renderNext(left, right);
  return [...sections, ...(next ? [next] : [])].join("\n\n");
}

function section(heading: string, lines: readonly string[]): string {
  return `${paint("bold", heading)}\n${indent(lines.join("\n"))}`;
}

type Sides = readonly [string, string];

function sidesOf<T>({ left, right }: Pair<T>, describe: (value: T) => string): Sides {
  return [left === null ? NONE : describe(left), right === null ? NONE : describe(right)];
}

/** A name, and what each of the two has of it. */
function row(name: string, [left, right]: Sides, nameWidth = NAME_WIDTH, sideWidth = SIDE_WIDTH): string {
  return [pad(name.length > nameWidth ? oneLine(name, nameWidth) : name, nameWidth), pad(left, sideWidth), right]
    .join(GAP)
    .trimEnd();
}

/** Colours take no place on the screen. */
function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - plain(text).length));
}

/** What is told of both tasks, by name; what neither has is left out. */
const FIELDS: Readonly<Record<string, (task: ComparedTask) => string>> = {
  error: ({ error }) => error?.code ?? "",
  prompt: ({ prompt }) => prompt,
  type: ({ taskType }) => taskType,
  model: ({ model }) => model,
  "forked from": ({ forkOf }) => (forkOf ? `${forkOf.taskId} at ${forkOf.stepKey}` : ""),
  rehearsal: ({ rehearsal }) => (rehearsal ? "nothing charged" : ""),
};

function renderTasks(left: ComparedTask, right: ComparedTask): string {
  const heading = row("", [paint("bold", left.taskId), paint("bold", right.taskId)]);
  const isSame = left.status === right.status;
  const status = row("status", [paintStatus(left.status), isSame ? "" : paintStatus(right.status)]);
  const fields = Object.entries(FIELDS).flatMap(([name, describe]) => {
    const [one, other] = [describe(left), describe(right)];
    if (one === "" && other === "") return [];
    if (one === other) return [row(name, [oneLine(one, BOTH_WIDTH), ""])];
    return [row(name, [oneLine(one, SIDE_WIDTH), oneLine(other, SIDE_WIDTH)])];
  });
  return indent([heading, status, ...fields].join("\n"));
}

function renderStep(step: TaskComparison["steps"][number]): string[] {
  const line = row(step.stepKey, sidesOf(step, describeStep));
  const isRetried = [step.left, step.right].some((side) => (side?.attempts ?? 0) > 1);
  return isRetried
    ? [
        line,
        row(
          `${GAP}attempts`,
          sidesOf(step, ({ attempts }) => String(attempts)),
        ),
      ]
    : [line];
}

function describeStep(step: ComparedStep): string {
  if (step.reusedFrom !== null) return paintStatus("reused");
  const { kind, status, verdict, durationMs, model, tokens } = step;
  const state = kind === "check" && status === "succeeded" ? (verdict ?? status) : status;
  const figures = [
    (durationMs === null ? "" : formatClock(durationMs)).padStart(CLOCK_WIDTH),
    (model === null ? "" : formatCount(tokens)).padStart(TOKENS_WIDTH),
    (model === null ? "" : formatCostOf(step)).padStart(COST_WIDTH),
  ];
  return `${paintStatus(state, STATE_WIDTH)} ${figures.join(" ")}`.trimEnd();
}

function renderChecks(checks: TaskComparison["checks"]): string[] {
  return checks.flatMap((check) => {
    const commands = new Set([check.left?.command, check.right?.command].filter(Boolean));
    const line = row(check.stepKey, sidesOf(check, describeCheck));
    return [`${line}`, ...[...commands].map((command) => paint("gray", `${GAP}${oneLine(command ?? "", BOTH_WIDTH)}`))];
  });
}

function describeCheck(check: ComparedCheck): string {
  const result = resultOf(check);
  const tests = check.counts ? ` ${formatTests(check.counts)}` : "";
  return `${paintStatus(result, STATE_WIDTH)}${tests}`;
}

function renderFiles(files: TaskComparison["files"]): string[] {
  const shown = files.slice(0, MAX_FILES).map((file) => {
    const describe = ({ kind, linesAdded, linesRemoved }: NonNullable<typeof file.left>) =>
      `${MARKS[kind]} ${linesAdded === null ? "binary" : `+${linesAdded} -${linesRemoved}`}`;
    return row(endOf(file.path, PATH_WIDTH), sidesOf(file, describe), PATH_WIDTH, CHANGE_WIDTH);
  });
  const left = files.length - shown.length;
  return left > 0 ? [...shown, paint("gray", `and ${left} more: --json has them all`)] : shown;
}

/** Of a long path the end says more than the beginning. */
function endOf(path: string, width: number): string {
  const text = oneLine(path, Number.POSITIVE_INFINITY);
  return text.length <= width ? text : `…${text.slice(1 - width)}`;
}

function renderTotals(left: ComparedTask, right: ComparedTask): string[] {
  const figure = (name: string, values: readonly [number | null, number | null], format: (value: number) => string) => {
    const [one, other] = values;
    const share = one !== null && other !== null && one > 0 ? describeChange(one, other) : "";
    const shown = [one, other].map((value) => (value === null ? "unknown" : format(value)));
    return row(name, [shown[0] ?? "", `${(shown[1] ?? "").padEnd(12)} ${paint("gray", share)}`]);
  };
  const lines = [
    figure("cost", [left.costUsd, right.costUsd], formatCost),
    figure("tokens", [left.tokens, right.tokens], formatCount),
    figure("model calls", [left.modelCalls, right.modelCalls], String),
    figure("agents", [left.agents, right.agents], String),
    figure("time", [left.durationMs, right.durationMs], formatDuration),
  ];
  const reusing = [left, right].filter((task) => (task.census?.reused ?? 0) > 0).map(({ taskId }) => taskId);
  if (reusing.length > 0)
    lines.push(paint("gray", `${reusing.join(" and ")}: reused steps are counted where they ran.`));
  return lines;
}

/** `-74 %`: the right measured against the left. */
function describeChange(one: number, other: number): string {
  const percent = Math.round(((other - one) / one) * 100);
  return percent === 0 ? "" : `${percent > 0 ? "+" : ""}${percent} %`;
}

/** What shows the difference line by line. */
function renderNext(left: ComparedTask, right: ComparedTask): string {
  if (left.commit === null || right.commit === null || left.commit === right.commit) return "";
  const command = `git diff ${short(left.commit)} ${short(right.commit)}`;
  return `${paint("bold", "Next")}\n  ${command}  ${paint("gray", "where their results differ")}`;
}
