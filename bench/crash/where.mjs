/**
 * Where in the work a kill fell: most of it can be told from the log and the endpoint's record alone.
 *
 * @param struck - the kill as it happened
 * @returns a few words
 */
export function whereItFell({ atMs }, { events, steps }, calls) {
  const timed = events.map((event) => ({ ...event, ms: Date.parse(event.time) })).filter(({ ms }) => ms <= atMs);
  const open = new Map();
  for (const { type, stepKey, data } of timed) {
    if (type === "step.started") open.set(stepKey, { kind: steps.find((each) => each.stepKey === stepKey)?.kind });
    if (type === "step.ended") open.delete(stepKey);
    if (type === "agent.ended" && open.has(stepKey)) open.get(stepKey).isRecorded = true;
    if (type === "tool.started" && open.has(stepKey)) open.get(stepKey).tool = data.toolUseId;
    if (type === "tool.ended" && open.get(stepKey)?.tool === data.toolUseId) open.get(stepKey).tool = null;
    if (type === "agent.prompted" && open.has(stepKey)) open.get(stepKey).isAsked = true;
  }
  if (!timed.some(({ type }) => type === "task.created")) return "before the task";
  if (timed.some(({ type }) => type === "task.ended")) return "after the end";
  const running = [...open.values()];
  if (running.length === 0)
    return steps.every((step) => timed.some((each) => isEndOf(each, step))) ? "closing" : "between steps";
  const kinds = running.map(({ kind }) => kind);
  if (running.some(({ isRecorded }) => isRecorded)) return "recording and commit";
  if (running.some(({ tool }) => tool)) return "tool";
  if (calls.some(({ startedAtMs, endedAtMs }) => startedAtMs <= atMs && (endedAtMs ?? atMs) >= atMs))
    return "model call";
  if (kinds.includes("merge")) return "merge";
  if (kinds.some((kind) => kind === "check" || kind === "baseline")) return "check";
  return running.some(({ isAsked }) => isAsked) ? "between call and tool" : "start of an agent";
}

function isEndOf({ type, stepKey }, step) {
  return type === "step.ended" && stepKey === step.stepKey;
}
