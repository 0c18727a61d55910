import type { StepStatus } from "../domain/index.js";

/** What the runner needs to know of a step. */
export interface GraphStep {
  stepKey: string;
  dependsOn: readonly string[];
  status: StepStatus;
}

/** How a step ended, and the steps that the graph gains by it. */
export interface GraphStepEnd<Step extends GraphStep> {
  /** `waiting`: a person has to do something first; what depends on it stays as it is. */
  status: "succeeded" | "failed" | "cancelled" | "waiting";
  added: readonly Step[];
  /** One of the added steps, for which those wait now that waited for this one. */
  continuedBy: string | null;
}

export interface GraphRun<Step extends GraphStep> {
  steps: readonly Step[];
  /** Runs one step to its end; rejects only for a failure that must stop everything. */
  run(step: Step): Promise<GraphStepEnd<Step>>;
  /** A step that will not run, because one that it depends on did not succeed. */
  skip(step: Step, reason: string): Promise<void>;
  /** A step that was still to come when the run was aborted. */
  cancel(step: Step): Promise<void>;
  /** A step whose last dependencies run now. */
  prepare(step: Step): void;
  signal: AbortSignal;
  /** True when everything is to be left as it is, to be gone on with later. */
  isSuspended(): boolean;
  /** Resolves when steps may be started: at once, unless the run is paused. */
  mayStart(): Promise<void>;
}

/**
 * Runs a graph of steps: each as soon as what it depends on has succeeded, independent ones at the same time. A step
 * that fails takes along what depends on it, and nothing else. Steps that have ended before are taken as they ended;
 * steps that are added on the way are run like the others. One that waits for a person leaves what depends on it open.
 *
 * @param graph - the steps, without cycles, and what to do with each
 * @throws what `run`, `skip` or `cancel` threw first, after every running step has ended
 */
export async function runGraph<Step extends GraphStep>(graph: GraphRun<Step>): Promise<void> {
  const steps = [...graph.steps];
  // One that was interrupted is taken up like one to come.
  const status = new Map<string, StepStatus>(
    steps.map((step) => [step.stepKey, step.status === "running" ? "pending" : step.status]),
  );
  const prepared = new Set<string>();
  const running = new Map<string, Promise<void>>();
  let failure: { error: unknown } | null = null;

  /** Steps that wait for a person: only another run takes them up again. */
  const held = new Set<string>();
  const isOpen = ({ stepKey }: Step) =>
    !held.has(stepKey) && (status.get(stepKey) === "pending" || status.get(stepKey) === "waiting");
  const dependenciesOf = new Map<string, readonly string[]>(steps.map((step) => [step.stepKey, step.dependsOn]));
  const dependsOn = (step: Step) => dependenciesOf.get(step.stepKey) ?? [];
  const statusesOf = (step: Step) => dependsOn(step).map((key) => status.get(key));

  const extend = ({ stepKey }: Step, { added, continuedBy }: GraphStepEnd<Step>) => {
    if (continuedBy !== null) {
      for (const step of steps.filter(isOpen))
        dependenciesOf.set(
          step.stepKey,
          dependsOn(step).map((key) => (key === stepKey ? continuedBy : key)),
        );
    }
    for (const step of added) {
      status.set(step.stepKey, step.status);
      dependenciesOf.set(step.stepKey, step.dependsOn);
    }
    steps.push(...added);
  };

  const start = (step: Step) => {
    status.set(step.stepKey, "running");
    const work = graph
      .run(step)
      .then((ended) => {
        status.set(step.stepKey, ended.status);
        if (ended.status === "waiting") held.add(step.stepKey);
        extend(step, ended);
      })
      .catch((error: unknown) => {
        status.set(step.stepKey, "failed");
        failure ??= { error };
      })
      .then(() => {
        running.delete(step.stepKey);
      });
    running.set(step.stepKey, work);
  };

  /** Skips what cannot run any more; one skipped step may doom the next, so until nothing changes. */
  const skipDoomed = async () => {
    for (let changed = true; changed; ) {
      changed = false;
      for (const step of steps.filter(isOpen)) {
        const culprit = dependsOn(step).find((key) =>
          ["failed", "skipped", "cancelled"].includes(status.get(key) ?? ""),
        );
        if (!culprit) continue;
        status.set(step.stepKey, "skipped");
        await graph.skip(step, `it depends on "${culprit}", which ${describe(status.get(culprit))}`);
        changed = true;
      }
    }
  };

  while (!graph.signal.aborted && !failure) {
    await graph.mayStart();
    if (graph.signal.aborted) break;
    try {
      await skipDoomed();
    } catch (error) {
      failure ??= { error };
      break;
    }
    for (const step of steps.filter(isOpen)) {
      if (statusesOf(step).every((each) => each === "succeeded")) start(step);
    }
    for (const step of steps.filter(isOpen)) {
      const isNext = statusesOf(step).every((each) => each === "succeeded" || each === "running");
      if (!isNext || prepared.has(step.stepKey)) continue;
      prepared.add(step.stepKey);
      graph.prepare(step);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  await Promise.all(running.values());
  if (failure) throw (failure as { error: unknown }).error;
  if (graph.isSuspended() || (held.size > 0 && !graph.signal.aborted)) return;
  held.clear();
  for (const step of steps.filter(isOpen)) await graph.cancel(step);
}

function describe(status: StepStatus | undefined): string {
  if (status === "skipped") return "was skipped";
  return status === "cancelled" ? "was cancelled" : "failed";
}
