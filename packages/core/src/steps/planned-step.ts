import type { PlannedStep } from "../domain/index.js";
import type { StepRecord } from "../store/index.js";

/** A step of the store as the workflows know it. */
export function toPlannedStep(step: StepRecord): PlannedStep {
  const { stepKey: key, kind, role, instructions, dependsOn, writes, overrides, round, lane } = step;
  return { key, kind, role, instructions, dependsOn, writes, overrides, round, lane };
}
