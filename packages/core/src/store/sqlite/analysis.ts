import { totalTokens } from "../../domain/index.js";
import type { CostGroup, CostRow, LedgerFilter, LedgerRow, PastStep, UsageTotals } from "../store.js";
import type { Connection } from "./connection.js";
import type { SqlValue } from "./database.js";
import { TOTALS_SQL, toLedgerRow, toTotals } from "./records.js";

/** What the ledger is summed by. A day is one of the clock on the wall. */
const GROUPS: Readonly<Record<CostGroup, string>> = {
  agent: "l.agent_id",
  task: "l.task_id",
  role: "l.role",
  model: "l.model",
  taskType: "l.task_type",
  day: "date(l.started_at, 'localtime')",
};

function whereOf({ taskId, agentId, since, rehearsal }: LedgerFilter): { where: string; parameters: SqlValue[] } {
  const conditions: [string, SqlValue][] = [];
  if (taskId !== undefined) conditions.push(["l.task_id = ?", taskId]);
  if (agentId !== undefined) conditions.push(["l.agent_id = ?", agentId]);
  if (since !== undefined) conditions.push(["l.started_at >= ?", since]);
  if (rehearsal !== undefined) conditions.push(["l.rehearsal = ?", rehearsal ? 1 : 0]);
  const where = conditions.length > 0 ? `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}` : "";
  return { where, parameters: conditions.map(([, value]) => value) };
}

/** Rehearsals cost nothing: a figure over many tasks leaves them out unless they are asked for. */
function withoutRehearsals(filter: LedgerFilter): LedgerFilter {
  const isOfOne = filter.taskId !== undefined || filter.agentId !== undefined;
  return { ...filter, rehearsal: filter.rehearsal ?? (isOfOne ? undefined : false) };
}

export function listLedger({ all }: Connection, filter: LedgerFilter): LedgerRow[] {
  const { where, parameters } = whereOf(filter);
  return all(`SELECT l.* FROM ledger l ${where} ORDER BY l.started_at, l.agent_id, l.ordinal`, ...parameters).map(
    toLedgerRow,
  );
}

export function totals({ get }: Connection, filter: LedgerFilter): UsageTotals {
  const { where, parameters } = whereOf(withoutRehearsals(filter));
  return toTotals(get(`SELECT ${TOTALS_SQL} FROM ledger l ${where}`, ...parameters) ?? {});
}

export function costs({ all }: Connection, by: CostGroup, filter: LedgerFilter): CostRow[] {
  const { where, parameters } = whereOf(withoutRehearsals(filter));
  const order = by === "day" ? "key" : "sum(l.cost_usd) IS NULL, sum(l.cost_usd) DESC, key";
  const sql = `SELECT coalesce(nullif(${GROUPS[by]}, ''), 'none') AS key, ${TOTALS_SQL} FROM ledger l ${where} GROUP BY 1 ORDER BY ${order}`;
  return all(sql, ...parameters).map((row) => ({ key: String(row.key), ...toTotals(row) }));
}

export function listPastSteps(
  { all }: Connection,
  { workingDirectory, rehearsal, maxTasks }: { workingDirectory: string; rehearsal: boolean; maxTasks: number },
): PastStep[] {
  const rows = all(
    `SELECT s.task_id, s.role, s.started_at AS began, s.ended_at AS ended, ${TOTALS_SQL}
     FROM steps s LEFT JOIN ledger l ON l.task_id = s.task_id AND l.step_key = s.key
     WHERE s.status = 'succeeded' AND s.reused_from IS NULL AND s.task_id IN (
       SELECT task_id FROM tasks WHERE working_directory = ? AND rehearsal = ? AND ended_at IS NOT NULL
       ORDER BY created_at DESC, rowid DESC LIMIT ?)
     GROUP BY s.task_id, s.key`,
    workingDirectory,
    rehearsal ? 1 : 0,
    maxTasks,
  );
  return rows.map((row) => {
    const used = toTotals(row);
    return {
      taskId: String(row.task_id),
      role: String(row.role),
      tokens: totalTokens(used),
      costUsd: used.costUsd,
      // A clock that was set back in between would make it negative.
      durationMs: Math.max(0, Date.parse(String(row.ended)) - Date.parse(String(row.began))),
    };
  });
}
