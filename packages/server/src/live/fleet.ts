import type { Orchestrator, UsageTotals } from "@claude-orchestrator/core";
import type { Fleet } from "../schemas/fleet.js";

/** Many pages ask at once when something happens: for so long they get the same answer. */
const FRESH_MS = 250;

const latest = new WeakMap<Orchestrator, { readMs: number; fleet: Promise<Fleet> }>();

/**
 * Reads the fleet at one moment, with the number of the event up to which it is whole. That moment may be a quarter of a
 * second ago; whoever follows the events from that number on misses nothing.
 *
 * @param orchestrator - started
 */
export function readFleet(orchestrator: Orchestrator): Promise<Fleet> {
  const known = latest.get(orchestrator);
  const nowMs = performance.now();
  if (known && nowMs - known.readMs < FRESH_MS) return known.fleet;
  const fleet = readNow(orchestrator, new Date());
  latest.set(orchestrator, { readMs: nowMs, fleet });
  // A failure is told to those who wait for it, and to nobody after them.
  fleet.catch(() => latest.delete(orchestrator));
  return fleet;
}

async function readNow(orchestrator: Orchestrator, now: Date): Promise<Fleet> {
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
