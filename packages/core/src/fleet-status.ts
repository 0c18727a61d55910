import { type AgentStatus, isTaskEnded, type TaskStatus } from "./domain/index.js";
import type { Store, TaskRecord, UsageTotals } from "./store/index.js";
import type { TaskDetails } from "./task-details.js";

/** The fleet at one moment. */
export interface FleetStatus {
  tasks: { total: number; byStatus: Partial<Record<TaskStatus, number>> };
  agents: { total: number; byStatus: Partial<Record<AgentStatus, number>>; byRole: Partial<Record<string, number>> };
  totals: UsageTotals;
  /** Tasks that run now, newest first. */
  running: TaskDetails[];
}

/** More than this many are not counted one by one. */
const MAX_COUNTED = 100_000;

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
  const [tasks, agents, totals] = await Promise.all([
    store.listTasks({ limit: MAX_COUNTED }),
    store.listAgents({ limit: MAX_COUNTED }),
    store.totals(),
  ]);
  const open = tasks.filter((task) => !isTaskEnded(task.status));
  return {
    tasks: { total: tasks.length, byStatus: countBy(tasks, (task) => task.status) },
    agents: {
      total: agents.length,
      byStatus: countBy(agents, (agent) => agent.status),
      byRole: countBy(agents, (agent) => agent.role),
    },
    totals,
    running: await Promise.all(open.map(readDetails)),
  };
}

function countBy<T, K extends string>(items: readonly T[], keyOf: (item: T) => K): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
