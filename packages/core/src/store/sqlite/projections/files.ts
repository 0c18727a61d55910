import type { EventData, StoredEventOf } from "../../../domain/index.js";
import type { Run } from "./statements.js";

/** A file that an agent has read. */
export function projectFileRead(event: StoredEventOf<"tool.ended">, path: string, run: Run): void {
  if (!event.taskId || !event.stepKey) return;
  run(
    "INSERT OR IGNORE INTO files (task_id, step_key, agent_id, use, path) VALUES (?, ?, ?, 'consumed', ?)",
    event.taskId,
    event.stepKey,
    event.agentId,
    path,
  );
}

/** Files that a step has changed, or the task as a whole. */
export function projectFileChanges(event: StoredEventOf<"files.changed">, run: Run): void {
  // A task that is gone on with after its end has another end.
  if (event.stepKey === null) run("DELETE FROM files WHERE task_id = ? AND step_key = ''", event.taskId);
  for (const change of event.data.changes as EventData<"files.changed">["changes"]) {
    run(
      `INSERT OR REPLACE INTO files (task_id, step_key, agent_id, use, path, kind, previous_path, lines_added, lines_removed)
       VALUES (?, ?, ?, 'produced', ?, ?, ?, ?, ?)`,
      event.taskId,
      event.stepKey ?? "",
      event.agentId,
      change.path,
      change.kind,
      change.previousPath,
      change.linesAdded,
      change.linesRemoved,
    );
  }
}
