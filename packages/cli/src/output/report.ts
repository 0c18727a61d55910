import {
  isTaskEnded,
  PRICES_DATE,
  type StepRecord,
  type TaskDetails,
  type TaskDigest,
} from "@claude-orchestrator/core";
import { renderChanges } from "./changes.js";
import { findLastChecks, renderLastChecks } from "./checks.js";
import {
  countOf,
  durationOf,
  formatCostOf,
  formatCount,
  formatDuration,
  indent,
  markOf,
  oneLine,
  paint,
  paintStatus,
  tokensOf,
  wrap,
} from "./format.js";
import { renderTable } from "./table.js";
import { hasChanges } from "./workspace.js";

/** What a status means for this task: what has proven it, why nothing has, or what makes it go on. */
function meaningOf(task: TaskDetails): string {
  const goOn = `go on with it: orchestrator resume ${task.taskId}`;
  switch (task.status) {
    case "completed": {
      const commands = [...new Set(findLastChecks(task).map(({ command }) => `\`${command}\``))];
      return commands.length === 0 ? "every step succeeded" : `every step succeeded, proven by ${commands.join(", ")}`;
    }
    case "unverified":
      return `every step succeeded; ${whyUnverified(task)}`;
    case "failed":
      return "see the cause below";
    case "cancelled":
      return "finished steps are kept";
    case "needs_attention":
      return "it goes on when you have seen to it";
    case "paused":
      return goOn;
    default:
      return task.ownerAlive ? "" : `its process is gone; ${goOn}`;
  }
}

function whyUnverified({ steps, checkCommands }: TaskDetails): string {
  const checks = steps.filter((step) => step.kind === "check");
  if (checks.some((step) => step.handoff?.verdict === "unproven"))
    return "the checks passed, but the work changed how they are run";
  if (checks.length > 0) return "not all of it was checked";
  return checkCommands.length > 0 ? "nothing was there to be checked" : "no check was found that could prove it";
}

/**
 * The final report of a task: what was done and what proves it, files changed, cost and tokens by agent, the census of
 * steps, and what to do next.
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
  const checks = renderLastChecks(task);
  if (checks) sections.push(checks);
  const verdicts = task.steps.filter((step) => step.kind === "agent").flatMap(describeVerdict);
  if (verdicts.length > 0) sections.push(`${paint("bold", "As the agents report")}\n${verdicts.join("\n")}`);
  sections.push(renderFiles(task));
  if (task.agents.length > 0) sections.push(renderAgents(task));
  sections.push(renderCensus(task));
  const next = renderNext(task);
  if (next) sections.push(next);
  return sections.join("\n\n");
}

function renderOutcome(task: TaskDetails): string {
  const meaning = meaningOf(task);
  const lines = [`${markOf(task.status)} ${paintStatus(task.status)}${meaning ? ` - ${meaning}` : ""}`];
  if (task.attention) lines.push(renderAttention(task));
  if (task.error) lines.push(wrap(task.error.message, 2));
  if (task.error?.hint) lines.push(paint("gray", wrap(task.error.hint, 2)));
  if (task.digest) lines.push(renderDigest(task.taskId, task.digest));
  return lines.join("\n");
}

/** What a person has to do, and where; the hint names the directory and the command that goes on. */
export function renderAttention({ attention }: Pick<TaskDetails, "attention">): string {
  if (!attention) return "";
  return `${wrap(attention.reason, 2)}\n${paint("yellow", wrap(attention.hint, 2))}`;
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

function renderFiles(task: TaskDetails): string {
  const { produced, consumed } = task.files;
  if (produced.length === 0) return `${paint("bold", "Files changed")}  none (${consumed.length} read)`;
  return `${paint("bold", "Files changed")}  ${produced.length} (${consumed.length} read)\n${renderChanges(produced)}`;
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
  const counted = ["planned", "ran", "succeeded", "failed", "skipped", "cancelled", "retried"] as const;
  const parts = [...counted.map((key) => `${census[key]} ${key}`), countOf(census.rounds, "further round")];
  if (census.reused > 0) parts.push(`${census.reused} reused`);
  const skipped = task.steps
    .filter((step) => step.status === "skipped")
    .map((step) => `  ${step.stepKey} was skipped: ${oneLine(step.reason, 120)}`);
  return [paint("bold", "Steps"), wrap(parts.join(", "), 2), ...skipped].join("\n");
}

/** The commands that come next: looking, and taking the result in or putting it back. */
function renderNext(task: TaskDetails): string {
  const { taskId, status, applied, undoneAt } = task;
  if (!isTaskEnded(status) || !hasChanges(task)) return "";
  const isWorktree = task.workspaceKind === "worktree";
  const isGood = status === "completed" || status === "unverified";
  const commands: [string, string][] = [[`orchestrator diff ${taskId}`, "see what was changed"]];
  if (isWorktree && isGood && !applied) commands.push([`orchestrator apply ${taskId}`, "take it into your checkout"]);
  if (!isWorktree && !undoneAt) commands.push([`orchestrator undo ${taskId}`, "put it back as it was"]);
  const width = Math.max(...commands.map(([command]) => command.length));
  const lines = commands.map(([command, what]) => `  ${command.padEnd(width)}  ${paint("gray", what)}`);
  return `${paint("bold", "Next")}\n${lines.join("\n")}`;
}
