import { type EventType, eventDataSchemas, type StoredEvent } from "../../domain/index.js";
import type { Connection } from "./connection.js";
import type { SqlRow } from "./database.js";
import { project } from "./projections/index.js";
import { toEvent } from "./records.js";

/** What is derived from the events of a task or of one of its agents; `agents` and `tasks` themselves come last. */
const TABLES_OF_TASKS = ["steps", "files", "checks", "workspaces"] as const;

/** Every table that `rebuild` makes again. What is in no event (owners, tombstones) is not among them. */
export const DERIVED_TABLES = [...TABLES_OF_TASKS, "messages", "ledger", "agents", "tasks", "holds"] as const;

/** Whose tables are made again: these tasks with all that is theirs, and these agents. */
export interface RebuildScope {
  tasks: ReadonlySet<string>;
  agents: ReadonlySet<string>;
}

/** What came of making the tables again. */
export interface Rebuilt {
  /** So many events were read. */
  events: number;
  /** Those of them that follow from nothing that is there, or cannot be read: nothing was derived from them. */
  unused: number;
}

/**
 * Makes the tables again that are derived from the events. Rows whose events are gone are kept as they are: they are all
 * that is left.
 *
 * @param connection - in no transaction; this is one
 * @param scope - whose
 */
export function rebuild(connection: Connection, scope: "all" | RebuildScope): Rebuilt {
  return connection.transaction(() => {
    const tasks = findSubjects(connection, "task", scope);
    const agents = findSubjects(connection, "agent", scope);
    clear(connection);
    // What the fleet waits for is nobody's own: it is made again with everything.
    if (scope === "all") connection.run("DELETE FROM holds");
    let [events, unused, after] = [0, 0, 0];
    for (;;) {
      const page = connection.all("SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT 1000", after);
      if (page.length === 0) return { events, unused };
      for (const row of page) {
        const isFleets = scope === "all" && String(row.type).startsWith("fleet.");
        if ((isFleets || isAboutOneOf(row, tasks, agents)) && !replay(row, connection)) unused += 1;
      }
      events += page.length;
      after = Number(page.at(-1)?.seq);
    }
  });
}

/** Tasks or agents whose beginning is among the events; all that follows can be derived again. */
function findSubjects({ all, run }: Connection, noun: "task" | "agent", scope: "all" | RebuildScope): Set<string> {
  run(`CREATE TEMP TABLE IF NOT EXISTS rebuilt_${noun}s (id TEXT PRIMARY KEY)`);
  run(`DELETE FROM temp.rebuilt_${noun}s`);
  const created = all(`SELECT ${noun}_id AS id, task_id FROM events WHERE type = '${noun}.created'`);
  // The steps of a task refer to its agents: they are made again with it.
  const isWanted = ({ id, task_id: taskId }: SqlRow) =>
    scope === "all" || scope.tasks.has(String(taskId)) || (noun === "agent" && scope.agents.has(String(id)));
  const ids = new Set(created.filter(isWanted).map((row) => String(row.id)));
  for (const id of ids) run(`INSERT INTO temp.rebuilt_${noun}s VALUES (?)`, id);
  return ids;
}

function clear({ run }: Connection): void {
  const ofTasks = "task_id IN (SELECT id FROM temp.rebuilt_tasks)";
  const ofAgents = "agent_id IN (SELECT id FROM temp.rebuilt_agents)";
  for (const table of TABLES_OF_TASKS) run(`DELETE FROM ${table} WHERE ${ofTasks}`);
  run(`DELETE FROM messages WHERE ${ofAgents}`);
  // Rows of what was cleaned away stay: their events are gone, and they are what it has cost.
  run(
    `DELETE FROM ledger WHERE call_id IN (SELECT json_extract(data, '$.callId') FROM events
       WHERE type IN ('model_call.started', 'model_call.reconciled') AND json_valid(data)
         AND CASE WHEN task_id IS NULL THEN ${ofAgents} ELSE ${ofTasks} END)`,
  );
  run(`DELETE FROM agents WHERE ${ofAgents}`);
  run(`DELETE FROM tasks WHERE ${ofTasks}`);
}

/** Whether an event can be derived from again: the row that it changes was not kept as it is. */
function isAboutOneOf(row: SqlRow, tasks: ReadonlySet<string>, agents: ReadonlySet<string>): boolean {
  const type = String(row.type);
  const isAgents = /^(agent\.|tool\.started|model_call\.retried)/.test(type) || row.task_id === null;
  if (isAgents && row.agent_id !== null) return agents.has(String(row.agent_id));
  return row.task_id !== null && tasks.has(String(row.task_id));
}

/** @returns false where nothing could be derived from it */
function replay(row: SqlRow, { run, get }: Connection): boolean {
  try {
    const event = toEvent(row);
    eventDataSchemas[event.type as EventType].parse(event.data);
    project(asRecorded(event, get), run, get);
    return true;
  } catch {
    // What it follows from was lost, or it is damaged itself. It stays in the log as it is.
    return false;
  }
}

/** Version 1 recorded only with the task that it was a rehearsal. */
function asRecorded(event: StoredEvent, get: Connection["get"]): StoredEvent {
  if (event.version > 1 || event.type !== "agent.created") return event;
  const rehearsal = get("SELECT rehearsal FROM tasks WHERE task_id = ?", event.taskId)?.rehearsal === 1;
  return { ...event, data: { ...event.data, rehearsal } };
}
