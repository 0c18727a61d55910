import {
  type Complexity,
  isOfAgent,
  NO_OVERRIDES,
  OrchestratorError,
  type PlannedStep,
  type TaskType,
} from "./domain/index.js";
import { type Role, resolveRole } from "./roles/index.js";
import { type ForkPlan, instructionsFor } from "./workflows/index.js";

/** What is to be different in a fork, and what it was before. */
export interface ForkChange {
  at: string;
  model: string | undefined;
  role: string | undefined;
  /** The model of the task that is forked. */
  earlierModel: string;
  taskType: TaskType;
  complexity: Complexity;
}

/**
 * Finds how the steps of a fork differ from those of the task that is forked.
 *
 * @param plan - what is reused and what follows the step
 * @param roles - the roles there are
 * @param change - what is to be different
 * @returns what makes a step of the one a step of the other
 * @throws OrchestratorError `invalid_input` for an unknown role, or one that cannot stand in for the step's
 */
export function changeSteps(
  plan: Pick<ForkPlan, "steps" | "reused" | "following">,
  roles: ReadonlyMap<string, Role>,
  change: ForkChange,
): (step: PlannedStep) => PlannedStep {
  const { at, model, role } = change;
  const forked = plan.steps.find((step) => step.key === at);
  const replaced =
    role !== undefined && forked ? replaceRole(plan, forked, resolveRole(roles, role, NO_OVERRIDES), change) : null;
  return (step) => {
    const own = step.key === at && replaced ? replaced : step;
    if (model === undefined || !isOfAgent(step.kind) || plan.reused.includes(step.key)) return own;
    if (plan.following.includes(step.key)) return { ...own, overrides: { ...own.overrides, model } };
    // It is run only because it did not succeed before: the model that is new is not meant for it.
    const before = resolveRole(roles, step.role, step.overrides).model ?? change.earlierModel;
    return { ...own, overrides: { ...own.overrides, model: before } };
  };
}

function replaceRole(
  { steps }: Pick<ForkPlan, "steps">,
  step: PlannedStep,
  role: Role,
  change: ForkChange,
): PlannedStep {
  const { taskType, complexity } = change;
  if (step.kind !== "agent") {
    const keys = steps.filter((each) => each.kind === "agent").map((each) => each.key);
    throw refused(
      `The step "${step.key}" is no agent's, so it has no role to be replaced`,
      `Agents run: ${keys.join(", ")}.`,
    );
  }
  if (role.writes !== step.writes) {
    const does = (writes: boolean) => (writes ? "may write" : "only reads");
    throw refused(
      `The role "${role.name}" ${does(role.writes)}, and the step "${step.key}" was planned for one that ${does(step.writes)}`,
      "Checks and merges were planned around it. Name a role of the same kind, or a workflow of its own: orchestrator execute --roles …",
    );
  }
  // What the template told the one role is for the other to be told in its own words.
  const isUsual = step.instructions === instructionsFor(step.role, taskType, complexity);
  const instructions = isUsual ? instructionsFor(role.name, taskType, complexity) : step.instructions;
  return { ...step, role: role.name, instructions, overrides: NO_OVERRIDES };
}

function refused(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `${problem}.`, remedy);
}
