import type { ErrorRecord, EventData, PlannedStep } from "../domain/index.js";
import type { StepContext, StepExecutor, StepOutcome } from "../engine/index.js";
import type { Role } from "../roles/index.js";
import type { PastStep, Store, TaskRecord } from "../store/index.js";
import {
  type AiPlan,
  arrangeSteps,
  composePlanningRules,
  leastCostUsd,
  MAX_PAST_TASKS,
  PLAN_STEP,
  planJsonSchema,
  planWorkflow,
  readAiPlan,
} from "../workflows/index.js";
import type { AgentStepExecutor } from "./agent-step.js";
import type { ResourcePool } from "./resource-pool.js";
import { readStepPrompt } from "./step-prompt.js";
import { withWorkspace } from "./with-workspace.js";

/** How often an invalid plan is asked for in all, before the template takes its place. */
const MAX_ATTEMPTS = 3;
/** Failures after which nothing else would run either: the template would only fail again. */
const HOPELESS: readonly ErrorRecord["code"][] = [
  "authentication_failed",
  "not_logged_in",
  "runtime_missing",
  "model_unavailable",
  "model_call_timeout",
  "model_refused",
  "usage_limit",
  "budget_reached",
];

export interface PlanStepOptions {
  store: Store;
  agents: AgentStepExecutor;
  rolesOf(task: TaskRecord): ReadonlyMap<string, Role>;
  resources: ResourcePool;
}

/**
 * Runs the step that plans: an agent returns a workflow, which becomes the steps of the task. One that cannot be used
 * is asked for again, and in the end replaced by the template, with the reason in the task.
 *
 * @param options - `agents` runs the planner as any other agent
 */
export function createPlanStepExecutor(options: PlanStepOptions): StepExecutor {
  const { store, agents, rolesOf, resources } = options;

  /** The planner knows agents; checks and merges are ours to add. */
  async function arrange({ task }: StepContext, steps: readonly PlannedStep[]): Promise<PlannedStep[]> {
    const known = await store.listSteps(task.taskId);
    const baseline = known.find((each) => each.kind === "baseline")?.stepKey ?? null;
    const isolated = task.workspaceKind === "worktree";
    const hasChecks = task.checkCommands.length > 0 && task.taskType !== "code_review";
    return arrangeSteps(steps, { isolated, hasChecks, baseline, taken: known.map((each) => each.stepKey) });
  }

  return {
    scope: agents.scope,
    run: (context) =>
      agents.endTrial(context, () =>
        withWorkspace(context, async () => {
          const { task, step } = context;
          const roles = rolesOf(task);
          const { workingDirectory, rehearsal } = task;
          const past = await store.listPastSteps({ workingDirectory, rehearsal, maxTasks: MAX_PAST_TASKS });
          let plan: AiPlan | null = null;
          const instructions = composePlanningRules(roles, wishesOf(task));
          const taken = (await store.listSteps(task.taskId)).map((each) => each.stepKey);
          const workspace = await resources.of(task).workspaceOf(step, context.signal);
          const outcome = await agents.runWith(context, {
            prompt: await readStepPrompt(store, task, { ...step, instructions }, workspace),
            schema: planJsonSchema(),
            parse: (value) => {
              plan = readAiPlan(value, { ...limitsOf(task, roles, past), taken });
              return {
                summary: plan.summary,
                steps: plan.extension.steps.map(({ key, dependsOn }) => ({ key, dependsOn })),
              };
            },
            maxAttempts: MAX_ATTEMPTS,
          });
          const ended = conclude(outcome, plan, context, roles);
          if (ended.status !== "succeeded" || !ended.extension) return ended;
          return { ...ended, extension: { ...ended.extension, steps: await arrange(context, ended.extension.steps) } };
        }),
      ),
    // Whoever runs agents holds everything for this kind, too.
    prepare: () => {},
    finish: async () => {},
  };
}

function limitsOf(task: TaskRecord, roles: ReadonlyMap<string, Role>, past: readonly PastStep[]) {
  const { budgetUsd } = task;
  return { roles, budgetUsd, leastCostUsd: (names: readonly string[]) => leastCostUsd(names, past) };
}

function wishesOf({ includeAnalyst, budgetUsd, executionMode }: TaskRecord): string[] {
  const wishes: string[] = [];
  if (includeAnalyst === "yes") wishes.push("An analyst must be among the roles.");
  if (includeAnalyst === "no") wishes.push("No analyst.");
  if (executionMode === "parallel") wishes.push("Let as much as possible run side by side.");
  if (budgetUsd !== null) wishes.push(`All steps together may cost $${budgetUsd}.`);
  return wishes;
}

function conclude(
  outcome: StepOutcome,
  plan: AiPlan | null,
  { task, signal }: StepContext,
  roles: ReadonlyMap<string, Role>,
): StepOutcome {
  if (outcome.status === "succeeded" && plan) return { ...outcome, extension: plan.extension };
  if (outcome.status !== "failed" || signal.aborted || HOPELESS.includes(outcome.error.code)) return outcome;
  const extension = fallBack(task, roles, outcome.error);
  const summary = `The template is used: ${outcome.error.message}`;
  return { status: "succeeded", handoff: { summary }, extension };
}

/** The template's steps, after the plan step. */
function fallBack(
  task: TaskRecord,
  roles: ReadonlyMap<string, Role>,
  { message }: ErrorRecord,
): EventData<"workflow.extended"> {
  const { prompt, taskType, includeAnalyst } = task;
  const executionMode = task.executionMode === "dependencies" ? "sequential" : task.executionMode;
  const template = planWorkflow({ prompt, taskType, executionMode, includeAnalyst }, roles);
  return {
    reason: "the template, because the planner gave no plan that can be used",
    steps: template.steps.map((step) => (step.dependsOn.length > 0 ? step : { ...step, dependsOn: [PLAN_STEP] })),
    continuedBy: null,
    plan: {
      planMode: "template",
      complexity: template.complexity,
      rationale: "",
      skippedRoles: [],
      fallbackReason: message,
    },
  };
}
