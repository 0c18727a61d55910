import { isStepEnded, isTaskEnded, type NewEvent, OrchestratorError } from "./domain/index.js";
import type { TaskDetails } from "./task-details.js";
import { findAncestors } from "./workflows/index.js";

/**
 * What makes a step of an ended task run again, and with it whatever depends on it and did not succeed.
 *
 * @param task - the task
 * @param stepKey - the step
 * @throws OrchestratorError `invalid_input` for a task that has not ended, and for a step that succeeded or is not there
 */
export function reopen({ taskId, status, steps }: TaskDetails, stepKey: string): NewEvent[] {
  if (!isTaskEnded(status))
    throw refused(`The task ${taskId} is ${status}`, "Only a step of a task that has ended is run again.");
  const step = steps.find((each) => each.stepKey === stepKey);
  const keys = steps.map((each) => each.stepKey).join(", ");
  if (!step) throw refused(`The task ${taskId} has no step "${stepKey}"`, `Its steps are: ${keys}.`);
  if (step.status === "succeeded")
    throw refused(`The step "${stepKey}" succeeded`, "Follow the task up to change what it did.");
  const graph = steps.map(({ stepKey: key, dependsOn }) => ({ key, dependsOn }));
  const behind = steps.filter((each) => findAncestors(graph, each.stepKey).includes(stepKey));
  const again = [step, ...behind].filter((each) => isStepEnded(each.status) && each.status !== "succeeded");
  // One that depends on another failure as well would only be skipped again.
  const isFree = (key: string) =>
    findAncestors(graph, key).every((before) => {
      const found = steps.find((each) => each.stepKey === before);
      return found?.status === "succeeded" || again.some((each) => each.stepKey === before);
    });
  const reason = `"${stepKey}" is run again`;
  const subject = { taskId, agentId: null };
  return [
    { ...subject, stepKey: null, type: "task.reopened", data: { reason } },
    ...again
      .filter((each) => isFree(each.stepKey))
      .map(({ stepKey: key }): NewEvent => ({ ...subject, stepKey: key, type: "step.reopened", data: { reason } })),
  ];
}

function refused(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `${problem}.`, remedy);
}
