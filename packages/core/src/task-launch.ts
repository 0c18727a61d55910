import { newId, OrchestratorError } from "./domain/index.js";
import { checkSpending } from "./limits/index.js";
import { loadRoles, resolveRole } from "./roles/index.js";
import { notLoggedIn } from "./runtime/index.js";
import { requirePrice, type TaskRequest } from "./task-request.js";
import type { Wiring } from "./wiring.js";
import { loadWorkflows, type Plan, type PlanRequest, planWorkflow, requireWorkflow } from "./workflows/index.js";

/** Where a plan comes from, beside the request. */
export type PlanSource = Pick<PlanRequest, "steps" | "dependencies" | "plan"> & { workflow?: string | undefined };

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
function modelsOf(plan: Plan, { workingDirectory }: TaskRequest): string[] {
  const { roles } = loadRoles(workingDirectory);
  return plan.steps.flatMap(({ role, overrides }) => {
    const { model, fallbackModel } = resolveRole(roles, role, overrides);
    return [model, fallbackModel].filter((each) => each !== null);
  });
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
 * Records a task and runs it to its end.
 *
 * @param wiring - the parts
 * @param launch - the task
 * @param dailyBudgetUsd - the budget of the day, or `null`
 * @returns its id
 * @throws OrchestratorError when it could not be begun
 */
export async function launchTask(wiring: Wiring, launch: Launch, dailyBudgetUsd: number | null): Promise<string> {
  const { store, engine, ownership } = wiring;
  const { request, rehearsal, afterTaskId, followUpOf, signal } = launch;
  const { plan, warnings } = planTask(request, launch.source);
  signal?.throwIfAborted();
  if (!(await wiring.runtime.checkLogin()).ok) {
    const { code, message, hint } = notLoggedIn();
    throw new OrchestratorError(code, message, hint);
  }
  if (request.budgetUsd !== null || (dailyBudgetUsd !== null && !rehearsal))
    for (const model of modelsOf(plan, request)) requirePrice(model, wiring.config);
  const reached = await checkSpending(store, { taskId: null, budgetUsd: null, dailyBudgetUsd, rehearsal });
  if (reached) throw reached;
  await ownership.signOn();
  const taskId = newId("task");
  const subject = { taskId, stepKey: null, agentId: null };
  const { taskType, planMode, workflow, complexity, reasons, steps } = plan;
  const origin = { rehearsal, afterTaskId, followUpOf, ownerId: ownership.ownerId };
  await store.append([
    { ...subject, type: "task.created", data: { ...request, taskType, ...origin } },
    { ...subject, type: "workflow.planned", data: { planMode, workflow, complexity, reasons, steps } },
    ...warnings.map((message) => ({ ...subject, type: "task.warned" as const, data: { message } })),
  ]);
  const onAbort = () =>
    void engine
      .cancel(taskId, "it was interrupted")
      .catch((error) => wiring.trouble("a task could not be cancelled", error));
  signal?.addEventListener("abort", onAbort);
  try {
    await engine.start(taskId);
    launch.onCreated?.(taskId);
    if (signal?.aborted) onAbort();
    await engine.wait(taskId);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  return taskId;
}
