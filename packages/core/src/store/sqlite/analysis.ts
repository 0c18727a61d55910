import { totalTokens } from "../../domain/index.js";
import type { CostRow, DurationRow, LedgerRow, PastStep, UsageTotals } from "../derived-records.js";
import type { CostGroup, DurationGroup, LedgerFilter } from "../queries.js";
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

const LASTED = (record: string) =>
  `max(0, (julianday(${record}.ended_at) - julianday(${record}.started_at)) * 86400000)`;

/** Tasks that ended after they had started, and steps that succeeded where they ran. */
const LASTING: Readonly<Record<DurationGroup, string>> = {
  day: `SELECT date(t.started_at, 'localtime') AS key, ${LASTED("t")} AS ms FROM tasks t WHERE t.ended_at IS NOT NULL`,
  taskType: `SELECT t.task_type AS key, ${LASTED("t")} AS ms FROM tasks t WHERE t.ended_at IS NOT NULL`,
  role: `SELECT s.role AS key, ${LASTED("s")} AS ms FROM steps s JOIN tasks t ON t.task_id = s.task_id
    WHERE s.status = 'succeeded' AND s.reused_from IS NULL AND s.ended_at IS NOT NULL AND s.started_at IS NOT NULL`,
};

export function durations(
  { all }: Connection,
  by: DurationGroup,
  { since = "", rehearsal = false }: Pick<LedgerFilter, "since" | "rehearsal">,
): DurationRow[] {
  const sql = `${LASTING[by]} AND t.started_at >= ? AND t.rehearsal = ? ORDER BY key, ms`;
  const groups = new Map<string, number[]>();
  for (const row of all(sql, since, rehearsal ? 1 : 0)) {
    const key = String(row.key);
    const known = groups.get(key) ?? [];
    known.push(Number(row.ms));
    groups.set(key, known);
  }
  const rows = [...groups].map(([key, sorted]) => ({
    key,
    count: sorted.length,
    medianMs: Math.round(quantile(sorted, 0.5)),
    p95Ms: Math.round(quantile(sorted, 0.95)),
    totalMs: Math.round(sorted.reduce((sum, each) => sum + each, 0)),
  }));
  return by === "day" ? rows : rows.sort((left, right) => right.totalMs - left.totalMs);
}

/** The least value that this share of them does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
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
