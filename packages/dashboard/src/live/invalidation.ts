import type { OrchestratorEvent } from "../api/types.ts";

/**
 * What of the loaded answers an event makes stale, as the beginnings of query keys. The text of agents is not among the
 * causes: a page that shows it takes it from the event itself.
 *
 * @param event - what happened
 */
export function staleKeys(event: Pick<OrchestratorEvent, "type" | "taskId" | "agentId">): string[] {
  const { type, taskId, agentId } = event;
  const ofTask = taskId === null ? [] : [`task ${taskId}`];
  const ofAgent = agentId === null ? [] : [`agent ${agentId}`];
  // Whatever shows it is told by itself, and would ask for what is gone.
  if (type === "task.removed" || type === "agent.removed") return ["fleet", "tasks", "agents", "costs"];
  const [noun] = type.split(".");
  switch (noun) {
    case "task":
    case "workflow":
    case "step":
      return ["fleet", "tasks", "agents", ...ofTask, ...timingOf(taskId), ...ofAgent];
    case "agent":
      if (type === "agent.output" || type === "agent.thinking" || type === "agent.checked") return [];
      return ["fleet", "agents", ...ofTask, ...ofAgent];
    case "tool":
      return ["fleet", ...ofAgent, ...timingOf(taskId)];
    case "model_call":
      if (type === "model_call.started") return timingOf(taskId);
      return ["fleet", "costs", ...ofTask, ...ofAgent, ...timingOf(taskId)];
    case "check":
    case "files":
    case "workspace":
      return ["fleet", ...ofTask, ...timingOf(taskId), ...(taskId === null ? [] : [`diff ${taskId}`])];
    case "fleet":
      return ["fleet"];
    default:
      return [];
  }
}

function timingOf(taskId: string | null): string[] {
  return taskId === null ? [] : [`timing ${taskId}`];
}

/**
 * Gathers what has become stale and passes it on at a bounded rate: at once after a quiet time, then once per interval.
 *
 * @param pass - told the keys, each once
 * @param later - calls once after a time
 * @param intervalMs - the shortest time between two passes
 */
export function createThrottle(
  pass: (keys: string[]) => void,
  later: (call: () => void, delayMs: number) => void,
  intervalMs: number,
): (keys: readonly string[]) => void {
  let gathered = new Set<string>();
  let isResting = false;
  const flush = () => {
    const keys = [...gathered];
    gathered = new Set();
    isResting = keys.length > 0;
    if (keys.length === 0) return;
    later(flush, intervalMs);
    pass(keys);
  };
  return (keys) => {
    for (const key of keys) gathered.add(key);
    if (!isResting && gathered.size > 0) flush();
  };
}
