import type { Config } from "./config/index.js";
import { isOfAgent, isTaskEnded, newId, OrchestratorError, type PlannedStep } from "./domain/index.js";
import { checkSpending } from "./limits/index.js";
import { findPlace, type Place } from "./place.js";
import type { PlanSource } from "./plan-source.js";
import { loadRoles, resolveRole } from "./roles/index.js";
import { notLoggedIn } from "./runtime/index.js";
import { requirePrice, type TaskRequest } from "./task-request.js";
import type { Wiring } from "./wiring.js";
import {
  arrangeSteps,
  BASELINE_STEP,
  baselineStep,
  freeKey,
  loadWorkflows,
  type Plan,
  planWorkflow,
  requireWorkflow,
} from "./workflows/index.js";

/**
 * Plans a task as it would be run, with the roles and workflows of its directory.
 *
 * @param request - the checked request
 * @param source - the caller's own steps, a workflow file, or nothing for the template
 */
export function planTask(request: TaskRequest, source: PlanSource): { plan: Plan; warnings: string[] } {
  const { roles, warnings } = loadRoles(request.workingDirectory);
  const { workflow: name, ...rest } = source;
  const workflow =
    name === undefined ? undefined : requireWorkflow(loadWorkflows(request.workingDirectory, roles), name);
  return { plan: planWorkflow({ ...request, ...rest, workflow }, roles), warnings };
}

/** The models that the steps of a plan name for themselves, by their roles or by the plan. */
function modelsOf(steps: readonly PlannedStep[], { workingDirectory }: TaskRequest): string[] {
  const { roles } = loadRoles(workingDirectory);
  const agents = steps.filter(({ kind }) => isOfAgent(kind));
  return agents.flatMap(({ role, overrides }) => {
    const { model, fallbackModel } = resolveRole(roles, role, overrides);
    return [model, fallbackModel].filter((each) => each !== null);
  });
}

/**
 * Adds to a plan what the orchestrator does itself: checks before and after the work, and merges.
 *
 * @param plan - the agents' steps
 * @param place - where they work, and the checks
 */
export function completePlan(plan: Plan, place: Place, { baseline }: Pick<Config, "baseline">): PlannedStep[] {
  const isolated = place.workspaceKind === "worktree";
  const hasWriters = plan.planMode === "ai" || plan.steps.some((step) => step.writes);
  const hasChecks = place.checks.length > 0 && hasWriters;
  const keys = plan.steps.map((step) => step.key);
  const first = hasChecks && baseline ? { ...baselineStep(), key: freeKey(BASELINE_STEP, new Set(keys)) } : null;
  const arrangement = { isolated, hasChecks, baseline: first?.key ?? null, taken: first ? [first.key] : [] };
  const steps = arrangeSteps(plan.steps, arrangement);
  return first ? [first, ...steps] : steps;
}

/** A task that is ready to be recorded. */
export interface Launch {
  request: TaskRequest;
  source: PlanSource;
  rehearsal: boolean;
  afterTaskId: string | null;
  followUpOf: string | null;
  signal: AbortSignal | undefined;
  onCreated: ((taskId: string) => void) | undefined;
}

/**
 * Looks whether a task may begin, and signs this process on for it.
 *
 * @param steps - those that agents will run
 * @param dailyBudgetUsd - the budget of the day, or `null`
 * @throws OrchestratorError when it may not: no login, a model whose price is not known, no money left today
 */
export async function admitTask(
  wiring: Wiring,
  request: TaskRequest,
  steps: readonly PlannedStep[],
  { rehearsal, dailyBudgetUsd }: { rehearsal: boolean; dailyBudgetUsd: number | null },
): Promise<void> {
  if (!(await wiring.runtime.checkLogin()).ok) {
    const { code, message, hint } = notLoggedIn();
    throw new OrchestratorError(code, message, hint);
  }
  if (request.budgetUsd !== null || (dailyBudgetUsd !== null && !rehearsal))
    for (const model of modelsOf(steps, request)) requirePrice(model, wiring.config);
  const reached = await checkSpending(wiring.store, { taskId: null, budgetUsd: null, dailyBudgetUsd, rehearsal });
  if (reached) throw reached;
  await wiring.ownership.signOn();
}

/**
 * Records a task and runs it to its end.
 *
 * @param wiring - the parts
 * @param launch - the task
 * @param dailyBudgetUsd - the budget of the day, or `null`
 * @returns its id
 * @throws OrchestratorError when it could not be begun
 */
export async function launchTask(wiring: Wiring, launch: Launch, dailyBudgetUsd: number | null): Promise<string> {
  const { store, ownership } = wiring;
  const { request, rehearsal, afterTaskId, followUpOf, signal } = launch;
  const { plan, warnings } = planTask(request, launch.source);
  signal?.throwIfAborted();
  await admitTask(wiring, request, plan.steps, { rehearsal, dailyBudgetUsd });
  const config = wiring.configOf(request);
  const place = await findPlace(request, plan.taskType, config, wiring.environment);
  const taskId = newId("task");
  const subject = { taskId, stepKey: null, agentId: null };
  const { taskType, planMode, workflow, complexity, reasons } = plan;
  const { workspaceKind, uncommitted, checks } = place;
  const { inPlace: _, ...wanted } = request;
  const origin = {
    rehearsal,
    afterTaskId,
    followUpOf,
    forkOf: null,
    ownerId: ownership.ownerId,
    workspaceKind,
    uncommitted,
  };
  const steps = completePlan(plan, place, config);
  await store.append([
    { ...subject, type: "task.created", data: { ...wanted, taskType, ...origin } },
    { ...subject, type: "workflow.planned", data: { planMode, workflow, complexity, reasons, steps, checks } },
    ...[...warnings, ...place.warnings].map((message) => ({
      ...subject,
      type: "task.warned" as const,
      data: { message },
    })),
  ]);
  await runTask(wiring, taskId, signal, () => launch.onCreated?.(taskId));
  return taskId;
}

/**
 * Runs a task that is recorded to its end, or until a person has to do something.
 *
 * @param onStarted - told when it runs
 */
export function runTask(
  wiring: Wiring,
  taskId: string,
  signal: AbortSignal | undefined,
  onStarted: () => void,
): Promise<void> {
  return runToEnd(wiring, taskId, signal, async () => {
    await wiring.engine.start(taskId);
    onStarted();
  });
}

/** How a task is gone on with. */
export interface ResumeOptions {
  /** Cancels the task when it is aborted. */
  signal?: AbortSignal | undefined;
  /** Told as soon as it goes on. */
  onResumed?: (() => void) | undefined;
}

/** Goes on with a task and waits for its end: here, or where its process still is. */
export function resumeTask(wiring: Wiring, taskId: string, { signal, onResumed }: ResumeOptions): Promise<void> {
  return runToEnd(wiring, taskId, signal, async () => {
    await wiring.engine.resume(taskId);
    onResumed?.();
  });
}

/**
 * Waits for the end of a task, in whichever process that comes; a signal cancels it.
 *
 * @param begin - sets it going
 */
async function runToEnd(
  wiring: Wiring,
  taskId: string,
  signal: AbortSignal | undefined,
  begin: () => Promise<void>,
): Promise<void> {
  const { engine } = wiring;
  const cancel = () =>
    void engine
      .cancel(taskId, "it was interrupted")
      .catch((error) => wiring.trouble("a task could not be cancelled", error));
  signal?.addEventListener("abort", cancel);
  try {
    await begin();
    if (signal?.aborted) cancel();
    await engine.wait(taskId);
    // Another process may have it, or may have taken it over meanwhile.
    await waitForEnd(wiring, taskId, undefined);
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** How often it is looked whether the process that runs a task is still there. */
const OWNER_CHECK_MS = 1_000;

/**
 * Waits until a task goes on no more: it has ended, needs a person, is paused with its process gone, or was left by it.
 *
 * @param limitMs - how long to wait for it at most
 * @throws OrchestratorError `cancelled` when the signal is aborted first
 */
export async function waitForEnd(
  wiring: Wiring,
  taskId: string,
  signal: AbortSignal | undefined,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const { store } = wiring;
  const startedMs = performance.now();
  while (performance.now() - startedMs < limitMs) {
    const after = await store.lastSeq();
    const task = await store.getTask(taskId);
    if (!task || isTaskEnded(task.status) || task.status === "needs_attention") return;
    const [alive] = await wiring.withLiveness([task]);
    if (task.status !== "queued" && !alive?.ownerAlive) return;
    await newsOf(wiring, taskId, after, signal);
    if (signal?.aborted) throw new OrchestratorError("cancelled", "The wait was ended.", "The task goes on.");
  }
}

/** Resolves with the next event of a task, or when it is time to look again. */
async function newsOf(wiring: Wiring, taskId: string, after: number, signal: AbortSignal | undefined): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  // Listened to itself: a combined signal could be collected, and then it never rings.
  const clock = AbortSignal.timeout(OWNER_CHECK_MS);
  const sources = signal ? [signal, clock] : [clock];
  for (const each of sources) {
    if (each.aborted) stop();
    each.addEventListener("abort", stop);
  }
  try {
    for await (const _ of wiring.store.subscribe({ taskId, after, signal: controller.signal })) return;
  } finally {
    for (const each of sources) each.removeEventListener("abort", stop);
  }
}
