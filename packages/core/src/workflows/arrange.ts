import { NO_OVERRIDES, type PlannedStep, type StepKind } from "../domain/index.js";

export interface Arrangement {
  /** Whether agents work in worktrees; in the user's own directory writers wait for each other instead. */
  isolated: boolean;
  /** Whether there are checks to run. */
  hasChecks: boolean;
  /** The step that looks how the checks stood before; `null` where there is none. Writers wait for it. */
  baseline: string | null;
  /** Keys that others have already. */
  taken?: readonly string[] | undefined;
}

/** The key of the step that runs the checks before the work. */
export const BASELINE_STEP = "baseline";

/** The step that runs the checks before the work. */
export function baselineStep(): PlannedStep {
  return ownStep(BASELINE_STEP, "baseline", [], null);
}

/**
 * Completes a plan with the steps that the orchestrator runs itself: a check after each step that writes, and a merge
 * wherever the work of parallel writers comes together. Parallel writers get a lane each, which is a worktree of their
 * own. Merges come before whatever needs both sides, so that the result does not depend on who was faster.
 *
 * @param steps - a valid graph of agents' steps
 * @param arrangement - what it is run with
 */
export function arrangeSteps(steps: readonly PlannedStep[], arrangement: Arrangement): PlannedStep[] {
  const keys = new Set([...steps.map((step) => step.key), ...(arrangement.taken ?? [])]);
  const joined = arrangement.isolated ? addMerges(steps, keys) : [...steps];
  const laned = arrangement.isolated ? giveLanes(joined) : joined;
  const checked = arrangement.hasChecks ? addChecks(laned, keys) : laned;
  return arrangement.baseline === null ? checked : afterBaseline(checked, arrangement.baseline);
}

/** A step that changes the files on which later ones build. */
function isSource({ kind, writes }: PlannedStep): boolean {
  return kind === "merge" || (kind === "agent" && writes);
}

/** The graph with every step behind those that it depends on, otherwise in the order given. */
function sortByDependency(steps: readonly PlannedStep[]): PlannedStep[] {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const sorted = new Map<string, PlannedStep>();
  const visit = (step: PlannedStep) => {
    if (sorted.has(step.key)) return;
    for (const key of step.dependsOn) {
      const before = byKey.get(key);
      if (before) visit(before);
    }
    sorted.set(step.key, step);
  };
  for (const step of steps) visit(step);
  return [...sorted.values()];
}

/** For each step the last steps before it, or itself, that change files. More than one: their work must be joined. */
class Frontiers {
  readonly #frontiers = new Map<string, readonly string[]>();
  readonly #before = new Map<string, ReadonlySet<string>>();
  readonly #order: string[] = [];

  /** Those of a step that depends on others. */
  of(dependsOn: readonly string[]): readonly string[] {
    const all = new Set(dependsOn.flatMap((key) => this.#frontiers.get(key) ?? []));
    const isOver = (key: string) => [...all].some((other) => other !== key && this.isBefore(key, other));
    return this.#order.filter((key) => all.has(key) && !isOver(key));
  }

  add(step: PlannedStep): void {
    const before = this.of(step.dependsOn);
    if (!isSource(step)) {
      this.#frontiers.set(step.key, before);
      return;
    }
    this.#order.push(step.key);
    this.#frontiers.set(step.key, [step.key]);
    this.#before.set(step.key, new Set(before.flatMap((key) => [key, ...(this.#before.get(key) ?? [])])));
  }

  isBefore(earlier: string, later: string): boolean {
    return this.#before.get(later)?.has(earlier) ?? false;
  }

  /** Whether every other source comes before or after it. */
  isAlone(key: string): boolean {
    return this.#order.every((other) => other === key || this.isBefore(other, key) || this.isBefore(key, other));
  }
}

function addMerges(steps: readonly PlannedStep[], keys: Set<string>): PlannedStep[] {
  const frontiers = new Frontiers();
  const merges = new Map<string, string>();
  const result: PlannedStep[] = [];
  const add = (step: PlannedStep) => {
    frontiers.add(step);
    result.push(step);
  };
  const mergeOf = (parts: readonly string[]): string => {
    const known = merges.get(parts.join());
    if (known) return known;
    const key = freeKey("merge", keys);
    merges.set(parts.join(), key);
    add(ownStep(key, "merge", parts, null));
    return key;
  };
  for (const step of sortByDependency(steps)) {
    const parts = frontiers.of(step.dependsOn);
    if (parts.length < 2) add(step);
    else {
      const key = mergeOf(parts);
      add({ ...step, dependsOn: [...step.dependsOn.filter((each) => !parts.includes(each)), key] });
    }
  }
  const needed = new Set(result.flatMap((step) => step.dependsOn));
  const loose = frontiers.of(result.filter((step) => !needed.has(step.key)).map((step) => step.key));
  if (loose.length > 1) mergeOf(loose);
  return result;
}

/** Sources that others may run beside work in a worktree of their own; readers look at the work that they follow. */
function giveLanes(steps: readonly PlannedStep[]): PlannedStep[] {
  const frontiers = new Frontiers();
  for (const step of steps) frontiers.add(step);
  const laneOf = (key: string) => (frontiers.isAlone(key) ? null : key);
  return steps.map((step) => {
    const source = isSource(step) ? step.key : frontiers.of(step.dependsOn)[0];
    return { ...step, lane: source === undefined ? null : laneOf(source) };
  });
}

function addChecks(steps: readonly PlannedStep[], keys: Set<string>): PlannedStep[] {
  const checks = new Map<string, string>();
  const checkOf = (key: string) => checks.get(key) ?? key;
  for (const step of steps) if (isSource(step)) checks.set(step.key, freeKey(`check-${step.key}`, keys));
  return steps.flatMap((step) => {
    const rewired = { ...step, dependsOn: step.dependsOn.map(checkOf) };
    const check = checks.get(step.key);
    return check === undefined ? [rewired] : [rewired, checkStep(check, step)];
  });
}

/** The step that runs the checks on what another has done. */
export function checkStep(key: string, of: Pick<PlannedStep, "key" | "lane" | "round">): PlannedStep {
  return { ...ownStep(key, "check", [of.key], of.lane), round: of.round };
}

function afterBaseline(steps: readonly PlannedStep[], baseline: string): PlannedStep[] {
  const frontiers = new Frontiers();
  for (const step of steps) frontiers.add(step);
  return steps.map((step) => {
    const isFirst = isSource(step) && frontiers.of(step.dependsOn).length === 0;
    return isFirst ? { ...step, dependsOn: [...step.dependsOn, baseline] } : step;
  });
}

/** A step that the orchestrator runs itself. It has the files for itself meanwhile, as a writer has. */
export function ownStep(
  key: string,
  kind: Exclude<StepKind, "agent" | "plan">,
  dependsOn: readonly string[],
  lane: string | null,
): PlannedStep {
  return {
    key,
    kind,
    role: kind,
    instructions: "",
    dependsOn: [...dependsOn],
    writes: true,
    overrides: NO_OVERRIDES,
    round: 0,
    lane,
  };
}

/** Keys are shown and name folders, so they stay short. */
const MAX_KEY_CHARACTERS = 60;

/** A key that nothing has yet: the name itself, or with a number; it is taken then. */
export function freeKey(name: string, keys: Set<string>): string {
  const base = name.slice(0, MAX_KEY_CHARACTERS - 4);
  let key = base;
  for (let number = 2; keys.has(key); number += 1) key = `${base}#${number}`;
  keys.add(key);
  return key;
}
