import type { AgentStatus, TaskStatus } from "./domain/index.js";
import type { HoldRecord, Store, TaskRecord, UsageTotals } from "./store/index.js";
import type { TaskDetails } from "./task-details.js";

/** A limit or an outage that the fleet waits for. */
export interface FleetHold extends Pick<HoldRecord, "cause" | "reason" | "strikes" | "canary"> {
  /** When the first of an unbroken row of holds began. */
  since: string;
  /** When one may try. */
  until: string;
  /** Whether it holds whoever reaches the models as this orchestrator does; others have another key or endpoint. */
  isOurs: boolean;
}

/** The fleet at one moment. */
export interface FleetStatus {
  tasks: { total: number; byStatus: Partial<Record<TaskStatus, number>> };
  agents: { total: number; byStatus: Partial<Record<AgentStatus, number>>; byRole: Partial<Record<string, number>> };
  totals: UsageTotals;
  /** Different files, each counted once for each task that used it. */
  files: { consumed: number; produced: number };
  /** Limits and outages that the fleet waits for. */
  holds: FleetHold[];
  /** Tasks that run now, newest first. */
  running: TaskDetails[];
}

/**
 * Reads the state of the fleet.
 *
 * @param store - the store
 * @param readDetails - reads one task with its steps and agents
 * @param isOurs - whether the models are reached here in the way that a hold is about
 */
export async function readFleetStatus(
  store: Store,
  readDetails: (task: TaskRecord) => Promise<TaskDetails>,
  isOurs: (hold: HoldRecord) => boolean,
): Promise<FleetStatus> {
  const [counts, totals, holds, open] = await Promise.all([
    store.countFleet(),
    store.totals(),
    store.listHolds(),
    store.listTasks({ isEnded: false }),
  ]);
  const { tasksByStatus, agentsByStatus, agentsByRole } = counts;
  return {
    tasks: { total: sum(tasksByStatus), byStatus: tasksByStatus },
    agents: { total: sum(agentsByStatus), byStatus: agentsByStatus, byRole: agentsByRole },
    totals,
    files: counts.files,
    holds: holds.map((hold) => ({ ...toFleetHold(hold), isOurs: isOurs(hold) })),
    running: await Promise.all(open.map(readDetails)),
  };
}

function toFleetHold({ cause, reason, sinceMs, untilMs, strikes, canary }: HoldRecord): Omit<FleetHold, "isOurs"> {
  const toTime = (ms: number) => new Date(ms).toISOString();
  return { cause, reason, since: toTime(sinceMs), until: toTime(untilMs), strikes, canary };
}

function sum(counts: Partial<Record<string, number>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
