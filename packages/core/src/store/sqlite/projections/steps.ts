import { canStepBecome, type PlannedStep, type StepStatus, type StoredEventOf } from "../../../domain/index.js";
import { type EventAbout, type Get, invalidTransition, type Run, toJson } from "./statements.js";

/** Brings the table of steps up to date. */
export function projectStep(event: EventAbout<"step">, run: Run, get: Get): void {
  switch (event.type) {
    case "step.waiting":
      stepBecomes(event, "waiting", run, get);
      return run(
        "UPDATE steps SET reason = ?, waiting_cause = ? WHERE task_id = ? AND key = ?",
        event.data.reason,
        event.data.cause,
        event.taskId,
        event.stepKey,
      );
    case "step.started":
      stepBecomes(event, "running", run, get);
      return run(
        "UPDATE steps SET attempt = ?, owner_id = ?, reason = '', error = NULL, started_at = coalesce(started_at, ?) WHERE task_id = ? AND key = ?",
        event.data.attempt,
        event.data.ownerId,
        event.time,
        event.taskId,
        event.stepKey,
      );
    case "step.attempt_failed":
      return run(
        "UPDATE steps SET attempt = ?, error = ? WHERE task_id = ? AND key = ?",
        event.data.attempt + 1,
        toJson(event.data.error),
        event.taskId,
        event.stepKey,
      );
    case "step.reopened":
      stepBecomes(event, "pending", run, get);
      return run(
        "UPDATE steps SET reason = '', error = NULL, handoff = NULL, ended_at = NULL, owner_id = NULL WHERE task_id = ? AND key = ?",
        event.taskId,
        event.stepKey,
      );
    case "step.agent_replaced":
      // Kept for the story; the agents say themselves who came after whom.
      return;
    case "step.reused":
      requirePending(event, get);
      return run(
        `UPDATE steps SET status = 'succeeded', reused_from = ?, handoff = ?, from_tree = ?, to_tree = ?, commit_id = ?, ended_at = ?
         WHERE task_id = ? AND key = ?`,
        event.data.fromTaskId,
        toJson(event.data.handoff),
        event.data.fromTree,
        event.data.toTree,
        event.data.commit,
        event.data.endedAt,
        event.taskId,
        event.stepKey,
      );
    case "step.ended":
      stepBecomes(event, event.data.status, run, get);
      return run(
        "UPDATE steps SET reason = ?, error = ?, handoff = ?, ended_at = ? WHERE task_id = ? AND key = ?",
        event.data.reason,
        toJson(event.data.error),
        toJson(event.data.handoff),
        event.time,
        event.taskId,
        event.stepKey,
      );
  }
}

/** The steps of a new plan. */
export function projectPlan(event: StoredEventOf<"workflow.planned">, run: Run, get: Get): void {
  const { data } = event;
  run(
    "UPDATE tasks SET complexity = ?, complexity_reasons = ?, plan_mode = ?, workflow = ?, checks = ? WHERE task_id = ?",
    data.complexity,
    JSON.stringify(data.reasons),
    data.planMode,
    data.workflow,
    JSON.stringify(data.checks),
    event.taskId,
  );
  insertSteps(event.taskId, data.steps, run, get);
}

/** Steps that a graph gains while it runs, and what a planner decided. */
export function projectExtension(event: StoredEventOf<"workflow.extended">, run: Run, get: Get): void {
  const { plan, steps, continuedBy } = event.data;
  if (plan) {
    run(
      "UPDATE tasks SET complexity = ?, plan_mode = ?, rationale = ?, skipped_roles = ?, fallback_reason = ? WHERE task_id = ?",
      plan.complexity,
      plan.planMode,
      plan.rationale,
      JSON.stringify(plan.skippedRoles),
      plan.fallbackReason,
      event.taskId,
    );
  }
  if (continuedBy) {
    // Whatever waits for the step that ends waits for its continuation from now on.
    run(
      `UPDATE steps SET depends_on = (
         SELECT json_group_array(CASE value WHEN ? THEN ? ELSE value END) FROM json_each(steps.depends_on))
       WHERE task_id = ? AND status IN ('pending', 'waiting')
         AND EXISTS (SELECT 1 FROM json_each(steps.depends_on) WHERE value = ?)`,
      event.stepKey,
      continuedBy,
      event.taskId,
      event.stepKey,
    );
  }
  insertSteps(event.taskId, steps, run, get);
}

function insertSteps(taskId: string | null, steps: readonly PlannedStep[], run: Run, get: Get): void {
  const task = get("SELECT working_directory, workspace_kind FROM tasks WHERE task_id = ?", taskId);
  // What writers must have for themselves: the user's directory, or a worktree of this very task.
  const workspaceOf = (lane: string | null) =>
    task?.workspace_kind === "worktree" ? `${taskId}:${lane ?? ""}` : String(task?.working_directory);
  const first = Number(get("SELECT count(*) AS count FROM steps WHERE task_id = ?", taskId)?.count);
  for (const [position, step] of steps.entries()) {
    run(
      `INSERT INTO steps (task_id, key, position, kind, role, instructions, depends_on, writes, overrides, round, lane, workspace, status)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')`,
      taskId,
      step.key,
      first + position,
      step.kind,
      step.role,
      step.instructions,
      JSON.stringify(step.dependsOn),
      step.writes ? 1 : 0,
      JSON.stringify(step.overrides),
      step.round,
      step.lane,
      workspaceOf(step.lane),
    );
  }
}

function stepBecomes(event: EventAbout<"step">, to: StepStatus, run: Run, get: Get): void {
  const from = statusOf(event, get);
  if (!from || !canStepBecome(from, to))
    throw invalidTransition(`step ${event.stepKey} of task ${event.taskId}`, from, to);
  run("UPDATE steps SET status = ? WHERE task_id = ? AND key = ?", to, event.taskId, event.stepKey);
}

/** What has begun here has a result of its own. */
function requirePending(event: EventAbout<"step">, get: Get): void {
  const from = statusOf(event, get);
  if (from !== "pending") throw invalidTransition(`step ${event.stepKey} of task ${event.taskId}`, from, "reused");
}

function statusOf(event: EventAbout<"step">, get: Get): StepStatus | undefined {
  const row = get("SELECT status FROM steps WHERE task_id = ? AND key = ?", event.taskId, event.stepKey);
  return row?.status as StepStatus | undefined;
}
