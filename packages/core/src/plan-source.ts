import { OrchestratorError } from "./domain/index.js";
import type { ExecuteOptions } from "./task-request.js";
import type { PlanRequest, StepRequest } from "./workflows/index.js";

/** Where a plan comes from, beside the request. */
export type PlanSource = Pick<PlanRequest, "steps" | "dependencies" | "plan"> & { workflow?: string | undefined };

/** @throws OrchestratorError `invalid_input` where a workflow file and something else both say what runs */
export function planSourceOf({ plan, workflow, taskType }: ExecuteOptions): PlanSource {
  if (workflow !== undefined && (plan !== undefined || taskType !== undefined)) {
    const other = plan === undefined ? `taskType "${taskType}"` : `plan "${plan}"`;
    throw new OrchestratorError(
      "invalid_input",
      `The workflow "${workflow}" and the ${other} were both given, and each says what runs.`,
      "Give one of them.",
    );
  }
  return { plan, workflow };
}

/** A role's name stands for a step of that role. */
export function toStepRequest(step: string | StepRequest): StepRequest {
  return typeof step === "string" ? { role: step } : step;
}
