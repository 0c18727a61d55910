import type { EventData, PlannedStep } from "../domain/index.js";
import { checkStep, freeKey } from "./arrange.js";
import { findAncestors } from "./graph.js";

/** What the rounds of a task depend on. */
export interface RoundRules {
  maxRounds: number;
  hasChecks: boolean;
  /** Whether a step builds, rather than tests or documents. */
  isBuilder(step: PlannedStep): boolean;
}

type Step = PlannedStep;

/**
 * The steps of a further round: the builder again, the checks, and the reviewer again where it was the one that asked.
 *
 * @param steps - the graph as it stands
 * @param key - the check or review that is not content
 * @param rules - how many rounds there may be, and who builds
 * @returns what the graph gains; `null` when no round is left or nobody before it has built anything
 */
export function planRound(
  steps: readonly Step[],
  key: string,
  rules: RoundRules,
): EventData<"workflow.extended"> | null {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const asking = byKey.get(key);
  const before = findAncestors(steps, key).flatMap((each) => byKey.get(each) ?? []);
  const writers = before.filter((step) => step.kind === "agent" && step.writes);
  const builder = writers.find(rules.isBuilder) ?? writers[0];
  if (!asking || !builder) return null;
  const round = 1 + Math.max(asking.round, ...before.map((step) => step.round));
  if (round > rules.maxRounds) return null;

  const keys = new Set(byKey.keys());
  // The number of a first step is its name: without it two branches that ask at the same moment would choose one key.
  const again = (step: Step) => freeKey(step.round === 0 ? step.key : step.key.replace(/#\d+$/, ""), keys);
  const asked =
    asking.kind === "check" ? `the checks failed (${asking.key})` : `${asking.key} asked for changes, listed below`;
  const building: Step = {
    ...builder,
    key: isAlone(steps, asking, builder) ? again(builder) : freeKey(`${builder.key}.${key}`, keys),
    instructions: composeInstructions(builder, round, rules.maxRounds, asked),
    dependsOn: [key],
    round,
    lane: asking.lane,
  };
  const added = [building];
  if (rules.hasChecks) added.push(checkStep(freeKey(`check-${building.key}`, keys), building));
  if (asking.kind !== "check") {
    const last = added.at(-1)?.key ?? building.key;
    added.push({ ...asking, key: again(asking), dependsOn: [last], round });
  }
  return {
    reason: `round ${round} of ${rules.maxRounds}: ${asked}`,
    steps: added,
    continuedBy: added.at(-1)?.key ?? null,
    plan: null,
  };
}

/** Whether no other step that looks at the builder's work may ask for changes at the same moment, and choose the same key. */
function isAlone(steps: readonly Step[], asking: Step, builder: Step): boolean {
  const before = findAncestors(steps, asking.key);
  return !steps.some((other) => {
    if (other === asking || other.kind !== "agent" || other.writes || before.includes(other.key)) return false;
    const ancestors = findAncestors(steps, other.key);
    return ancestors.includes(builder.key) && !ancestors.includes(asking.key);
  });
}

const ROUND_MARK = "\n\nRound ";

function composeInstructions(builder: Step, round: number, maxRounds: number, asked: string): string {
  const { instructions } = builder;
  // Of a further round the words of the last one give way; what a user wrote may well begin like them.
  const original = builder.round > 0 ? instructions.slice(0, instructions.lastIndexOf(ROUND_MARK)) : instructions;
  const words = `${round} of ${maxRounds}: after the work so far ${asked}. Find out why, mend it, and leave alone what was right. The checks are run again by the orchestrator; what you say does not count, their exit codes do. Never weaken or delete a test to make it pass.`;
  return `${original}${ROUND_MARK}${words}`;
}
