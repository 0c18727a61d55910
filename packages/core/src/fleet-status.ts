import type { AgentStatus, TaskStatus } from "./domain/index.js";
import type { Store, TaskRecord, UsageTotals } from "./store/index.js";
import type { TaskDetails } from "./task-details.js";

/** The fleet at one moment. */
export interface FleetStatus {
  tasks: { total: number; byStatus: Partial<Record<TaskStatus, number>> };
  agents: { total: number; byStatus: Partial<Record<AgentStatus, number>>; byRole: Partial<Record<string, number>> };
  totals: UsageTotals;
  /** Different files, each counted once for each task that used it. */
  files: { consumed: number; produced: number };
  /** Tasks that run now, newest first. */
  running: TaskDetails[];
}

/**
 * Reads the state of the fleet.
 *
 * @param store - the store
 * @param readDetails - reads one task with its steps and agents
 */
export async function readFleetStatus(
  store: Store,
  readDetails: (task: TaskRecord) => Promise<TaskDetails>,
): Promise<FleetStatus> {
  const [counts, totals, open] = await Promise.all([
    store.countFleet(),
    store.totals(),
    store.listTasks({ isEnded: false }),
  ]);
  const { tasksByStatus, agentsByStatus, agentsByRole } = counts;
  return {
    tasks: { total: sum(tasksByStatus), byStatus: tasksByStatus },
    agents: { total: sum(agentsByStatus), byStatus: agentsByStatus, byRole: agentsByRole },
    totals,
    files: counts.files,
    running: await Promise.all(open.map(readDetails)),
  };
}

function sum(counts: Partial<Record<string, number>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
