import type { Store, TaskRecord } from "../store/index.js";
import type { StepAgent } from "./step-agent.js";
import { openTaskTrees, type TaskTrees } from "./task-trees.js";

/** What is held for a task while its steps run. */
export interface TaskResources {
  trees: TaskTrees;
  /** Agents whose process was started ahead of their step, by step key. */
  prepared: Map<string, StepAgent>;
  /** Steps that have begun: no agent need be made ready for them any more. */
  begun: Set<string>;
  /** Resolves when the agent of a step has its first answer, or the step has ended: starting has cost what it costs. */
  settledIn(stepKey: string): Promise<void>;
  /** Says so. */
  settle(stepKey: string): void;
  /** Agents that are being ended in the background. */
  ending: Set<Promise<void>>;
  /** Agents that were recorded, to be deleted with the task. */
  agentIds: Set<string>;
}

/**
 * Sets up what the steps of a task share.
 *
 * @param task - the task
 * @param store - where a warning goes when files cannot be snapshot; it is given once
 * @param dataDirectory - the data folder
 */
export function createTaskResources(task: TaskRecord, store: Store, dataDirectory: string): TaskResources {
  let hasWarned = false;
  const warn = (message: string) => {
    if (hasWarned) return;
    hasWarned = true;
    const subject = { taskId: task.taskId, stepKey: null, agentId: null };
    // A store that fails here fails the step's own next write, which reports it.
    store.append([{ ...subject, type: "task.warned", data: { message } }]).catch(() => {});
  };
  const settled = new Map<string, { promise: Promise<void>; resolve: () => void }>();
  const settlementOf = (stepKey: string) => {
    const known = settled.get(stepKey);
    if (known) return known;
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    const settlement = { promise, resolve };
    settled.set(stepKey, settlement);
    return settlement;
  };
  return {
    trees: openTaskTrees(task, dataDirectory, warn),
    prepared: new Map(),
    begun: new Set(),
    settledIn: (stepKey) => settlementOf(stepKey).promise,
    settle: (stepKey) => settlementOf(stepKey).resolve(),
    ending: new Set(),
    agentIds: new Set(),
  };
}
