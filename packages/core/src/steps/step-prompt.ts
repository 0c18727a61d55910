import { composeStepPrompt, type GivenHandoff, type Handoff, readProjectInstructions } from "../agents/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import { findAncestors } from "../workflows/index.js";

/**
 * Puts together what an agent is told at the start of its step.
 *
 * @param store - holds the handoffs of the steps before
 * @param task - the task
 * @param step - the step
 */
export async function readStepPrompt(store: Store, task: TaskRecord, step: StepRecord): Promise<string> {
  const steps = await store.listSteps(task.taskId);
  const graph = steps.map(({ stepKey, dependsOn }) => ({ key: stepKey, dependsOn }));
  const handoffs = findAncestors(graph, step.stepKey).flatMap((key): GivenHandoff[] => {
    const earlier = steps.find((each) => each.stepKey === key);
    if (!earlier?.handoff) return [];
    const isDirect = step.dependsOn.includes(key);
    return [{ stepKey: key, role: earlier.role, isDirect, handoff: earlier.handoff as Handoff }];
  });
  return composeStepPrompt({
    task: task.prompt,
    instructions: step.instructions,
    handoffs,
    projectInstructions: readProjectInstructions(task.workingDirectory),
  });
}
