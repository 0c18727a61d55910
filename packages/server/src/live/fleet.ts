import type { Orchestrator, UsageTotals } from "@claude-orchestrator/core";
import type { Fleet } from "../schemas/fleet.js";

/**
 * Reads the fleet at one moment, with the number of the event up to which it is whole.
 *
 * @param orchestrator - started
 * @param now - the clock
 */
export async function readFleet(orchestrator: Orchestrator, now = new Date()): Promise<Fleet> {
  // First the number: whatever comes meanwhile is told again as an event, and nothing is missed.
  const seq = await orchestrator.lastEvent();
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const since = midnight.toISOString();
  const [status, living, today, rehearsedToday] = await Promise.all([
    orchestrator.getStatus(),
    orchestrator.listAgents({ isDeleted: false }),
    orchestrator.costs("day", { since, rehearsal: false }),
    orchestrator.costs("day", { since, rehearsal: true }),
  ]);
  const { tasks, agents, totals, files, holds, running } = status;
  return {
    seq,
    time: now.toISOString(),
    tasks: { ...tasks, byStatus: withoutNothing(tasks.byStatus) },
    agents: { ...agents, byStatus: withoutNothing(agents.byStatus), byRole: withoutNothing(agents.byRole) },
    totals,
    today: sumOf(today),
    rehearsedToday: sumOf(rehearsedToday),
    files,
    holds,
    maxParallelAgents: orchestrator.config.maxParallelAgents,
    running,
    living,
  };
}

const NOTHING: UsageTotals = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteOneHourTokens: 0,
  webSearches: 0,
  modelCalls: 0,
  incompleteCalls: 0,
  unpricedCalls: 0,
  costUsd: 0,
};

/** A day that began yesterday by another clock may still have a row. A cost that is not known stays that. */
function sumOf(rows: readonly UsageTotals[]): UsageTotals {
  const sum = { ...NOTHING };
  for (const row of rows) {
    for (const key of Object.keys(NOTHING) as (keyof UsageTotals)[]) {
      if (key !== "costUsd") sum[key] += row[key];
    }
    sum.costUsd = sum.costUsd === null || row.costUsd === null ? null : sum.costUsd + row.costUsd;
  }
  return sum;
}

function withoutNothing(counts: Partial<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count ?? 0]));
}
