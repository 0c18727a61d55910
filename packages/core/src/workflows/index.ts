/** Task types and their templates, complexity, planners' answers, workflow files, estimates, and checks on graphs. */
export { type AiPlan, composePlanningRules, planJsonSchema, readAiPlan } from "./ai-plan.js";
export { arrangeSteps, BASELINE_STEP, baselineStep, checkStep, freeKey, ownStep } from "./arrange.js";
export { type Estimate, type Forecast, forecast, leastCostUsd, MAX_PAST_TASKS } from "./estimate.js";
export { type Extension, type ForkPlan, planFork } from "./fork-plan.js";
export { findAncestors } from "./graph.js";
export { loadWorkflows, requireWorkflow } from "./load-workflows.js";
export { PLAN_STEP, type Plan, type PlanRequest, planWorkflow, type StepRequest } from "./plan.js";
export { planRound } from "./rounds.js";
export { STEP_KEY, STEP_KEY_RULE } from "./step-keys.js";
export { detectTaskType, parseTaskType } from "./task-type.js";
export { instructionsFor, TEMPLATES } from "./templates.js";
export type { Workflow } from "./workflow-file.js";
