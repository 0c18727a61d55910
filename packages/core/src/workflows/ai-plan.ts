import { z } from "zod";
import { COMPLEXITIES, type EventData, NO_OVERRIDES, OrchestratorError, type PlannedStep } from "../domain/index.js";
import { CUSTOM_ROLE, type Role } from "../roles/index.js";
import { findGraphFault } from "./graph.js";
import { PLAN_STEP, PLANNING_ROLE } from "./plan.js";
import { makeKeys, STEP_KEY, STEP_KEY_RULE } from "./step-keys.js";

/** More steps than this are not a plan but a list of wishes. */
const MAX_PLANNED_STEPS = 20;

const line = z.string().max(500);
const planSchema = z.object({
  complexity: z.enum(COMPLEXITIES),
  rationale: z.string().max(4_000).describe("Why this team and this order."),
  steps: z
    .array(
      z.object({
        key: z
          .string()
          .regex(STEP_KEY, STEP_KEY_RULE)
          .optional()
          .describe("A short name where a role comes more than once."),
        role: z.string().max(60),
        scope: z.string().min(1).max(4_000).describe("What this step is to do, complete in itself."),
        constraints: z.array(line).max(20).optional().describe("What it must keep to."),
        dependsOn: z.array(z.string().max(60)).describe("Keys, or roles, of the steps whose results it needs."),
        writes: z.boolean().optional().describe("Whether it is to change files."),
      }),
    )
    .min(1)
    .max(MAX_PLANNED_STEPS),
  skipped: z
    .array(z.object({ role: z.string().max(60), reason: line }))
    .max(20)
    .optional()
    .describe("Roles that were considered and left out."),
});

/** The JSON schema of a planner's answer. */
export function planJsonSchema(): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(planSchema) as Record<string, unknown>;
  return schema;
}

/** A planner's answer that can be run. */
export interface AiPlan {
  summary: string;
  extension: EventData<"workflow.extended">;
}

export interface PlanLimits {
  roles: ReadonlyMap<string, Role>;
  budgetUsd: number | null;
  /** The least that steps of these roles have cost before; `null` without history. */
  leastCostUsd(roles: readonly string[]): number | null;
  /** Keys of steps that the task has beside the one that plans. */
  taken: readonly string[];
}

/**
 * Checks a planner's answer and makes steps of it.
 *
 * @param value - what the agent gave
 * @param limits - the roles there are, and the money
 * @throws OrchestratorError `handoff_invalid` that says what is wrong, for the agent to mend
 */
export function readAiPlan(value: unknown, limits: PlanLimits): AiPlan {
  const result = planSchema.safeParse(value);
  if (!result.success) {
    const issues = result.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join(".") || "the plan"}: ${message}`);
    throw invalid(issues.join("; "));
  }
  const { complexity, rationale, steps: planned, skipped = [] } = result.data;
  const keys = makeKeys(planned.map(({ role, key }) => ({ role, key })));
  const steps = planned.map(({ role: name, scope, constraints = [], dependsOn, writes }, position): PlannedStep => {
    const role = checkRole(limits.roles, name);
    if (writes === true && !role.writes)
      throw invalid(`the role ${name} cannot write, but its step is to change files`);
    const rules = constraints.map((constraint) => `- ${constraint}`).join("\n");
    return {
      key: keys[position] ?? name,
      kind: "agent",
      role: name,
      instructions: rules ? `${scope}\n\nKeep to this:\n${rules}` : scope,
      dependsOn: [...new Set(dependsOn)],
      writes: role.writes,
      overrides: NO_OVERRIDES,
      round: 0,
      lane: null,
    };
  });
  const clash = [PLAN_STEP, ...limits.taken].find((key) => keys.includes(key));
  if (clash !== undefined) throw invalid(`a step has the key "${clash}", which is taken`);
  const fault = findGraphFault(steps);
  if (fault) throw invalid(`${fault.problem}. ${fault.remedy}`);
  refuseUnaffordable(steps, limits);
  const rooted = steps.map((step) => (step.dependsOn.length > 0 ? step : { ...step, dependsOn: [PLAN_STEP] }));
  return {
    summary: rationale,
    extension: {
      reason: "the planner's workflow",
      steps: rooted,
      continuedBy: null,
      plan: { planMode: "ai", complexity, rationale, skippedRoles: skipped, fallbackReason: null },
    },
  };
}

/** A planner in a plan would only plan again. */
function rolesToChooseFrom(roles: ReadonlyMap<string, Role>): Role[] {
  return [...roles.values()].filter((role) => role.name !== PLANNING_ROLE);
}

function checkRole(roles: ReadonlyMap<string, Role>, name: string): Role {
  if (name === CUSTOM_ROLE && !roles.has(name))
    throw invalid("the role custom needs a prompt of its own; name another");
  const choice = rolesToChooseFrom(roles);
  const role = choice.find((each) => each.name === name);
  if (role) return role;
  const names = choice.map((each) => each.name).sort();
  throw invalid(`there is no role "${name}" to choose; the roles are ${names.join(", ")}`);
}

function refuseUnaffordable(steps: readonly PlannedStep[], { budgetUsd, leastCostUsd }: PlanLimits): void {
  const least = budgetUsd === null ? null : leastCostUsd(steps.map((step) => step.role));
  if (budgetUsd === null || least === null || least <= budgetUsd) return;
  throw invalid(
    `such steps have cost at least $${least.toFixed(4)} before, and the budget is $${budgetUsd.toFixed(4)}; plan fewer`,
  );
}

/**
 * What the planner is told beside the task: the roles it may choose from.
 *
 * @param roles - the roles there are
 * @param wishes - what the user asked of the workflow, in words
 */
export function composePlanningRules(roles: ReadonlyMap<string, Role>, wishes: readonly string[]): string {
  const list = rolesToChooseFrom(roles).map(
    ({ name, description, writes }) => `- ${name} (${writes ? "may write" : "read-only"}): ${description}`,
  );
  const rules = [`At most ${MAX_PLANNED_STEPS} steps, without circles.`, ...wishes].map((rule) => `- ${rule}`);
  return `Plan the workflow of this task.\n\nRoles to choose from:\n${list.join("\n")}\n\nRules:\n${rules.join("\n")}`;
}

function invalid(problem: string): OrchestratorError {
  return new OrchestratorError(
    "handoff_invalid",
    `The plan cannot be used: ${problem.replace(/\.$/, "")}.`,
    "It is asked again.",
  );
}
