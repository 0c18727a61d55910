import { isStepEnded, isTaskEnded, type OrchestratorError, type StepStatus } from "../../domain/index.js";
import type { StepRecord, Store, TaskRecord } from "../../store/index.js";
import { takeCensus } from "../census.js";
import { composeOutput, judge } from "../task-verdict.js";

/** Ends a step that has not been run. */
export async function endWithoutRunning(
  store: Store,
  { taskId, stepKey }: StepRecord,
  status: StepStatus & ("skipped" | "cancelled"),
  reason: string,
): Promise<void> {
  const data = { status, reason, error: null, handoff: null };
  await store.append([{ type: "step.ended", taskId, stepKey, agentId: null, data }]);
}

/**
 * Ends every step of a task that has not ended.
 *
 * @param isOurs - whether a step is this process's to end
 */
export async function endOpenSteps(
  store: Store,
  { taskId }: TaskRecord,
  status: "skipped" | "cancelled",
  reason: string,
  isOurs: (step: StepRecord) => boolean = () => true,
): Promise<void> {
  for (const step of await store.listSteps(taskId))
    if (!isStepEnded(step.status) && isOurs(step)) await endWithoutRunning(store, step, status, reason);
}

/** Ends a task with what its steps have come to. */
export async function endTask(store: Store, task: TaskRecord, reason: OrchestratorError): Promise<void> {
  const { taskId } = task;
  const steps = await store.listSteps(taskId);
  const data = { ...judge(task, steps, reason), census: takeCensus(steps), output: composeOutput(steps) };
  await store.append([{ type: "task.ended", taskId, stepKey: null, agentId: null, data }]);
}

/** Ends a task whose records could not be written for a while; one that another process has taken over is that one's. */
export async function endAfterFailure(
  store: Store,
  taskId: string,
  ownerId: string,
  cause: OrchestratorError,
): Promise<void> {
  const task = await store.getTask(taskId);
  const isOurs = (owner: string | null) => owner === null || owner === ownerId;
  if (!task || isTaskEnded(task.status) || !isOurs(task.ownerId)) return;
  await endOpenSteps(store, task, "cancelled", cause.message, (step) => isOurs(step.ownerId));
  await endTask(store, task, cause);
}
