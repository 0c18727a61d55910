import { OrchestratorError, type PlannedStep } from "../domain/index.js";

/** More steps than this are a mistake of whoever planned them. */
const MAX_STEPS = 100;

/** What is wrong with a graph, and the step at fault where one is. */
export interface GraphFault {
  /** Where it stands in the list, from 0. */
  position: number | null;
  problem: string;
  remedy: string;
}

/**
 * Refuses a graph that could not run to its end.
 *
 * @param steps - the nodes, each with the keys it depends on
 * @throws OrchestratorError `invalid_workflow` that names the steps at fault
 */
export function validateGraph(steps: readonly Pick<PlannedStep, "key" | "dependsOn">[]): void {
  const fault = findGraphFault(steps);
  if (fault)
    throw new OrchestratorError("invalid_workflow", `The workflow cannot run. ${fault.problem}.`, fault.remedy);
}

/**
 * Looks for whatever would keep a graph from running to its end.
 *
 * @param steps - the nodes, each with the keys it depends on
 */
export function findGraphFault(steps: readonly Pick<PlannedStep, "key" | "dependsOn">[]): GraphFault | null {
  const fault = (position: number | null, problem: string, remedy: string) => ({ position, problem, remedy });
  if (steps.length === 0) return fault(null, "It has no steps", "Name at least one role or step.");
  if (steps.length > MAX_STEPS) {
    return fault(MAX_STEPS, `It has ${steps.length} steps; at most ${MAX_STEPS} are allowed`, "Split the task.");
  }
  const byKey = new Map<string, Pick<PlannedStep, "key" | "dependsOn">>();
  for (const [position, step] of steps.entries()) {
    if (byKey.has(step.key))
      return fault(position, `Two steps have the key "${step.key}"`, "Give each step a key of its own.");
    byKey.set(step.key, step);
  }
  for (const [position, { key, dependsOn }] of steps.entries()) {
    const missing = dependsOn.find((each) => !byKey.has(each));
    if (missing !== undefined) {
      const remedy = `The steps are: ${[...byKey.keys()].join(", ")}.`;
      return fault(position, `The step "${key}" depends on "${missing}", which does not exist`, remedy);
    }
  }
  const cycle = findCycle(byKey);
  if (!cycle) return null;
  const way = cycle.join(" → ");
  return fault(
    steps.findIndex((step) => step.key === cycle[0]),
    `The steps depend on each other in a circle: ${way}`,
    "Remove one of these dependencies.",
  );
}

/** The way around a cycle, its first key repeated at the end; `null` in a graph without one. */
function findCycle(byKey: ReadonlyMap<string, Pick<PlannedStep, "dependsOn">>): string[] | null {
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
