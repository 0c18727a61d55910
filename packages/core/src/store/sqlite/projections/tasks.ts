import { canTaskBecome, type StoredEventOf, type TaskStatus } from "../../../domain/index.js";
import { type EventAbout, type Get, invalidTransition, type Run, toJson } from "./statements.js";

/** Brings the table of tasks up to date. */
export function projectTask(event: EventAbout<"task">, run: Run, get: Get): void {
  switch (event.type) {
    case "task.created":
      return createTask(event, run);
    case "task.started":
      become(event, "running", run, get);
      return run(
        "UPDATE tasks SET owner_id = ?, started_at = coalesce(started_at, ?) WHERE task_id = ?",
        event.data.ownerId,
        event.time,
        event.taskId,
      );
    case "task.resumed":
      become(event, "running", run, get);
      return run(
        "UPDATE tasks SET owner_id = ?, attention = NULL, held = NULL WHERE task_id = ?",
        event.data.ownerId,
        event.taskId,
      );
    case "task.held":
      become(event, "held", run, get);
      return run("UPDATE tasks SET held = ? WHERE task_id = ?", JSON.stringify(event.data), event.taskId);
    case "task.released":
      become(event, "running", run, get);
      return run("UPDATE tasks SET held = NULL WHERE task_id = ?", event.taskId);
    case "task.reopened":
      become(event, "running", run, get);
      return run(
        "UPDATE tasks SET owner_id = NULL, ended_at = NULL, error = NULL, census = NULL, output = '', cancel_requested = 0 WHERE task_id = ?",
        event.taskId,
      );
    case "task.paused":
      become(event, "paused", run, get);
      run("UPDATE tasks SET held = NULL WHERE task_id = ?", event.taskId);
      if (!event.data.released) return;
      run("UPDATE steps SET owner_id = NULL WHERE task_id = ? AND status = 'running'", event.taskId);
      return run("UPDATE tasks SET owner_id = NULL WHERE task_id = ?", event.taskId);
    case "task.pause_requested":
    case "task.resume_requested":
      // Commands: the owner of the task hears them; what comes of them is an event of its own.
      return;
    case "task.warned":
      return run(
        "UPDATE tasks SET warnings = json_insert(warnings, '$[#]', ?) WHERE task_id = ?",
        event.data.message,
        event.taskId,
      );
    case "task.cancel_requested":
      return run("UPDATE tasks SET cancel_requested = 1 WHERE task_id = ?", event.taskId);
    case "task.needs_attention":
      become(event, "needs_attention", run, get);
      return run("UPDATE tasks SET attention = ? WHERE task_id = ?", JSON.stringify(event.data), event.taskId);
    case "task.applied": {
      const applied = JSON.stringify({ ...event.data, time: event.time });
      return run("UPDATE tasks SET applied = ? WHERE task_id = ?", applied, event.taskId);
    }
    case "task.undone":
      return run("UPDATE tasks SET undone_at = ? WHERE task_id = ?", event.time, event.taskId);
    case "task.ended":
      become(event, event.data.status, run, get);
      return run(
        "UPDATE tasks SET ended_at = ?, error = ?, output = ?, census = ?, held = NULL WHERE task_id = ?",
        event.time,
        toJson(event.data.error),
        event.data.output,
        JSON.stringify(event.data.census),
        event.taskId,
      );
  }
}

function createTask(event: StoredEventOf<"task.created">, run: Run): void {
  const { data } = event;
  run(
    `INSERT INTO tasks (task_id, prompt, working_directory, task_type, execution_mode, include_analyst, model, budget_usd, rehearsal, priority, after_task_id, follow_up_of, fork_of, owner_id, workspace_kind, uncommitted, require_checks, status, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)`,
    event.taskId,
    data.prompt,
    data.workingDirectory,
    data.taskType,
    data.executionMode,
    data.includeAnalyst,
    data.model,
    data.budgetUsd,
    data.rehearsal ? 1 : 0,
    data.priority,
    data.afterTaskId,
    data.followUpOf,
    toJson(data.forkOf),
    data.ownerId,
    data.workspaceKind,
    data.uncommitted,
    data.requireChecks ? 1 : 0,
    event.time,
  );
}

function become(event: EventAbout<"task">, to: TaskStatus, run: Run, get: Get): void {
  const from = get("SELECT status FROM tasks WHERE task_id = ?", event.taskId)?.status as TaskStatus | undefined;
  if (!from || !canTaskBecome(from, to)) throw invalidTransition(`task ${event.taskId}`, from, to);
  run("UPDATE tasks SET status = ? WHERE task_id = ?", to, event.taskId);
}
