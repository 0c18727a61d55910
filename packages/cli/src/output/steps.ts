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

/** Keys of further rounds and their checks are longer than names of roles. */
const LEAST_KEY_WIDTH = 14;
const MOST_KEY_WIDTH = 22;
const STATE_WIDTH = 9;
const DURATION_WIDTH = 6;
const TOKENS_WIDTH = 6;
const COST_WIDTH = 8;
/** Below it there is room for the step and its time only. */
const NARROW_WIDTH = 56;

/**
 * The steps of a task, one line each, with a heading above each further round.
 *
 * @param width - the terminal's width
 */
export function renderSteps({ steps, agents }: Pick<TaskDetails, "steps" | "agents">, width: number): string {
  const longest = Math.max(0, ...steps.map((step) => step.stepKey.length));
  const keyWidth = Math.min(Math.max(longest, LEAST_KEY_WIDTH), MOST_KEY_WIDTH);
  return steps
    .flatMap((step, position) => {
      const line = renderStep(step, agents, width, keyWidth);
      const isFurther = step.round > (steps[position - 1]?.round ?? 0);
      return isFurther ? [paint("gray", `  round ${step.round}`), line] : [line];
    })
    .join("\n");
}

type StepEnd = Pick<StepRecord, "kind" | "status" | "handoff"> & Partial<Pick<StepRecord, "reusedFrom">>;

/**
 * What a step came to. A check that ran to its end has succeeded as a step, whatever it found; a result that comes from
 * another task says so.
 */
export function stateOf({ kind, status, handoff, reusedFrom }: StepEnd): string {
  if (reusedFrom) return "reused";
  if (kind !== "check" || status !== "succeeded") return status;
  return typeof handoff?.verdict === "string" ? handoff.verdict : status;
}

/** What a step without an agent does while it runs. */
const OWN_WORK: Readonly<Partial<Record<StepRecord["kind"], string>>> = {
  baseline: "running the checks before the work",
  check: "running the checks",
  merge: "joining what parallel writers did",
};

/**
 * One line for a step: mark, key, state, seconds, tokens, cost and what it does now.
 *
 * @param step - the step
 * @param agents - the agents of the task; a step that was tried again has had more than one
 * @param width - the terminal's width
 * @param keyWidth - the width of the longest key
 */
function renderStep(step: StepRecord, agents: readonly AgentRecord[], width: number, keyWidth: number): string {
  const own = agents.filter((agent) => agent.stepKey === step.stepKey);
  const tokens = own.reduce((sum, agent) => sum + tokensOf(agent), 0);
  const cost = sumCosts(own);
  const agent = own.at(-1);
  const activity =
    step.status === "running"
      ? (agent?.activity ?? OWN_WORK[step.kind] ?? "starting")
      : step.status === "succeeded"
        ? summaryOf(step)
        : step.reason;
  const columns = [
    markOf(stateOf(step)),
    oneLine(step.stepKey, keyWidth).padEnd(keyWidth),
    paintStatus(stateOf(step), STATE_WIDTH),
    (step.startedAt ? formatClock(durationOf(step)) : "").padStart(DURATION_WIDTH),
  ];
  let used = 1 + keyWidth + STATE_WIDTH + DURATION_WIDTH + columns.length;
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
