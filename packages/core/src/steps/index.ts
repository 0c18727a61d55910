/** The step executors: what the engine calls to run a step of some kind. */
export { createAgentStepExecutor } from "./agent-step.js";
export { createPlanStepExecutor } from "./plan-step.js";
