import { findPlace } from "./place.js";
import { toStepRequest } from "./plan-source.js";
import { planTask } from "./task-launch.js";
import type { EstimateOptions, TaskRequest } from "./task-request.js";
import type { Wiring } from "./wiring.js";
import { type Estimate, forecast, MAX_PAST_TASKS } from "./workflows/index.js";

/**
 * What a task would be, and what such steps have used in this repository; nothing is run.
 *
 * @param request - the checked request
 * @param source - the workflow or the roles, where they were named
 * @param rehearsal - whether a script stands for the model
 */
export async function estimateTask(
  wiring: Wiring,
  request: TaskRequest,
  { workflow, roles }: Pick<EstimateOptions, "workflow" | "roles">,
  rehearsal: boolean,
): Promise<Estimate> {
  const { plan } = planTask(request, { workflow, ...(roles ? { steps: roles.map(toStepRequest) } : {}) });
  const { taskType, complexity, reasons } = plan;
  const { workspaceKind, checks } = await findPlace(request, taskType, wiring.configOf(request), wiring.environment);
  const steps = plan.steps.map(({ key, role, dependsOn, writes }) => ({ key, role, dependsOn, writes }));
  const { workingDirectory } = request;
  const past = await wiring.store.listPastSteps({ workingDirectory, rehearsal, maxTasks: MAX_PAST_TASKS });
  const known = { taskType, complexity, reasons, steps, agents: steps.length, forecast: forecast(steps, past) };
  return { ...known, workspaceKind, checks };
}
