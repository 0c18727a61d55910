import {
  type AgentStatus,
  canAgentBecome,
  canStepBecome,
  canTaskBecome,
  type EventData,
  OrchestratorError,
  type StepStatus,
  type StoredEvent,
  type StoredEventOf,
  type TaskStatus,
  type Usage,
} from "../../domain/index.js";
import type { SqlValue } from "./database.js";

/** Runs one statement; the store keeps them prepared. */
export type Run = (sql: string, ...parameters: SqlValue[]) => void;
/** Reads one row; the store keeps the statements prepared. */
export type Get = (sql: string, ...parameters: SqlValue[]) => Record<string, SqlValue> | undefined;

/**
 * Brings the tables up to date with one event. Called in the transaction that inserts the event.
 *
 * @param event - what happened
 * @param run - writes to the tables
 * @param get - reads from them
 * @throws OrchestratorError `invalid_transition` when a status cannot follow from the one before
 */
export function project(event: StoredEvent, run: Run, get: Get): void {
  switch (event.type) {
    case "task.created":
      return createTask(event, run);
    case "workflow.planned":
      return addSteps(event, run, get);
    case "task.started":
      become(event, "running", run, get);
      return run(
        "UPDATE tasks SET owner_id = ?, started_at = coalesce(started_at, ?) WHERE task_id = ?",
        event.data.ownerId,
        event.time,
        event.taskId,
      );
    case "task.warned":
      return run(
        "UPDATE tasks SET warnings = json_insert(warnings, '$[#]', ?) WHERE task_id = ?",
        event.data.message,
        event.taskId,
      );
    case "task.cancel_requested":
      return run("UPDATE tasks SET cancel_requested = 1 WHERE task_id = ?", event.taskId);
    case "task.ended":
      become(event, event.data.status, run, get);
      return run(
        "UPDATE tasks SET ended_at = ?, error = ?, output = ?, census = ? WHERE task_id = ?",
        event.time,
        json(event.data.error),
        event.data.output,
        JSON.stringify(event.data.census),
        event.taskId,
      );
    case "step.waiting":
      stepBecomes(event, "waiting", run, get);
      return run(
        "UPDATE steps SET reason = ? WHERE task_id = ? AND key = ?",
        event.data.reason,
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
        json(event.data.error),
        event.taskId,
        event.stepKey,
      );
    case "step.ended":
      stepBecomes(event, event.data.status, run, get);
      return run(
        "UPDATE steps SET reason = ?, error = ?, handoff = ?, ended_at = ? WHERE task_id = ? AND key = ?",
        event.data.reason,
        json(event.data.error),
        json(event.data.handoff),
        event.time,
        event.taskId,
        event.stepKey,
      );
    case "agent.created":
      return createAgent(event, run);
    case "agent.started":
      agentBecomes(event, "running", run, get);
      return run(
        "UPDATE agents SET session_id = ?, pid = ?, guard = ?, start_ms = ?, started_at = coalesce(started_at, ?) WHERE agent_id = ?",
        event.data.sessionId,
        event.data.pid,
        event.data.guard,
        event.data.startMs,
        event.time,
        event.agentId,
      );
    case "agent.prompted":
      return run(
        "UPDATE agents SET messages = messages + 1, activity = 'reading its prompt' WHERE agent_id = ?",
        event.agentId,
      );
    case "agent.output":
      return run("UPDATE agents SET activity = ? WHERE agent_id = ?", oneLine(event.data.text), event.agentId);
    case "agent.thinking":
      return run("UPDATE agents SET activity = 'thinking' WHERE agent_id = ?", event.agentId);
    case "agent.context_measured":
      return run(
        "UPDATE agents SET context_used_tokens = ?, context_window_tokens = ?, context_percentage = ? WHERE agent_id = ?",
        event.data.usedTokens,
        event.data.windowTokens,
        event.data.percentage,
        event.agentId,
      );
    case "agent.ended":
      agentBecomes(event, event.data.status, run, get);
      return run(
        "UPDATE agents SET error = ?, ended_at = ?, activity = '' WHERE agent_id = ?",
        json(event.data.error),
        event.time,
        event.agentId,
      );
    case "agent.deleted":
      agentBecomes(event, "deleted", run, get);
      return;
    case "tool.started":
      return run(
        "UPDATE agents SET tool_calls = tool_calls + 1, activity = ? WHERE agent_id = ?",
        oneLine(`${event.data.name} ${event.data.input}`),
        event.agentId,
      );
    case "tool.ended":
      for (const path of event.data.filesRead) addFile(event, path, run);
      return;
    case "permission.decided":
      return;
    case "model_call.started":
      return run(
        `INSERT INTO ledger (call_id, task_id, step_key, agent_id, process_id, ordinal, source, state, model, started_at)
         VALUES (?, ?, ?, ?, ?, ?, 'stream', 'incomplete', ?, ?)`,
        event.data.callId,
        event.taskId,
        event.stepKey,
        event.agentId,
        event.data.processId,
        event.data.ordinal,
        event.data.model,
        event.time,
      );
    case "model_call.reported":
      setUsage(event.data, run);
      return run("UPDATE ledger SET api_message_id = ? WHERE call_id = ?", event.data.apiMessageId, event.data.callId);
    case "model_call.retried":
      return run(
        "UPDATE agents SET retries = retries + 1, activity = ? WHERE agent_id = ?",
        `waiting ${Math.round(event.data.delayMs / 100) / 10} s to retry: ${event.data.status ?? event.data.error}`,
        event.agentId,
      );
    case "model_call.ended":
      setUsage(event.data, run);
      return run(
        "UPDATE ledger SET state = ?, ended_at = ? WHERE call_id = ?",
        event.data.state,
        event.time,
        event.data.callId,
      );
    case "model_call.reconciled":
      run(
        `INSERT INTO ledger (call_id, task_id, step_key, agent_id, process_id, ordinal, source, state, model, started_at, ended_at)
         VALUES (?, ?, ?, ?, ?, ?, 'reconciled', 'complete', ?, ?, ?)`,
        event.data.callId,
        event.taskId,
        event.stepKey,
        event.agentId,
        event.data.processId,
        event.data.ordinal,
        event.data.model,
        event.time,
        event.time,
      );
      return setUsage(event.data, run);
    case "files.changed":
      return addChanges(event, run);
    default:
      return unknownEvent(event);
  }
}

function unknownEvent(event: never): never {
  throw new Error(`No projection for the event ${(event as StoredEvent).type}.`);
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

const ACTIVITY_LENGTH = 160;

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, ACTIVITY_LENGTH);
}

function createTask(event: StoredEventOf<"task.created">, run: Run): void {
  const { data } = event;
  run(
    `INSERT INTO tasks (task_id, prompt, working_directory, task_type, execution_mode, include_analyst, model, budget_usd, rehearsal, status, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)`,
    event.taskId,
    data.prompt,
    data.workingDirectory,
    data.taskType,
    data.executionMode,
    data.includeAnalyst,
    data.model,
    data.budgetUsd,
    data.rehearsal ? 1 : 0,
    event.time,
  );
}

function addSteps(event: StoredEventOf<"workflow.planned">, run: Run, get: Get): void {
  const { data } = event;
  run(
    "UPDATE tasks SET complexity = ?, complexity_reasons = ?, plan_mode = ? WHERE task_id = ?",
    data.complexity,
    JSON.stringify(data.reasons),
    data.planMode,
    event.taskId,
  );
  const workspace = String(
    get("SELECT working_directory FROM tasks WHERE task_id = ?", event.taskId)?.working_directory,
  );
  for (const [position, step] of data.steps.entries()) {
    run(
      `INSERT INTO steps (task_id, key, position, kind, role, instructions, depends_on, writes, workspace, status)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')`,
      event.taskId,
      step.key,
      position,
      step.kind,
      step.role,
      step.instructions,
      JSON.stringify(step.dependsOn),
      step.writes ? 1 : 0,
      workspace,
    );
  }
}

function createAgent(event: StoredEventOf<"agent.created">, run: Run): void {
  const { data } = event;
  run(
    `INSERT INTO agents (agent_id, task_id, step_key, name, role, model, tools, system_prompt, working_directory, log_directory, status, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'created', ?)`,
    event.agentId,
    event.taskId,
    event.stepKey,
    data.name,
    data.role,
    data.model,
    JSON.stringify(data.tools),
    data.systemPrompt,
    data.workingDirectory,
    data.logDirectory,
    event.time,
  );
  if (event.stepKey)
    run("UPDATE steps SET agent_id = ? WHERE task_id = ? AND key = ?", event.agentId, event.taskId, event.stepKey);
}

function setUsage(call: { callId: string; model: string; usage: Usage; costUsd: number | null }, run: Run): void {
  const { usage } = call;
  run(
    `UPDATE ledger SET model = ?, input_tokens = ?, output_tokens = ?, cache_read_tokens = ?, cache_write_tokens = ?,
       cache_write_one_hour_tokens = ?, web_searches = ?, cost_usd = ? WHERE call_id = ?`,
    call.model,
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadTokens,
    usage.cacheWriteTokens,
    usage.cacheWriteOneHourTokens,
    usage.webSearches,
    call.costUsd,
    call.callId,
  );
}

function addFile(event: StoredEventOf<"tool.ended">, path: string, run: Run): void {
  if (!event.taskId || !event.stepKey) return;
  run(
    "INSERT OR IGNORE INTO files (task_id, step_key, agent_id, use, path) VALUES (?, ?, ?, 'consumed', ?)",
    event.taskId,
    event.stepKey,
    event.agentId,
    path,
  );
}

function addChanges(event: StoredEventOf<"files.changed">, run: Run): void {
  for (const change of event.data.changes as EventData<"files.changed">["changes"]) {
    run(
      `INSERT OR REPLACE INTO files (task_id, step_key, agent_id, use, path, kind, previous_path, lines_added, lines_removed)
       VALUES (?, ?, ?, 'produced', ?, ?, ?, ?, ?)`,
      event.taskId,
      event.stepKey,
      event.agentId,
      change.path,
      change.kind,
      change.previousPath,
      change.linesAdded,
      change.linesRemoved,
    );
  }
}

function become(event: StoredEvent, to: TaskStatus, run: Run, get: Get): void {
  const from = get("SELECT status FROM tasks WHERE task_id = ?", event.taskId)?.status as TaskStatus | undefined;
  if (!from || !canTaskBecome(from, to)) throw invalid(`task ${event.taskId}`, from, to);
  run("UPDATE tasks SET status = ? WHERE task_id = ?", to, event.taskId);
}

function stepBecomes(event: StoredEvent, to: StepStatus, run: Run, get: Get): void {
  const row = get("SELECT status FROM steps WHERE task_id = ? AND key = ?", event.taskId, event.stepKey);
  const from = row?.status as StepStatus | undefined;
  if (!from || !canStepBecome(from, to)) throw invalid(`step ${event.stepKey} of task ${event.taskId}`, from, to);
  run("UPDATE steps SET status = ? WHERE task_id = ? AND key = ?", to, event.taskId, event.stepKey);
}

function agentBecomes(event: StoredEvent, to: AgentStatus, run: Run, get: Get): void {
  const from = get("SELECT status FROM agents WHERE agent_id = ?", event.agentId)?.status as AgentStatus | undefined;
  if (!from || !canAgentBecome(from, to)) throw invalid(`agent ${event.agentId}`, from, to);
  run("UPDATE agents SET status = ? WHERE agent_id = ?", to, event.agentId);
}

function invalid(what: string, from: string | undefined, to: string): OrchestratorError {
  return new OrchestratorError(
    "invalid_transition",
    `The ${what} is ${from ?? "unknown"} and cannot become ${to}.`,
    "Look at its events: orchestrator task-details --json",
  );
}
