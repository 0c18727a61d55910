import { isTaskEnded, OrchestratorError } from "../../domain/index.js";
import type { Ownership } from "../../ownership/index.js";
import type { Store } from "../../store/index.js";

/** How often it is looked whether the process that runs the other task is still there. */
const OWNER_CHECK_MS = 1_000;

/**
 * Waits until a task has ended.
 *
 * @returns `null` when it succeeded, or when the signal was aborted; otherwise why nothing can come after it
 */
export async function waitForTask(wait: {
  store: Store;
  ownership: Ownership;
  taskId: string;
  signal: AbortSignal;
}): Promise<OrchestratorError | null> {
  const { store, ownership, taskId, signal } = wait;
  while (!signal.aborted) {
    const after = await store.lastSeq();
    const task = await store.getTask(taskId);
    if (!task) return obstacle(taskId, "does not exist any more");
    if (task.status === "completed" || task.status === "unverified") return null;
    if (isTaskEnded(task.status)) return obstacle(taskId, `ended as ${task.status}`);
    if (await ownership.isGone(task.ownerId)) return obstacle(taskId, "is run by no process any more");
    await newsOf(store, taskId, after, signal);
  }
  return null;
}

/** Resolves when the task ends, or when it is time to look again. */
async function newsOf(store: Store, taskId: string, after: number, signal: AbortSignal): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  // A listener keeps the clock's signal alive; AbortSignal.any would let it be collected, and then it never rings.
  const clock = AbortSignal.timeout(OWNER_CHECK_MS);
  for (const each of [signal, clock]) {
    if (each.aborted) stop();
    each.addEventListener("abort", stop);
  }
  try {
    const query = { taskId, after, signal: controller.signal };
    for await (const event of store.subscribe(query)) if (event.type === "task.ended") return;
  } finally {
    for (const each of [signal, clock]) each.removeEventListener("abort", stop);
  }
}

function obstacle(taskId: string, what: string): OrchestratorError {
  return new OrchestratorError(
    "step_failed",
    `The task ${taskId}, after which this one was to start, ${what}.`,
    "Start it again when you want: it has not begun.",
  );
}
