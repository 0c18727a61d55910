import { type AgentStatus, canAgentBecome, type StoredEventOf } from "../../../domain/index.js";
import { projectMessage } from "./messages.js";
import { type EventAbout, type Get, invalidTransition, type Run, toJson } from "./statements.js";

/** Brings the table of agents up to date. */
export function projectAgent(event: EventAbout<"agent">, run: Run, get: Get): void {
  switch (event.type) {
    case "agent.created":
      return createAgent(event, run);
    case "agent.claimed":
      return run("UPDATE agents SET owner_id = ? WHERE agent_id = ?", event.data.ownerId, event.agentId);
    case "agent.released":
      return release(event, run);
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
    case "agent.messaged":
    case "agent.replied":
      return projectMessage(event, run, get);
    case "agent.prompted":
      run("UPDATE agents SET status = 'running' WHERE agent_id = ? AND status = 'waiting'", event.agentId);
      run("UPDATE messages SET status = 'delivered' WHERE message_id = ? AND status = 'queued'", event.data.messageId);
      return run(
        "UPDATE agents SET messages = messages + 1, activity = 'reading its prompt' WHERE agent_id = ?",
        event.agentId,
      );
    case "agent.model_changed":
      return run("UPDATE agents SET model = ? WHERE agent_id = ?", event.data.model, event.agentId);
    case "agent.checked":
      return run("UPDATE agents SET finding = ? WHERE agent_id = ?", event.data.finding, event.agentId);
    case "agent.interrupt_requested":
    case "agent.kill_requested":
    case "agent.delete_requested":
      // Commands: the owner of the agent hears them; what comes of them is an event of its own.
      return;
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
        toJson(event.data.error),
        event.time,
        event.agentId,
      );
    case "agent.deleted":
      agentBecomes(event, "deleted", run, get);
      return run(
        "UPDATE agents SET owner_id = NULL, pid = NULL, activity = '', ended_at = coalesce(ended_at, ?) WHERE agent_id = ?",
        event.time,
        event.agentId,
      );
  }
}

/** What an agent does now, and how often it has done such things. */
export function projectActivity(
  event: StoredEventOf<"tool.started"> | StoredEventOf<"model_call.retried">,
  run: Run,
): void {
  switch (event.type) {
    case "tool.started":
      return run(
        "UPDATE agents SET tool_calls = tool_calls + 1, activity = ? WHERE agent_id = ?",
        oneLine(`${event.data.name} ${event.data.input}`),
        event.agentId,
      );
    case "model_call.retried":
      return run(
        "UPDATE agents SET retries = retries + 1, activity = ? WHERE agent_id = ?",
        `waiting ${Math.round(event.data.delayMs / 100) / 10} s to retry: ${event.data.status ?? event.data.error}`,
        event.agentId,
      );
  }
}

function createAgent(event: StoredEventOf<"agent.created">, run: Run): void {
  const { data } = event;
  run(
    `INSERT INTO agents (agent_id, task_id, step_key, name, role, model, tools, system_prompt, working_directory, log_directory, rehearsal, settings, status, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'created', ?)`,
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
    data.rehearsal ? 1 : 0,
    JSON.stringify(data.settings),
    event.time,
  );
  if (event.stepKey)
    run("UPDATE steps SET agent_id = ? WHERE task_id = ? AND key = ?", event.agentId, event.taskId, event.stepKey);
}

/**
 * A hand-made agent whose process has ended waits for its next message; one that another owner has by now is that one's.
 * A step's agent has its task's owner and no other.
 */
function release(event: StoredEventOf<"agent.released">, run: Run): void {
  run(
    `UPDATE agents SET owner_id = NULL, pid = NULL, activity = '', status = CASE status WHEN 'running' THEN 'waiting' ELSE status END
     WHERE agent_id = ? AND (owner_id = ? OR owner_id IS NULL)`,
    event.agentId,
    event.data.ownerId,
  );
}

const ACTIVITY_LENGTH = 160;

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, ACTIVITY_LENGTH);
}

function agentBecomes(event: EventAbout<"agent">, to: AgentStatus, run: Run, get: Get): void {
  const from = get("SELECT status FROM agents WHERE agent_id = ?", event.agentId)?.status as AgentStatus | undefined;
  if (!from || !canAgentBecome(from, to)) throw invalidTransition(`agent ${event.agentId}`, from, to);
  run("UPDATE agents SET status = ? WHERE agent_id = ?", to, event.agentId);
}
