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
    // A plan of steps is for the engine: each step has its own part of it as instructions.
    if (!earlier?.handoff || earlier.kind === "plan") return [];
    const isDirect = step.dependsOn.includes(key);
    return [{ stepKey: key, role: earlier.role, isDirect, handoff: earlier.handoff as Handoff }];
  });
  return composeStepPrompt({
    task: task.prompt,
    earlierTask: await readEarlierTask(store, task),
    instructions: step.instructions,
    handoffs,
    projectInstructions: readProjectInstructions(task.workingDirectory),
  });
}

/** The task that this one follows up, with what its last steps handed over. */
async function readEarlierTask(store: Store, { followUpOf }: TaskRecord) {
  const earlier = followUpOf === null ? null : await store.getTask(followUpOf);
  if (!earlier) return null;
  const steps = await store.listSteps(earlier.taskId);
  const results = steps.flatMap((step): GivenHandoff[] =>
    step.handoff && step.kind === "agent"
      ? [{ stepKey: step.stepKey, role: step.role, isDirect: false, handoff: step.handoff as Handoff }]
      : [],
  );
  return { prompt: earlier.prompt, results };
}
