import type { Contradiction } from "../store.js";
import type { Connection } from "./connection.js";
import type { RebuildScope } from "./rebuild.js";

const LAST_OF_TASKS = `
  SELECT task_id, type, max(seq) FROM events WHERE type IN ('task.created', 'task.ended', 'task.reopened') GROUP BY task_id`;
const LAST_OF_STEPS = `
  SELECT task_id, step_key, type, max(seq) FROM events
  WHERE type IN ('step.ended', 'step.reused', 'step.reopened') GROUP BY task_id, step_key`;
const LAST_OF_CALLS = `
  SELECT json_extract(data, '$.callId') AS call_id, task_id, agent_id, type, max(seq) FROM events
  WHERE type IN ('model_call.started', 'model_call.ended', 'model_call.reconciled') AND json_valid(data) GROUP BY 1`;
const CREATED = (noun: string) => `SELECT ${noun}_id FROM events WHERE type = '${noun}.created'`;

interface Question {
  /** Finds what it is about by `name`, and whose it is by `task_id` and `agent_id`. */
  sql: string;
  say(names: string): string;
  /** The log knows more than the tables. Where they know more than the log, its events are gone and they stay. */
  isMendable: boolean;
}

const STEPS = `WITH last AS (${LAST_OF_STEPS})
  SELECT coalesce(s.task_id, last.task_id) || '/' || coalesce(s.key, last.step_key) AS name,
    coalesce(s.task_id, last.task_id) AS task_id, NULL AS agent_id`;
const CALLS = `WITH last AS (${LAST_OF_CALLS}) SELECT last.call_id AS name, last.task_id, last.agent_id`;

/** They look at the turning points only, so that a long log is gone through quickly. */
const QUESTIONS: readonly Question[] = [
  ...["task", "agent"].flatMap((noun): Question[] => [
    {
      sql: `SELECT ${noun}_id AS name, task_id, agent_id FROM events
        WHERE type = '${noun}.created' AND ${noun}_id NOT IN (SELECT ${noun}_id FROM ${noun}s)`,
      say: (names) => `the log has ${noun}s that the table of ${noun}s has not: ${names}`,
      isMendable: true,
    },
    {
      sql: `SELECT ${noun}_id AS name, task_id, NULL AS agent_id FROM ${noun}s WHERE ${noun}_id NOT IN (${CREATED(noun)})`,
      say: (names) => `the first events of these ${noun}s are gone; their records stay as they are: ${names}`,
      isMendable: false,
    },
  ]),
  {
    sql: `WITH last AS (${LAST_OF_TASKS}) SELECT t.task_id AS name, t.task_id, NULL AS agent_id
      FROM tasks t JOIN last USING (task_id) WHERE t.ended_at IS NULL AND last.type = 'task.ended'`,
    say: (names) => `the log has the end of tasks that are open in their table: ${names}`,
    isMendable: true,
  },
  {
    sql: `WITH last AS (${LAST_OF_TASKS}) SELECT t.task_id AS name, t.task_id, NULL AS agent_id
      FROM tasks t JOIN last USING (task_id) WHERE t.ended_at IS NOT NULL AND last.type <> 'task.ended'`,
    say: (names) => `the end of these tasks is missing in the log; their records stay as they are: ${names}`,
    isMendable: false,
  },
  {
    sql: `${STEPS} FROM last LEFT JOIN steps s ON last.task_id = s.task_id AND last.step_key = s.key
      WHERE last.type IN ('step.ended', 'step.reused') AND s.ended_at IS NULL`,
    say: (names) => `the log has the end of steps that are open in their table, or not there: ${names}`,
    isMendable: true,
  },
  {
    sql: `${STEPS} FROM steps s LEFT JOIN last ON last.task_id = s.task_id AND last.step_key = s.key
      WHERE s.ended_at IS NOT NULL AND (last.type IS NULL OR last.type = 'step.reopened') AND s.task_id IN (${CREATED("task")})`,
    say: (names) => `the end of these steps is missing in the log; their records stay as they are: ${names}`,
    isMendable: false,
  },
  {
    sql: `${CALLS} FROM last LEFT JOIN ledger l USING (call_id)
      WHERE l.call_id IS NULL OR (l.ended_at IS NULL AND last.type <> 'model_call.started')`,
    say: (names) => `the log has model calls that the ledger has not, or not to their end: ${names}`,
    isMendable: true,
  },
];

const MOST_NAMED = 5;

/** What differs, and whose tables would have to be made again from the events. */
interface FoundContradiction extends Contradiction {
  scope: RebuildScope;
}

/**
 * Holds the tables against the events that they are derived from: what was begun and what has ended.
 *
 * @param connection - the open database
 * @returns nothing when they agree
 */
export function findContradictions({ all, guarded }: Connection): FoundContradiction[] {
  return guarded(() =>
    QUESTIONS.flatMap(({ sql, say, isMendable }) => {
      const rows = all(sql);
      if (rows.length === 0) return [];
      const values = (column: string) => rows.map((row) => row[column]).filter((value) => value !== null);
      const scope = { tasks: new Set(values("task_id").map(String)), agents: new Set(values("agent_id").map(String)) };
      return [{ message: say(nameSome(rows.map((row) => String(row.name)))), isMendable, scope }];
    }),
  );
}

/** The tasks and agents whose tables the log can make right. */
export function scopeOfMendable(found: readonly FoundContradiction[]): RebuildScope {
  const mendable = found.filter((each) => each.isMendable);
  return {
    tasks: new Set(mendable.flatMap(({ scope }) => [...scope.tasks])),
    agents: new Set(mendable.flatMap(({ scope }) => [...scope.agents])),
  };
}

function nameSome(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return [...names.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
