import { isTaskEnded } from "../../domain/index.js";
import type { CheckRecord, StepRecord } from "../../store/index.js";
import { type Html, html, NOTHING } from "./escape.js";
import type { TaskReportInput } from "./input.js";
import { brief, facts, foldable, prose, type Tone } from "./parts.js";
import { countOf, durationOf, formatCost, formatDuration, formatTime, formatTokens } from "./words.js";

const MAX_TITLE = 160;
const MAX_PROMPT = 20_000;
const MAX_OUTPUT = 20_000;
const MAX_REASON = 2_000;

/** What a task has come to, in words. */
export interface Standing {
  tone: Tone;
  words: string;
  /** What else there is to know or to do. */
  more: readonly string[];
}

/** Says what a task has come to, and what that rests on. */
export function describeStanding({ task, ownerAlive, steps, checks }: TaskReportInput): Standing {
  const why = task.error ? [task.error.hint] : [];
  switch (task.status) {
    case "completed":
      return isProven(steps)
        ? { tone: "good", words: "completed: proven by checks", more: describeExceptions(steps, checks) }
        : { tone: "good", words: REVIEWED, more: [] };
    case "unverified":
      return {
        tone: "warn",
        words: "unverified: no check has proven it",
        more: [checks.length === 0 ? NO_CHECK : NOT_ENOUGH],
      };
    case "failed":
      return { tone: "bad", words: `failed: ${task.error?.message ?? "nobody has said why"}`, more: why };
    case "cancelled":
      return { tone: "warn", words: `cancelled: ${task.error?.message ?? "on request"}`, more: why };
    case "needs_attention": {
      const { reason = "nobody has said why", hint = "" } = task.attention ?? {};
      return { tone: "warn", words: `needs attention: ${reason}`, more: [hint] };
    }
    case "running":
      return ownerAlive
        ? { tone: "plain", words: "running: this report shows it as it stood when it was written", more: [] }
        : { tone: "warn", words: "running, but the process that ran it is gone", more: [] };
    case "queued":
      return { tone: "plain", words: "queued: it has not begun", more: [] };
    case "paused":
    case "held":
      return { tone: "plain", words: `${task.status}: nothing of it runs at the moment`, more: [] };
  }
}

const NO_CHECK = "Every step succeeded, but no check was run.";
const NOT_ENOUGH = "Every step succeeded, but the checks that were run do not prove all of the work.";
const REVIEWED = "completed: every step succeeded; a review changes nothing that a check could prove";

function isProven(steps: readonly StepRecord[]): boolean {
  return steps.some(({ kind, handoff }) => kind === "check" && handoff?.verdict === "passed");
}

/** What was not content by its exit code alone is said where nobody can overlook it. */
function describeExceptions(steps: readonly StepRecord[], checks: readonly CheckRecord[]): string[] {
  const last = steps.findLast(({ kind, handoff }) => kind === "check" && handoff?.verdict === "passed")?.stepKey;
  return checks
    .filter(({ stepKey, passed, outcome }) => stepKey === last && passed && outcome !== "passed")
    .slice(0, 5)
    .map(
      ({ name, exitCode, reason }) =>
        `The check ${name} ended with exit code ${exitCode}, and is taken as passed: ${reason}.`,
    );
}

/** The title of the document. */
export function titleOf({ task }: TaskReportInput): string {
  return brief(task.prompt, MAX_TITLE) || "A task without a prompt";
}

/** What the task was, what has come of it, and what it took. */
export function renderHeader(input: TaskReportInput): Html {
  const { task } = input;
  const title = titleOf(input);
  const { tone, words, more } = describeStanding(input);
  const hasMore = title !== task.prompt.trim();
  return html`<header>
<p class="eyebrow">Task report</p>
<h1>${title}</h1>
<div class="status ${tone}">
<p>${brief(words, MAX_REASON)}</p>
${more.filter(Boolean).map((line) => html`<p>${brief(line, MAX_REASON)}</p>\n`)}${rehearsalOf(input)}</div>
${hasMore && foldable("The whole prompt", prose(task.prompt, MAX_PROMPT))}${keyFacts(input)}${outputOf(input)}</header>
`;
}

function rehearsalOf({ task }: TaskReportInput): Html {
  if (!task.rehearsal) return NOTHING;
  return html`<p>This was a rehearsal: a script answered in place of a model, and nothing was charged.</p>\n`;
}

function keyFacts(input: TaskReportInput): Html {
  const { task, writtenAt } = input;
  const { createdAt, startedAt, endedAt, applied, undoneAt } = task;
  const duration = durationOf(task, writtenAt);
  const isOver = isTaskEnded(task.status);
  const kind = [task.taskType.replaceAll("_", " "), task.complexity, planOf(input)].filter(Boolean).join(", ");
  return facts([
    ["Task", html`<code>${task.taskId}</code>`],
    ["Kind", kind],
    ["Created", formatTime(createdAt)],
    ["Started", startedAt ? formatTime(startedAt) : "not yet"],
    ["Ended", endedAt ? formatTime(endedAt) : "not yet"],
    ["Duration", duration === null ? null : `${formatDuration(duration)}${isOver ? "" : " so far"}`],
    [
      "Cost",
      `${formatCost(task, task.rehearsal)}${task.budgetUsd === null ? "" : ` of a budget of $${task.budgetUsd}`}`,
    ],
    ["Model calls", countOf(task.modelCalls, "call")],
    ["Tokens", formatTokens(task)],
    ["Steps", censusOf(input)],
    [
      "Applied",
      applied &&
        html`by ${applied.mode}, ${formatTime(applied.time)}${applied.commit && html`, commit <code>${applied.commit}</code>`}`,
    ],
    ["Undone", undoneAt && formatTime(undoneAt)],
  ]);
}

function planOf({ task }: TaskReportInput): string {
  if (task.planMode === null) return "";
  if (task.planMode === "workflow") return `planned by the workflow ${task.workflow ?? ""}`;
  return { template: "planned by a template", ai: "planned by a planner", custom: "planned by hand" }[task.planMode];
}

/** How the task counts its steps; while it runs, how they stand. */
function censusOf({ task, steps }: TaskReportInput): string {
  if (task.census) {
    const { planned, retried, rounds, reused, ...ended } = task.census;
    const counts = reused > 0 ? { ...ended, reused } : ended;
    const words = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
    return `${planned} planned: ${words.join(", ")}; ${retried} retried; ${countOf(rounds, "further round")}`;
  }
  const counts = new Map<string, number>();
  for (const { status } of steps) counts.set(status, (counts.get(status) ?? 0) + 1);
  const words = [...counts].map(([status, count]) => `${count} ${status}`);
  return words.length === 0 ? "none yet" : `${steps.length} planned: ${words.join(", ")}`;
}

function outputOf({ task }: TaskReportInput): Html {
  if (task.output.trim() === "") return NOTHING;
  return html`<h2>What the agents say of it</h2>
${prose(task.output, MAX_OUTPUT)}`;
}
