import type { Usage } from "../../../domain/index.js";
import type { EventAbout, Run } from "./statements.js";

/** What a row must still say when the records of its task and agent have been cleaned away. */
const KEPT = "role, task_type, rehearsal";
const KEPT_VALUES = `
  coalesce((SELECT role FROM agents WHERE agent_id = ?4), ''),
  (SELECT task_type FROM tasks WHERE task_id = ?2),
  coalesce((SELECT rehearsal FROM agents WHERE agent_id = ?4), 0)`;

/** Brings the ledger up to date: one row per model call. */
export function projectLedger(event: EventAbout<"model_call">, run: Run): void {
  switch (event.type) {
    case "model_call.retried":
      return;
    case "model_call.started":
      return run(
        `INSERT INTO ledger (call_id, task_id, step_key, agent_id, process_id, ordinal, source, state, model, started_at, ${KEPT})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'stream', 'incomplete', ?7, ?8, ${KEPT_VALUES})`,
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
        `INSERT INTO ledger (call_id, task_id, step_key, agent_id, process_id, ordinal, source, state, model, started_at, ended_at, ${KEPT})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'reconciled', 'complete', ?7, ?8, ?8, ${KEPT_VALUES})`,
        event.data.callId,
        event.taskId,
        event.stepKey,
        event.agentId,
        event.data.processId,
        event.data.ordinal,
        event.data.model,
        event.time,
      );
      return setUsage(event.data, run);
  }
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
