/** Task types and their templates, complexity, and the checks on every graph of steps. */
export { findAncestors } from "./graph.js";
export { type PlanRequest, planWorkflow, type StepRequest } from "./plan.js";
export { parseTaskType } from "./task-type.js";
