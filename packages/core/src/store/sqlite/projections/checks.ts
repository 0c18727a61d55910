import type { StoredEventOf } from "../../../domain/index.js";
import { type Run, toJson } from "./statements.js";

/** A check command that was run, for this task or for the one that its step is reused from. */
export function projectCheck(event: StoredEventOf<"check.ended" | "check.reused">, run: Run): void {
  const { data } = event;
  run(
    `INSERT INTO checks (seq, task_id, step_key, name, command, outcome, exit_code, duration_ms, log_path, log_hash, output_bytes, counts, failed_tests, passed, reason, tree, ended_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    event.seq,
    event.taskId,
    event.stepKey,
    data.name,
    data.command,
    data.outcome,
    data.exitCode,
    data.durationMs,
    data.logPath,
    data.logHash,
    data.outputBytes,
    toJson(data.counts),
    JSON.stringify(data.failedTests),
    data.passed ? 1 : 0,
    data.reason,
    data.tree,
    event.type === "check.reused" ? event.data.endedAt : event.time,
  );
}
