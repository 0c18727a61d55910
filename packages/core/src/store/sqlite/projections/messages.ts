import { OrchestratorError, type StoredEventOf } from "../../../domain/index.js";
import type { Get, Run } from "./statements.js";

/** Brings the mailboxes up to date. */
export function projectMessage(
  event: StoredEventOf<"agent.messaged"> | StoredEventOf<"agent.replied">,
  run: Run,
  get: Get,
): void {
  switch (event.type) {
    case "agent.messaged":
      // Looked at in the transaction that accepts the message: whoever deletes the agent comes before or after it.
      refuseMissing(event.agentId, get);
      if (["deleted", "completed", "failed"].includes(String(statusOf(event.agentId, get)))) {
        throw new OrchestratorError(
          "agent_deleted",
          `The agent ${event.agentId} has ended; it takes no messages.`,
          "Its record and its log are still there. Create another: orchestrator create-agent",
        );
      }
      return run(
        "INSERT INTO messages (message_id, seq, agent_id, text, when_busy, status, created_at) VALUES (?, ?, ?, ?, ?, 'queued', ?)",
        event.data.messageId,
        event.seq,
        event.agentId,
        event.data.text,
        event.data.whenBusy,
        event.time,
      );
    case "agent.replied":
      run(
        "UPDATE messages SET status = ? WHERE message_id = ? AND status IN ('queued', 'delivered')",
        event.data.status,
        event.data.messageId,
      );
      if (event.data.steered) return;
      return run(
        "UPDATE agents SET status = 'waiting', activity = '' WHERE agent_id = ? AND status = 'running' AND task_id IS NULL",
        event.agentId,
      );
  }
}

function statusOf(agentId: string | null, get: Get): unknown {
  return get("SELECT status FROM agents WHERE agent_id = ?", agentId)?.status;
}

function refuseMissing(agentId: string | null, get: Get): void {
  if (statusOf(agentId, get) !== undefined) return;
  throw new OrchestratorError("not_found", `No agent has the id "${agentId}".`, "See: orchestrator list-agents --all");
}
