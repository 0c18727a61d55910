import type { AgentRecord, StepRecord, TaskDetails } from "@claude-orchestrator/core";
import {
  durationOf,
  formatClock,
  formatCost,
  formatCount,
  formatDuration,
  markOf,
  oneLine,
  paint,
  paintStatus,
  tokensOf,
} from "./format.js";

const KEY_WIDTH = 14;
const STATE_WIDTH = 9;
const DURATION_WIDTH = 6;
const TOKENS_WIDTH = 6;
const COST_WIDTH = 8;
/** Below it there is room for the step and its time only. */
const NARROW_WIDTH = 56;

/**
 * One line for a step: mark, key, state, seconds, tokens, cost and what it does now.
 *
 * @param step - the step
 * @param agents - the agents of the task; a step that was tried again has had more than one
 * @param width - the terminal's width
 */
export function renderStep(step: StepRecord, agents: readonly AgentRecord[], width: number): string {
  const own = agents.filter((agent) => agent.stepKey === step.stepKey);
  const tokens = own.reduce((sum, agent) => sum + tokensOf(agent), 0);
  const cost = sumCosts(own);
  const agent = own.at(-1);
  const activity =
    step.status === "running"
      ? (agent?.activity ?? "starting")
      : step.status === "succeeded"
        ? summaryOf(step)
        : step.reason;
  const columns = [
    markOf(step.status),
    oneLine(step.stepKey, KEY_WIDTH).padEnd(KEY_WIDTH),
    paintStatus(step.status, STATE_WIDTH),
    (step.startedAt ? formatClock(durationOf(step)) : "").padStart(DURATION_WIDTH),
  ];
  let used = 1 + KEY_WIDTH + STATE_WIDTH + DURATION_WIDTH + columns.length;
  if (width < NARROW_WIDTH) return columns.join(" ").trimEnd();
  columns.push(
    (own.length > 0 ? formatCount(tokens) : "").padStart(TOKENS_WIDTH),
    (own.length > 0 ? formatCost(cost) : "").padStart(COST_WIDTH),
  );
  used += TOKENS_WIDTH + COST_WIDTH + 2;
  const retried = step.attempt > 1 ? `attempt ${step.attempt}: ` : "";
  return `${columns.join(" ")} ${paint("gray", oneLine(retried + activity, Math.max(0, width - used - 1)))}`.trimEnd();
}

function summaryOf(step: StepRecord): string {
  return typeof step.handoff?.summary === "string" ? step.handoff.summary : "";
}

/** The sum of known costs; `null` when some are and all are unknown. */
export function sumCosts(agents: readonly AgentRecord[]): number | null {
  const known = agents.filter((agent) => agent.costUsd !== null);
  if (known.length === 0 && agents.length > 0) return null;
  return known.reduce((sum, agent) => sum + (agent.costUsd ?? 0), 0);
}

/** The line above the steps: which task this is, and that it is a rehearsal where it is one. */
export function renderHeading(task: TaskDetails): string {
  const parts = [task.taskId, task.taskType, task.complexity ?? ""].filter(Boolean).join(" · ");
  return `${paint("bold", parts)}${task.rehearsal ? paint("magenta", "  REHEARSAL, nothing charged") : ""}`;
}

/** The line below the steps: time, tokens and cost so far. */
export function renderTotals(task: TaskDetails): string {
  const cost = `${formatCost(task.costUsd)}${task.rehearsal ? " at list price, not charged" : ""}`;
  return paint("gray", `${formatDuration(durationOf(task))} · ${formatCount(tokensOf(task))} tokens · ${cost}`);
}
