import type { TaskRecord } from "../derived-records.js";
import type { TaskOrder, TaskQuery } from "../queries.js";
import type { Connection } from "./connection.js";
import type { SqlValue } from "./database.js";
import { containing } from "./like.js";
import { TOTALS_SQL, toTask } from "./records.js";

const DEFAULT_PAGE = 1_000;

/** Tasks with what they have used. */
export const TASKS_SQL = `SELECT t.*, ${TOTALS_SQL} FROM tasks t LEFT JOIN ledger l ON l.task_id = t.task_id`;

/** What each task has used, for what cannot be told from the tasks alone. */
const USED_SQL = `LEFT JOIN (
  SELECT task_id, sum(cost_usd) AS cost_usd,
    sum(input_tokens + output_tokens + cache_read_tokens + cache_write_tokens) AS tokens
  FROM ledger GROUP BY task_id) u ON u.task_id = t.task_id`;

const ORDERS: Readonly<Record<TaskOrder, string>> = {
  createdAt: "t.created_at",
  costUsd: "coalesce(u.cost_usd, 0)",
  tokens: "coalesce(u.tokens, 0)",
  durationMs: "julianday(coalesce(t.ended_at, 'now')) - julianday(coalesce(t.started_at, t.created_at))",
};

/** Where words are looked for, and in what the steps have handed over. */
const SEARCHED = ["t.prompt", "t.output", "t.task_id", "coalesce(t.error, '')"];
/** So many words of a search count; what follows is left out. */
const MAX_WORDS = 20;

export function listTasks({ all }: Connection, query: TaskQuery): TaskRecord[] {
  const { sort = "createdAt", ascending = false, limit = DEFAULT_PAGE, offset = 0 } = query;
  const { from, where, parameters } = toSql(query, sort);
  const direction = ascending ? "ASC" : "DESC";
  // The page is found first, so that what tasks have used is summed for those of the page only.
  const rows = all(
    `WITH page AS (
       SELECT t.task_id, row_number() OVER (ORDER BY ${ORDERS[sort]} ${direction}, t.rowid ${direction}) AS place
       ${from} ${where} ORDER BY place LIMIT ? OFFSET ?)
     ${TASKS_SQL} JOIN page ON page.task_id = t.task_id GROUP BY t.task_id ORDER BY page.place`,
    ...parameters,
    limit,
    offset,
  );
  return rows.map(toTask);
}

export function countTasks({ get }: Connection, query: TaskQuery): number {
  const { from, where, parameters } = toSql(query, "createdAt");
  return Number(get(`SELECT count(*) AS count ${from} ${where}`, ...parameters)?.count ?? 0);
}

function toSql(query: TaskQuery, sort: TaskOrder): { from: string; where: string; parameters: SqlValue[] } {
  const { status, isEnded, minCostUsd, maxCostUsd } = query;
  const conditions: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (condition: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters.push(value);
  };
  if (isEnded !== undefined) conditions.push(`t.ended_at IS ${isEnded ? "NOT " : ""}NULL`);
  add(
    "t.status IN (SELECT value FROM json_each(?))",
    status === undefined ? undefined : JSON.stringify([status].flat()),
  );
  add("t.task_type = ?", query.taskType);
  add("t.working_directory = ?", query.workingDirectory);
  add("t.created_at >= ?", query.since === undefined ? undefined : toStoredTime(query.since));
  add("t.created_at < ?", query.until === undefined ? undefined : toStoredTime(query.until));
  add("t.rehearsal = ?", query.rehearsal === undefined ? undefined : Number(query.rehearsal));
  add("coalesce(u.cost_usd, 0) >= ?", minCostUsd);
  add("coalesce(u.cost_usd, 0) <= ?", maxCostUsd);
  for (const word of (query.search ?? "").split(/\s+/).filter(Boolean).slice(0, MAX_WORDS)) {
    conditions.push(`(${SEARCHED.map((field) => `${field} LIKE ? ESCAPE '\\'`).join(" OR ")}
      OR EXISTS (SELECT 1 FROM steps s WHERE s.task_id = t.task_id AND s.handoff LIKE ? ESCAPE '\\'))`);
    parameters.push(...SEARCHED.map(() => containing(word)), containing(word));
  }
  const needsUsed = sort === "costUsd" || sort === "tokens" || minCostUsd !== undefined || maxCostUsd !== undefined;
  return {
    from: `FROM tasks t ${needsUsed ? USED_SQL : ""}`,
    where: conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "",
    parameters,
  };
}

/** Times are compared as texts, and the store writes all of them in UTC. */
function toStoredTime(time: string): string {
  return new Date(time).toISOString();
}
