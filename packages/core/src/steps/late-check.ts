import { findChecks } from "../checks/index.js";
import { isStepEnded } from "../domain/index.js";
import type { StepContext, StepOutcome } from "../engine/index.js";
import type { Store } from "../store/index.js";
import { checkStep, freeKey } from "../workflows/index.js";
import { toPlannedStep } from "./planned-step.js";
import type { ResourcePool } from "./resource-pool.js";

/**
 * A project that had no checks when its task began may have some now: after the last step that writes they are looked
 * for once more.
 *
 * @param outcome - of the step that has just succeeded
 * @returns the same, with a check to come where one was found
 */
export async function planLateCheck(
  { task, step, signal }: StepContext,
  outcome: StepOutcome & { status: "succeeded" },
  { store, resources }: { store: Store; resources: ResourcePool },
): Promise<StepOutcome> {
  const { checks } = resources.configOf(task);
  if (!step.writes || task.checkCommands.length > 0 || checks !== null || task.taskType === "code_review")
    return outcome;
  const steps = await store.listSteps(task.taskId);
  const isLast = steps.every((each) => each.stepKey === step.stepKey || !each.writes || isStepEnded(each.status));
  if (!isLast || steps.some((each) => each.kind === "check")) return outcome;
  const workspace = await resources.of(task).workspaceOf(step, signal);
  const found = findLateChecks(workspace, resources.variables);
  if (found.length === 0) return outcome;
  const keys = new Set(steps.map((each) => each.stepKey));
  const check = checkStep(freeKey(`check-${step.stepKey}`, keys), toPlannedStep(step));
  const names = found.map((each) => `\`${each.command}\``).join(", ");
  const extension = {
    reason: `the project has checks now: ${names}`,
    steps: [check],
    continuedBy: check.key,
    plan: null,
  };
  return { ...outcome, extension };
}

/** The checks that a workspace has as it stands. */
export function findLateChecks(
  workspace: { root: string; directory: string },
  variables: Readonly<Record<string, string | undefined>>,
) {
  const directory = workspace.directory.slice(workspace.root.length).replace(/^\//, "");
  const { checks } = findChecks({ root: workspace.root, directory, variables });
  return checks.map((check) => ({ ...check, definition: null }));
}
