import { type EventData, OrchestratorError, type PlannedStep, type StepStatus } from "../domain/index.js";
import { findAncestors } from "./graph.js";

/** How a step of the task that is forked came to its end. */
export interface StepResult {
  stepKey: string;
  status: StepStatus;
  startedAt: string | null;
  endedAt: string | null;
  lane: string | null;
  fromTree: string | null;
  toTree: string | null;
}

/** Steps that a graph gained while it ran, and the step by whose end it did. */
export interface Extension {
  stepKey: string;
  data: EventData<"workflow.extended">;
}

/** A graph as it came to be: what was planned at first, and what came while it ran, in that order. */
export interface GraphHistory {
  steps: readonly PlannedStep[];
  extensions: readonly Extension[];
}

/** What a fork takes over, and what it runs. */
export interface ForkPlan {
  /** What the graph had gained by steps that are reused. */
  extensions: Extension[];
  /** Every step of the fork, as it stands before its own first. */
  steps: PlannedStep[];
  /** Steps whose results are taken over, in the order in which they ended. */
  reused: string[];
  /** The step at which it is forked, and whatever comes after that. */
  following: string[];
}

/**
 * Finds what a fork takes over from a task: the graph as it stood before a step, and the results of what does not come
 * after it. What the graph gained by steps that run again, such as further rounds, comes again where it is needed.
 *
 * @param history - the graph of the task that is forked
 * @param results - how its steps ended
 * @param at - the step from which on everything is run anew
 * @throws OrchestratorError `invalid_input` for a step that there is not
 */
export function planFork(history: GraphHistory, results: readonly StepResult[], at: string): ForkPlan {
  const known = new Map(results.map((result) => [result.stepKey, result]));
  if (!known.has(at)) throw unknownStep(at, [...known.keys()]);
  const hasSucceeded = (key: string) => known.get(key)?.status === "succeeded";
  const again = new Set([at]);
  for (;;) {
    const { steps, extensions } = replay(history, again, hasSucceeded);
    const isAgain = (key: string) => descends(steps, key, again);
    const reused = steps.flatMap(({ key }) => (isAgain(key) || !hasSucceeded(key) ? [] : (known.get(key) ?? [])));
    const before = findAncestors(steps, at);
    const others = results.filter((each) => !reused.includes(each));
    const mixed = reused.filter((each) => !before.includes(each.stepKey) && isMixed(each, others));
    for (const { stepKey } of mixed) again.add(stepKey);
    if (mixed.length > 0) continue;
    return {
      extensions,
      steps,
      reused: [...reused].sort(byEnd).map((each) => each.stepKey),
      following: steps.map((step) => step.key).filter((key) => descends(steps, key, new Set([at]))),
    };
  }
}

/** The graph with what it gained by steps that are not run again. */
function replay(
  history: GraphHistory,
  again: ReadonlySet<string>,
  hasSucceeded: (key: string) => boolean,
): { steps: PlannedStep[]; extensions: Extension[] } {
  let steps = [...history.steps];
  const extensions = history.extensions.filter(({ stepKey, data: { continuedBy, steps: added } }) => {
    const isThere = steps.some((step) => step.key === stepKey);
    if (!isThere || !hasSucceeded(stepKey) || descends(steps, stepKey, again)) return false;
    const rewire = (key: string) => (key === stepKey && continuedBy !== null ? continuedBy : key);
    steps = [...steps.map((step) => ({ ...step, dependsOn: step.dependsOn.map(rewire) })), ...added];
    return true;
  });
  return { steps, extensions };
}

/** Whether a step is one of these, or comes after one. */
function descends(steps: readonly PlannedStep[], key: string, of: ReadonlySet<string>): boolean {
  return of.has(key) || findAncestors(steps, key).some((each) => of.has(each));
}

/** Whether a step began with files that one had changed whose work is not taken over: its result would contain that. */
function isMixed({ lane, startedAt, endedAt }: StepResult, others: readonly StepResult[]): boolean {
  return others.some(
    (other) =>
      other.lane === lane &&
      other.toTree !== null &&
      other.toTree !== other.fromTree &&
      // Of one that was reused already it is known only when it ended.
      (other.endedAt ?? "") <= (startedAt ?? endedAt ?? ""),
  );
}

function byEnd(one: StepResult, other: StepResult): number {
  return (one.endedAt ?? "").localeCompare(other.endedAt ?? "");
}

function unknownStep(at: string, keys: readonly string[]): OrchestratorError {
  return new OrchestratorError(
    "invalid_input",
    `The task has no step "${at}" at which it could be forked.`,
    `Its steps are: ${keys.join(", ")}.`,
  );
}
