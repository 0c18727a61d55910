/** The steps of a run against those of the undisturbed one, and against the calls that reached the endpoint. */
export function verifySteps({ records, kills, stage, retries }, expected) {
  const { steps, agents, events } = records;
  const struck = kills.flatMap((kill) => kill.struck ?? []);
  const words = [];
  const tell = (all) => all.map(({ stepKey, status }) => `${stepKey} ${status}`).join(", ");
  if (tell(steps) !== tell(expected.records.steps))
    words.push(`the steps are ${tell(steps)}, not ${tell(expected.records.steps)}`);
  const failures = events.filter((event) => event.type === "step.attempt_failed");
  const fell = struck.filter(({ cliPid }) => cliPid !== null).length;
  if (failures.length + retries > fell)
    words.push(`${failures.length} attempts have failed, and ${fell} agents were killed`);
  const extra = agents.length - expected.records.agents.length;
  // An agent that was killed alone is followed by another; all else goes on as the same.
  if (extra < 0 || extra > failures.length + retries)
    words.push(
      `there are ${agents.length} agents, not ${expected.records.agents.length}; ${failures.length} attempts failed`,
    );
  for (const agent of agents)
    if (agent.status !== "deleted") words.push(`the agent of ${agent.stepKey} is ${agent.status}`);
  for (const step of steps) words.push(...verifyStep(step, events, struck, stage, retries));
  return words;
}

function verifyStep({ stepKey }, events, struck, { server, results: given }, retries) {
  const own = events.filter((event) => event.stepKey === stepKey);
  const timesOf = (type) => own.filter((event) => event.type === type).map((event) => Date.parse(event.time));
  const ends = own.filter((event) => event.type === "step.ended");
  const words = [];
  const successes = ends.filter((event) => event.data.status === "succeeded");
  if (successes.length !== 1 || ends.length > 1 + retries) words.push(`${stepKey} has ended ${ends.length} times`);
  const endedMs = Math.max(...timesOf("step.ended"));
  const wasKilled = (fromMs, toMs) => struck.some(({ atMs, host }) => host && atMs >= fromMs && atMs <= toMs);
  const starts = timesOf("step.started");
  for (const [position, startMs] of starts.entries()) {
    if (startMs > endedMs) words.push(`${stepKey} was begun again after it had ended`);
    const beforeMs = starts[position - 1];
    const isReopened = timesOf("step.reopened").some((ms) => ms >= beforeMs && ms <= startMs);
    if (beforeMs !== undefined && !isReopened && !wasKilled(beforeMs, startMs))
      words.push(`${stepKey} was begun twice although nothing was killed in between`);
  }
  const sessions = new Set(own.flatMap((event) => (event.type === "agent.started" ? [event.data.sessionId] : [])));
  const served = server.calls.filter((call) => sessions.has(call.sessionId));
  for (const call of served)
    if (call.startedAtMs > endedMs) words.push(`${stepKey} asked its model after it had ended (call ${call.index})`);
  // A result that was not recorded any more is given again, by the process that has come after the kill.
  const results = served.filter((call) => call.outcome === "delivered" && given.has(call.index));
  for (const [position, { startedAtMs }] of results.entries()) {
    const next = results[position + 1];
    if (next && !timesOf("agent.started").some((ms) => ms >= startedAtMs && ms <= next.startedAtMs))
      words.push(`${stepKey} gave its result twice although no other process took over in between`);
  }
  const finished = timesOf("agent.ended").length;
  return finished > 0 && results.length === 0 && served.length > 0
    ? [...words, `${stepKey} ended without a result`]
    : words;
}
