import { PRICES_DATE, type StepRecord, type TaskDetails, type TaskDigest } from "@claude-orchestrator/core";
import {
  countOf,
  durationOf,
  formatCostOf,
  formatCount,
  formatDuration,
  markOf,
  oneLine,
  paint,
  paintStatus,
  tokensOf,
  wrap,
} from "./format.js";
import { renderTable } from "./table.js";

const MEANINGS: Readonly<Record<string, string>> = {
  completed: "every step succeeded and the checks passed",
  unverified: "every step succeeded; no check run by the orchestrator has proven it yet",
  failed: "see the cause below",
  cancelled: "finished steps are kept",
};

/**
 * The final report of a task: what was done, files changed, cost and tokens by agent, the census of steps.
 *
 * @param task - the task, ended or not
 */
export function renderReport(task: TaskDetails): string {
  const sections = [renderOutcome(task)];
  if (task.output) sections.push(`${paint("bold", "Summary")}\n${wrap(task.output, 2)}`);
  const fallback = task.fallbackReason
    ? [`The template was used in place of an agent's plan. ${task.fallbackReason}`]
    : [];
  const warnings = [...fallback, ...task.warnings];
  if (warnings.length > 0)
    sections.push(`${paint("bold", "Warnings")}\n${warnings.map((each) => wrap(each, 2)).join("\n")}`);
  const verdicts = task.steps.flatMap(describeVerdict);
  if (verdicts.length > 0) sections.push(`${paint("bold", "As the agents report")}\n${verdicts.join("\n")}`);
  sections.push(renderFiles(task));
  if (task.agents.length > 0) sections.push(renderAgents(task));
  sections.push(renderCensus(task));
  return sections.join("\n\n");
}

function renderOutcome(task: TaskDetails): string {
  const meaning = MEANINGS[task.status];
  const lines = [`${markOf(task.status)} ${paintStatus(task.status)}${meaning ? ` - ${meaning}` : ""}`];
  if (task.error) lines.push(wrap(task.error.message, 2));
  if (task.error?.hint) lines.push(paint("gray", wrap(task.error.hint, 2)));
  if (task.digest) lines.push(renderDigest(task.taskId, task.digest));
  return lines.join("\n");
}

/** Where to begin: the first cause, the last tool, the last word, and the next command. */
function renderDigest(taskId: string, { stepKey, cause, agentId, lastTool, logLine }: TaskDigest): string {
  const lines: string[] = [];
  const add = (name: string, text: string) => lines.push(`  ${paint("gray", name.padEnd(10))} ${text}`);
  if (stepKey) add("cause", oneLine(`${stepKey}: ${cause.code}`, DIGEST_WIDTH));
  if (lastTool) add("last tool", oneLine(`${lastTool.name} ${lastTool.input}`, DIGEST_WIDTH));
  if (logLine) add("last said", oneLine(logLine, DIGEST_WIDTH));
  if (agentId) add("log", `orchestrator logs ${agentId}`);
  add("next", `orchestrator follow-up ${taskId} "…"`);
  return lines.join("\n");
}

const DIGEST_WIDTH = 64;

/** What a tester counted and a reviewer found. It is said whose word it is: nothing of it has been proven. */
function describeVerdict({ stepKey, handoff }: StepRecord): string[] {
  const lines: string[] = [];
  if (typeof handoff?.testsPassed === "number") {
    lines.push(wrap(`${stepKey}: ${handoff.testsPassed} tests passed, ${handoff.testsFailed} failed`, 2));
  }
  if (typeof handoff?.verdict === "string") {
    const findings = Array.isArray(handoff.findings) ? (handoff.findings as ReviewFinding[]) : [];
    lines.push(
      wrap(
        `${stepKey}: ${handoff.verdict.replace("_", " ")}, ${findings.length} ${findings.length === 1 ? "finding" : "findings"}`,
        2,
      ),
    );
    for (const { file, line, severity, message } of findings.slice(0, MAX_FINDINGS_SHOWN)) {
      lines.push(wrap(`${severity} ${file}${line ? `:${line}` : ""} ${message}`, 4));
    }
  }
  return lines;
}

interface ReviewFinding {
  file: string;
  line?: number;
  severity: string;
  message: string;
}
const MAX_FINDINGS_SHOWN = 10;

const MAX_PATH_SHOWN = 400;
const FILE_MARKS = { created: "A", modified: "M", deleted: "D", renamed: "R" } as const;

function renderFiles(task: TaskDetails): string {
  const { produced, consumed } = task.files;
  if (produced.length === 0) return `${paint("bold", "Files changed")}  none (${consumed.length} read)`;
  const lines = produced.map((file) => {
    const counts = file.linesAdded === null ? "binary" : `+${file.linesAdded} -${file.linesRemoved}`;
    const name = file.previousPath ? `${file.previousPath} → ${file.path}` : file.path;
    return `  ${FILE_MARKS[file.kind]} ${oneLine(name, MAX_PATH_SHOWN)}  ${paint("gray", counts)}`;
  });
  return `${paint("bold", "Files changed")}  ${produced.length} (${consumed.length} read)\n${lines.join("\n")}`;
}

function renderAgents(task: TaskDetails): string {
  const rows = task.agents.map((agent) => [
    oneLine(agent.name === agent.role ? agent.role : `${agent.name} (${agent.role})`, 24),
    oneLine(agent.model, 18),
    String(agent.modelCalls),
    formatCount(agent.inputTokens),
    formatCount(agent.outputTokens),
    formatCount(agent.cacheReadTokens + agent.cacheWriteTokens),
    formatCostOf(agent),
    formatDuration(durationOf(agent)),
  ]);
  const cache = task.cacheReadTokens + task.cacheWriteTokens;
  rows.push([
    "total",
    "",
    String(task.modelCalls),
    formatCount(task.inputTokens),
    formatCount(task.outputTokens),
    formatCount(cache),
    formatCostOf(task),
    formatDuration(durationOf(task)),
  ]);
  const notes = [
    task.costUsd ? `  Costs are computed from the price list of ${PRICES_DATE}.` : "",
    task.rehearsal ? "  A rehearsal: the model was scripted and nothing was charged." : "",
    task.unpricedCalls > 0
      ? `  ${countOf(task.unpricedCalls, "call")} of a model without a known price: not in the cost.`
      : "",
    task.incompleteCalls > 0
      ? `  Cut off, so that the final usage is not known: ${countOf(task.incompleteCalls, "call")}.`
      : "",
  ].filter(Boolean);
  const table = indent(renderTable(["role", "model", ">calls", ">in", ">out", ">cache", ">cost", ">time"], rows));
  return [`${paint("bold", "Agents")}  ${formatCount(tokensOf(task))} tokens`, table, ...notes].join("\n");
}

function renderCensus(task: TaskDetails): string {
  const { census } = task;
  if (!census) return `${paint("bold", "Steps")}  ${task.steps.length} planned`;
  const parts = (["planned", "ran", "succeeded", "failed", "skipped", "cancelled", "retried"] as const).map(
    (key) => `${census[key]} ${key}`,
  );
  const skipped = task.steps
    .filter((step) => step.status === "skipped")
    .map((step) => `  ${step.stepKey} was skipped: ${oneLine(step.reason, 120)}`);
  return [paint("bold", "Steps"), wrap(parts.join(", "), 2), ...skipped].join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}
