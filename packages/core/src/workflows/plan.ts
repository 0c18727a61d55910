import {
  type AnalystChoice,
  type Complexity,
  type ExecutionMode,
  NO_OVERRIDES,
  OrchestratorError,
  type PlanMode,
  type PlannedStep,
  type TaskType,
} from "../domain/index.js";
import { parseOverrides, type Role, type RoleOptions, resolveRole } from "../roles/index.js";
import { estimateComplexity } from "./complexity.js";
import { validateGraph } from "./graph.js";
import { makeKeys } from "./step-keys.js";
import { detectTaskType } from "./task-type.js";
import { instructionsFor, TEMPLATES } from "./templates.js";
import type { Workflow } from "./workflow-file.js";

/** A step that a caller brings: a role, what it is to do, and what it has other than its role. */
export interface StepRequest extends RoleOptions {
  role: string;
  instructions?: string | undefined;
  /** Where the role's name is not enough to tell it from others. */
  key?: string | undefined;
}

export interface PlanRequest {
  prompt: string;
  taskType: TaskType;
  executionMode: ExecutionMode;
  includeAnalyst: AnalystChoice;
  /** The caller's own steps, in place of a template. */
  steps?: readonly StepRequest[] | undefined;
  /** With `executionMode: "dependencies"`: by position, the positions that a step depends on. */
  dependencies?: Readonly<Record<number, readonly number[]>> | undefined;
  /** A workflow file, in place of a template. */
  workflow?: Workflow | undefined;
  /** `ai`: an agent plans; the plan has one step, which will add the others. */
  plan?: "template" | "ai" | undefined;
}

export interface Plan {
  /** Never `auto`: it has been resolved. */
  taskType: TaskType;
  planMode: PlanMode;
  /** The name of the workflow file, where one is used. */
  workflow: string | null;
  complexity: Complexity;
  reasons: string[];
  steps: PlannedStep[];
}

/**
 * Makes the workflow of a task without a model call: the same request gives the same plan.
 *
 * @param request - the task and what the caller wants of its workflow
 * @param roles - the roles there are
 * @throws OrchestratorError `invalid_input` for an unknown role, `invalid_workflow` for a graph that cannot run
 */
export function planWorkflow(request: PlanRequest, roles: ReadonlyMap<string, Role>): Plan {
  const { complexity, reasons } = estimateComplexity(request.prompt);
  const allReasons = reasons.map((reason) => `complexity ${complexity}: ${reason}`);
  const isCustom = request.steps !== undefined || request.workflow !== undefined;
  let taskType = isCustom ? ("custom" as const) : request.taskType;
  if (taskType === "auto") {
    const detected = detectTaskType(request.prompt, complexity);
    taskType = detected.taskType;
    allReasons.push(`task type ${taskType}: ${detected.reason}`);
  }
  const common = { taskType, workflow: null, complexity, reasons: allReasons };
  if (request.workflow) {
    const { name, steps } = request.workflow;
    return { ...common, planMode: "workflow", workflow: name, steps: [...steps] };
  }
  if (request.plan === "ai" && taskType === "custom" && !request.steps) {
    throw new OrchestratorError(
      "invalid_input",
      'The task type "custom" has no template that could take the place of an agent\'s plan.',
      "Leave the task type out, or name the roles yourself.",
    );
  }
  if (request.plan === "ai" && !request.steps) return { ...common, planMode: "ai", steps: [planningStep(roles)] };
  const requests = request.steps ?? templateSteps(taskType, request.includeAnalyst, complexity, allReasons);
  const keys = makeKeys(requests);
  const edges = makeEdges(requests.length, request);
  const steps = requests.map((step, position): PlannedStep => {
    const overrides = parseOverrides(step);
    const role = resolveRole(roles, step.role, overrides);
    return {
      key: keys[position] ?? step.role,
      kind: "agent",
      role: role.name,
      instructions: step.instructions ?? instructionsFor(role.name, taskType, complexity),
      dependsOn: (edges[position] ?? []).map((index) => keys[index] ?? ""),
      writes: role.writes,
      overrides,
      round: 0,
      lane: null,
    };
  });
  validateGraph(steps);
  return { ...common, planMode: request.steps ? "custom" : "template", steps };
}

/** The key of the step that plans. */
export const PLAN_STEP = "plan";
/** The role that plans. */
export const PLANNING_ROLE = "orchestrator";

function planningStep(roles: ReadonlyMap<string, Role>): PlannedStep {
  const { name } = resolveRole(roles, PLANNING_ROLE, NO_OVERRIDES);
  const instructions = "Plan the workflow of the task.";
  return {
    key: PLAN_STEP,
    kind: "plan",
    role: name,
    instructions,
    dependsOn: [],
    writes: false,
    overrides: NO_OVERRIDES,
    round: 0,
    lane: null,
  };
}

function templateSteps(
  taskType: TaskType,
  includeAnalyst: AnalystChoice,
  complexity: Complexity,
  reasons: string[],
): StepRequest[] {
  if (taskType === "custom" || taskType === "auto") {
    throw new OrchestratorError(
      "invalid_input",
      `The task type "${taskType}" needs steps of your own.`,
      "Name the roles, for example: --roles scout,builder,tester",
    );
  }
  const names = TEMPLATES[taskType];
  if (!names.includes("analyst")) {
    if (includeAnalyst !== "yes") return names.map((role) => ({ role }));
    reasons.push("analyst: added because it was asked for");
    return ["analyst", ...names].map((role) => ({ role }));
  }
  const wanted = includeAnalyst === "yes" || (includeAnalyst === "auto" && complexity !== "simple");
  const why =
    includeAnalyst === "auto"
      ? `a ${complexity} task ${wanted ? "needs" : "needs no"} research`
      : `it was ${wanted ? "asked for" : "left out on request"}`;
  reasons.push(`analyst ${wanted ? "included" : "left out"}: ${why}`);
  return names.filter((name) => wanted || name !== "analyst").map((role) => ({ role }));
}

function makeEdges(count: number, request: PlanRequest): number[][] {
  const positions = [...Array(count).keys()];
  // Roles of the caller's own have the order that the mode gives them; a template keeps its edges in every mode.
  if (request.executionMode === "dependencies" && request.steps)
    return positions.map((position) => checkedDependencies(position, count, request.dependencies));
  if (request.executionMode === "parallel" && request.steps) return positions.map(() => []);
  return positions.map((position) => (position === 0 ? [] : [position - 1]));
}

function checkedDependencies(position: number, count: number, dependencies: PlanRequest["dependencies"]): number[] {
  for (const key of Object.keys(dependencies ?? {})) {
    if (!(/^(0|[1-9]\d*)$/.test(key) && Number(key) < count)) throw dangling(key, count);
  }
  return (dependencies?.[position] ?? []).map((index) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) throw dangling(String(index), count);
    return index;
  });
}

function dangling(index: string, count: number): OrchestratorError {
  return new OrchestratorError(
    "invalid_workflow",
    `The dependencies name step ${index}, but the steps are numbered 0 to ${count - 1}.`,
    'Give positions from 0, for example {"1":[0],"2":[0,1]}.',
  );
}
