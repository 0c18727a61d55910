/** The step executors: each runs one kind of step. */
export { createAgentStepExecutor } from "./agent-step.js";
export { createCheckStepExecutor } from "./check-step.js";
export { type ClosableWorkspace, closableOf, closeWorkspace, rescueWorkspace } from "./close-workspace.js";
export { createCommands } from "./commands.js";
export { createConflictStepExecutor } from "./conflict-step.js";
export { createMergeStepExecutor } from "./merge-step.js";
export { createPlanStepExecutor } from "./plan-step.js";
export { createResourcePool } from "./resource-pool.js";
