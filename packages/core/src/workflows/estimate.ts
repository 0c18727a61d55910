import type { CheckCommand, Complexity, PlannedStep, TaskType, WorkspaceKind } from "../domain/index.js";
import type { PastStep } from "../store/index.js";

/** So many tasks of the past, the newest, say what roles cost. */
export const MAX_PAST_TASKS = 200;

export interface Range {
  low: number;
  high: number;
}

/** What a task will probably use, by what such steps have used in the same repository. */
export interface Forecast {
  /** The tasks of the past that it rests on. */
  runs: number;
  tokens: Range;
  /** `null` where the price of what was used is not known. */
  costUsd: Range | null;
  durationMs: Range;
  /** Roles of which there is no history: the figures leave them out. */
  rolesWithoutHistory: string[];
}

/** What is known of a task before it runs. */
export interface Estimate {
  taskType: TaskType;
  complexity: Complexity;
  /** What was seen in the prompt, in words. */
  reasons: string[];
  steps: Pick<PlannedStep, "key" | "role" | "dependsOn" | "writes">[];
  agents: number;
  /** `null`: nothing like it has run in this repository yet. */
  forecast: Forecast | null;
  /** Whether agents will work in worktrees or in the directory itself. */
  workspaceKind: WorkspaceKind;
  /** The commands that will prove the work; none: it can only end unverified. */
  checks: CheckCommand[];
}

/**
 * Sums up what steps of the same roles have used before: from the lower to the upper quartile of each.
 *
 * @param steps - the plan
 * @param past - succeeded steps of the same repository
 * @returns `null` without any history for these roles
 */
export function forecast(steps: Estimate["steps"], past: readonly PastStep[]): Forecast | null {
  const byRole = groupByRole(past);
  const known = steps.filter((step) => byRole.has(step.role));
  if (known.length === 0) return null;
  const rangeOf = (step: { role: string }, read: (past: PastStep) => number | null): Range | null => {
    const values = (byRole.get(step.role) ?? []).map(read).filter((value) => value !== null);
    return values.length === 0 ? null : quartiles(values);
  };
  const zero: Range = { low: 0, high: 0 };
  const costs = known.map((step) => rangeOf(step, (each) => each.costUsd));
  const roles = new Set(known.map((step) => step.role));
  return {
    runs: new Set(past.filter((step) => roles.has(step.role)).map((step) => step.taskId)).size,
    tokens: known.map((step) => rangeOf(step, (each) => each.tokens) ?? zero).reduce(add, zero),
    costUsd: costs.includes(null) ? null : costs.map((range) => range ?? zero).reduce(add, zero),
    durationMs: longestWay(steps, (step) => rangeOf(step, (each) => each.durationMs) ?? zero),
    rolesWithoutHistory: [...new Set(steps.map((step) => step.role).filter((role) => !byRole.has(role)))],
  };
}

/**
 * The least that steps of these roles have cost before.
 *
 * @returns `null` when one of the roles has no priced history
 */
export function leastCostUsd(roles: readonly string[], past: readonly PastStep[]): number | null {
  let sum = 0;
  for (const role of roles) {
    const costs = past.flatMap((step) => (step.role === role && step.costUsd !== null ? [step.costUsd] : []));
    if (costs.length === 0) return null;
    sum += Math.min(...costs);
  }
  return sum;
}

/** Steps run one after another only where they depend on each other: the longest chain is the task's time. */
function longestWay(steps: Estimate["steps"], durationOf: (step: { role: string }) => Range): Range {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const known = new Map<string, Range>();
  const endOf = (key: string): Range => {
    const found = known.get(key);
    const step = byKey.get(key);
    if (found || !step) return found ?? { low: 0, high: 0 };
    const before = step.dependsOn.map(endOf);
    const most = (read: (range: Range) => number) => Math.max(0, ...before.map(read));
    const end = add({ low: most((range) => range.low), high: most((range) => range.high) }, durationOf(step));
    known.set(key, end);
    return end;
  };
  const ends = steps.map((step) => endOf(step.key));
  return { low: Math.max(0, ...ends.map((end) => end.low)), high: Math.max(0, ...ends.map((end) => end.high)) };
}

/** The lower and upper quartile; of few values the least and the greatest. */
function quartiles(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return sorted.length < 4 ? { low: at(0), high: at(1) } : { low: at(0.25), high: at(0.75) };
}

function add(left: Range, right: Range): Range {
  return { low: left.low + right.low, high: left.high + right.high };
}

function groupByRole(past: readonly PastStep[]): Map<string, PastStep[]> {
  const groups = new Map<string, PastStep[]>();
  for (const step of past) groups.set(step.role, [...(groups.get(step.role) ?? []), step]);
  return groups;
}
