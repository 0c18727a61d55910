import { OrchestratorError, type PlannedStep } from "../domain/index.js";

/** More steps than this are a mistake of whoever planned them. */
const MAX_STEPS = 100;

/**
 * Refuses a graph that could not run to its end.
 *
 * @param steps - the nodes, each with the keys it depends on
 * @throws OrchestratorError `invalid_workflow` that names the steps at fault
 */
export function validateGraph(steps: readonly PlannedStep[]): void {
  if (steps.length === 0) throw invalid("It has no steps", "Name at least one role or step.");
  if (steps.length > MAX_STEPS)
    throw invalid(`It has ${steps.length} steps; at most ${MAX_STEPS} are allowed`, "Split the task.");
  const byKey = new Map<string, PlannedStep>();
  for (const step of steps) {
    if (byKey.has(step.key)) throw invalid(`Two steps have the key "${step.key}"`, "Give each step a key of its own.");
    byKey.set(step.key, step);
  }
  for (const step of steps) {
    for (const key of step.dependsOn) {
      if (!byKey.has(key))
        throw invalid(
          `The step "${step.key}" depends on "${key}", which does not exist`,
          `The steps are: ${[...byKey.keys()].join(", ")}.`,
        );
    }
  }
  const cycle = findCycle(byKey);
  if (cycle)
    throw invalid(
      `The steps depend on each other in a circle: ${cycle.join(" → ")}`,
      "Remove one of these dependencies.",
    );
}

/** The way around a cycle, its first key repeated at the end; `null` in a graph without one. */
function findCycle(byKey: ReadonlyMap<string, PlannedStep>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (key: string): string[] | null => {
    if (done.has(key)) return null;
    const start = path.indexOf(key);
    if (start !== -1) return [...path.slice(start), key];
    path.push(key);
    for (const next of byKey.get(key)?.dependsOn ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(key);
    return null;
  };
  for (const key of byKey.keys()) {
    const cycle = visit(key);
    if (cycle) return cycle;
  }
  return null;
}

/**
 * Every step that another depends on, directly or through others, nearest first.
 *
 * @param steps - the graph
 * @param key - the step to start from; it is not in the answer
 */
export function findAncestors(steps: readonly Pick<PlannedStep, "key" | "dependsOn">[], key: string): string[] {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const found = new Set<string>();
  let layer = byKey.get(key)?.dependsOn ?? [];
  while (layer.length > 0) {
    const fresh = layer.filter((each) => !found.has(each));
    for (const each of fresh) found.add(each);
    layer = fresh.flatMap((each) => byKey.get(each)?.dependsOn ?? []);
  }
  found.delete(key);
  return [...found];
}

function invalid(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_workflow", `The workflow cannot run. ${problem}.`, remedy);
}
