import type { Contradiction } from "../store.js";
import type { Connection } from "./connection.js";

const LAST_OF_TASKS = `
  SELECT task_id, type, max(seq) FROM events WHERE type IN ('task.created', 'task.ended', 'task.reopened') GROUP BY task_id`;
const LAST_OF_STEPS = `
  SELECT task_id, step_key, type, max(seq) FROM events WHERE type IN ('step.ended', 'step.reopened') GROUP BY task_id, step_key`;
const LAST_OF_CALLS = `
  SELECT json_extract(data, '$.callId') AS call_id, type, max(seq) FROM events
  WHERE type IN ('model_call.started', 'model_call.ended', 'model_call.reconciled') AND json_valid(data) GROUP BY 1`;
const CREATED = (noun: string) => `SELECT ${noun}_id FROM events WHERE type = '${noun}.created'`;

/** Each finds ids. They look at the turning points only, so that a long log is gone through quickly. */
const QUESTIONS: readonly { sql: string; say(ids: string): string; isMendable: boolean }[] = [
  ...["task", "agent"].map((noun) => ({
    sql: `${CREATED(noun)} EXCEPT SELECT ${noun}_id FROM ${noun}s`,
    say: (ids: string) => `the log has ${noun}s that the table of ${noun}s has not: ${ids}`,
    isMendable: true,
  })),
  {
    sql: `WITH last AS (${LAST_OF_TASKS}) SELECT t.task_id FROM tasks t JOIN last USING (task_id)
      WHERE (t.ended_at IS NOT NULL) <> (last.type = 'task.ended')`,
    say: (ids) => `whether these tasks have ended is another in the log: ${ids}`,
    isMendable: true,
  },
  {
    sql: `WITH last AS (${LAST_OF_STEPS}) SELECT s.task_id || '/' || s.key FROM steps s
        LEFT JOIN last ON last.task_id = s.task_id AND last.step_key = s.key
        WHERE (s.ended_at IS NOT NULL) <> coalesce(last.type = 'step.ended', 0)
          AND s.task_id IN (${CREATED("task")})
      UNION SELECT last.task_id || '/' || last.step_key FROM last
        LEFT JOIN steps s ON last.task_id = s.task_id AND last.step_key = s.key
        WHERE s.key IS NULL AND last.task_id IN (${CREATED("task")})`,
    say: (ids) => `whether these steps have ended is another in the log: ${ids}`,
    isMendable: true,
  },
  {
    sql: `WITH last AS (${LAST_OF_CALLS}) SELECT last.call_id FROM last LEFT JOIN ledger l USING (call_id)
      WHERE l.call_id IS NULL OR (l.ended_at IS NOT NULL) <> (last.type <> 'model_call.started')`,
    say: (ids) => `the ledger and the log differ on these model calls: ${ids}`,
    isMendable: true,
  },
  ...["task", "agent"].map((noun) => ({
    sql: `SELECT ${noun}_id FROM ${noun}s EXCEPT ${CREATED(noun)}`,
    say: (ids: string) => `the events of these ${noun}s are gone; their records are all that is left: ${ids}`,
    isMendable: false,
  })),
];

const MOST_NAMED = 5;

/**
 * Holds the tables against the events that they are derived from: what was begun and what has ended.
 *
 * @param connection - the open database
 * @returns nothing when they agree
 */
export function findContradictions({ all, guarded }: Connection): Contradiction[] {
  return guarded(() =>
    QUESTIONS.flatMap(({ sql, say, isMendable }) => {
      const ids = all(sql).map((row) => String(Object.values(row)[0]));
      return ids.length === 0 ? [] : [{ message: say(name(ids)), isMendable }];
    }),
  );
}

function name(ids: readonly string[]): string {
  const more = ids.length - MOST_NAMED;
  return [...ids.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
