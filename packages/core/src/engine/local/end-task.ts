import { isStepEnded, isTaskEnded, type NewEvent, type OrchestratorError } from "../../domain/index.js";
import type { Ownership } from "../../ownership/index.js";
import type { StepRecord, Store, TaskRecord } from "../../store/index.js";
import { takeCensus } from "../census.js";
import { composeOutput, judge } from "../task-verdict.js";
import { TaskTakenOver } from "./reasons.js";

/** Whose process runs a task, and the store in which it records what becomes of that. */
export interface TaskOwner {
  store: Store;
  ownership: Pick<Ownership, "ownerId">;
}

/**
 * Records events of a task that runs here; none asks only whether it still does.
 *
 * @throws TaskTakenOver when another process runs it by now: then nothing is written
 */
export async function record({ store, ownership }: TaskOwner, taskId: string, ...events: NewEvent[]): Promise<void> {
  if (!(await store.appendAsOwner(taskId, ownership.ownerId, events))) throw new TaskTakenOver(taskId);
}

type Unrun = "skipped" | "cancelled";

/** Ends a step that does not run, or not any more. @throws TaskTakenOver */
export function endWithoutRunning(owner: TaskOwner, step: StepRecord, status: Unrun, reason: string): Promise<void> {
  return record(owner, step.taskId, unrun(step, status, reason));
}

/** Ends a task with what its steps have come to. @throws TaskTakenOver */
export async function endTask(owner: TaskOwner, task: TaskRecord, reason: OrchestratorError): Promise<void> {
  const steps = await owner.store.listSteps(task.taskId);
  await record(owner, task.taskId, endOf(task, steps, reason));
}

/** Ends a task of which nothing runs: all of it at once, so that of two who do it one does nothing. */
export async function endUnrun(
  owner: TaskOwner,
  task: TaskRecord,
  status: Unrun,
  cause: OrchestratorError,
): Promise<void> {
  const { taskId } = task;
  const steps = await owner.store.listSteps(taskId);
  const open = steps.filter((step) => !isStepEnded(step.status));
  const ended = steps.map((step) => (open.includes(step) ? { ...step, status, reason: cause.message } : step));
  const left = await owner.store.listAgents({ taskId, isDeleted: false });
  try {
    await record(
      owner,
      taskId,
      ...open.map((step) => unrun(step, status, cause.message)),
      ...left.map(({ agentId }): NewEvent => ({ type: "agent.deleted", taskId, stepKey: null, agentId, data: {} })),
      endOf(task, ended, cause),
    );
  } catch (error) {
    if (!(error instanceof TaskTakenOver)) throw error;
  }
}

/** Ends a task whose records could not be written for a while. @throws TaskTakenOver when it is another's by now */
export async function endAfterFailure(owner: TaskOwner, taskId: string, cause: OrchestratorError): Promise<void> {
  const task = await owner.store.getTask(taskId);
  if (!task || isTaskEnded(task.status)) return;
  for (const step of await owner.store.listSteps(taskId))
    if (!isStepEnded(step.status)) await endWithoutRunning(owner, step, "cancelled", cause.message);
  await endTask(owner, task, cause);
}

function unrun({ taskId, stepKey }: StepRecord, status: Unrun, reason: string): NewEvent {
  const data = { status, reason, error: null, handoff: null };
  return { type: "step.ended", taskId, stepKey, agentId: null, data };
}

function endOf(task: TaskRecord, steps: readonly StepRecord[], reason: OrchestratorError): NewEvent {
  const data = { ...judge(task, steps, reason), census: takeCensus(steps), output: composeOutput(steps) };
  return { type: "task.ended", taskId: task.taskId, stepKey: null, agentId: null, data };
}
