import { OrchestratorError } from "../../domain/index.js";
import type { Connection } from "./connection.js";

/** Removes everything of an ended task but its ledger rows, which hold no text, and says so; inside a transaction. */
export function deleteTask({ get, run, insert }: Connection, taskId: string, nowMs: number): void {
  const task = get("SELECT ended_at FROM tasks WHERE task_id = ?", taskId);
  if (!task) throw notFound("task", taskId);
  if (task.ended_at === null) {
    throw new OrchestratorError(
      "invalid_input",
      `The task ${taskId} has not ended, so it cannot be removed.`,
      `Cancel it first: orchestrator cancel ${taskId}`,
    );
  }
  run("DELETE FROM messages WHERE agent_id IN (SELECT agent_id FROM agents WHERE task_id = ?)", taskId);
  for (const table of ["events", "files", "checks", "workspaces", "steps", "agents", "tasks"])
    run(`DELETE FROM ${table} WHERE task_id = ?`, taskId);
  bury(run, taskId, nowMs);
  insert({ taskId: null, stepKey: null, agentId: null, type: "task.removed", data: { taskId } });
}

/** Removes everything of a deleted hand-made agent but its ledger rows; inside a transaction. */
export function deleteAgentRecord({ get, run, insert }: Connection, agentId: string, nowMs: number): void {
  const agent = get("SELECT status, task_id FROM agents WHERE agent_id = ?", agentId);
  if (!agent) throw notFound("agent", agentId);
  if (agent.task_id !== null || agent.status !== "deleted") {
    throw new OrchestratorError(
      "invalid_input",
      `The records of agent ${agentId} cannot be removed: ${agent.task_id === null ? "it lives" : "they belong to its task"}.`,
      "Delete the agent first, or remove its task: orchestrator clean",
    );
  }
  for (const table of ["messages", "events", "agents"]) run(`DELETE FROM ${table} WHERE agent_id = ?`, agentId);
  bury(run, agentId, nowMs);
  insert({ taskId: null, stepKey: null, agentId: null, type: "agent.removed", data: { agentId } });
}

/** Says for ever that the id was there; event numbers are never used again either. */
function bury(run: Connection["run"], id: string, nowMs: number): void {
  run("INSERT OR REPLACE INTO tombstones (id, deleted_at) VALUES (?, ?)", id, new Date(nowMs).toISOString());
}

function notFound(kind: string, id: string): OrchestratorError {
  return new OrchestratorError("not_found", `No ${kind} has the id "${id}".`, `See: orchestrator list-${kind}s`);
}
