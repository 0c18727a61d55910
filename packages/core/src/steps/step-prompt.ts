import { composeStepPrompt, type GivenHandoff, type Handoff, readProjectInstructions } from "../agents/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import { findAncestors } from "../workflows/index.js";
import type { StepWorkspace } from "./step-workspace.js";

/**
 * Puts together what an agent is told at the start of its step.
 *
 * @param store - holds the handoffs of the steps before
 * @param task - the task
 * @param step - the step
 * @param workspace - where it works
 */
export async function readStepPrompt(
  store: Store,
  task: TaskRecord,
  step: StepRecord,
  workspace: Pick<StepWorkspace, "directory" | "worktree" | "variables">,
): Promise<string> {
  const steps = await store.listSteps(task.taskId);
  const graph = steps.map(({ stepKey, dependsOn }) => ({ key: stepKey, dependsOn }));
  const direct = findDirect(steps, step);
  const handoffs = findAncestors(graph, step.stepKey).flatMap((key): GivenHandoff[] => {
    const earlier = steps.find((each) => each.stepKey === key);
    if (!earlier?.handoff || !isTold(earlier)) return [];
    // How much was wrong is for us to compare; what was wrong is for the agent.
    const { measure: _, ...handoff } = earlier.handoff;
    return [{ stepKey: key, role: earlier.role, isDirect: direct.has(key), handoff: handoff as Handoff }];
  });
  return composeStepPrompt({
    task: task.prompt,
    earlierTask: await readEarlierTask(store, task),
    instructions: step.instructions,
    handoffs,
    workspace: workspace.worktree
      ? { directory: workspace.directory, original: task.workingDirectory, variables: workspace.variables }
      : null,
    projectInstructions: readProjectInstructions(workspace.directory),
  });
}

/**
 * Whether a step's result is passed on. A plan of steps is for the engine: each step has its own part of it as
 * instructions. That all was well before and after need not be told; a merge speaks through those that it joins.
 */
function isTold({ kind, handoff }: StepRecord): boolean {
  if (kind === "check") return handoff?.verdict === "failed";
  return kind === "agent" || kind === "conflict";
}

/** The steps whose results come to a step directly: those of our own in between are passed through. */
function findDirect(steps: readonly StepRecord[], step: StepRecord): Set<string> {
  const direct = new Set<string>();
  const visit = (keys: readonly string[]) => {
    for (const key of keys.filter((each) => !direct.has(each))) {
      const earlier = steps.find((each) => each.stepKey === key);
      if (!earlier) continue;
      direct.add(key);
      if (earlier.kind !== "agent" && earlier.kind !== "plan") visit(earlier.dependsOn);
    }
  };
  visit(step.dependsOn);
  return direct;
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
