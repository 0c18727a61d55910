import { ORPHAN_LIMITS_MS } from "./play.mjs";

const KINDS = ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"];

/**
 * The ledger against the endpoint's own count: one row for each call, equal for each whose answer was delivered, and
 * `incomplete` only for one that was in flight when its process or its orchestrator was killed.
 */
export function verifyLedger(end) {
  const { records, kills } = end;
  const { ledger, totals } = records;
  const struck = kills.flatMap((kill) => kill.struck ?? []);
  const { pairs, rowsLeft, callsLeft } = matchCalls(end);
  const unseen = findUnseen(end);
  const words = [];
  for (const call of callsLeft.filter((each) => !unseen.includes(each)))
    words.push(`call ${call.index} (${call.usageDelivered}) has no row in the ledger`);
  for (const row of rowsLeft)
    if (row.state !== "incomplete") words.push(`the ledger has a ${row.state} row of no call: ${row.stepKey}`);
  for (const { row, call } of pairs) {
    if (row.state === "complete" && !isSame(row, call.usage))
      words.push(`the row of call ${call.index} has other figures`);
    if (row.state === "complete" && call.usageDelivered !== "final")
      words.push(`the row of call ${call.index} is complete, and its answer was ${call.usageDelivered}`);
    if (row.state === "failed") words.push(`the row of call ${call.index} is failed`);
    if (row.state === "incomplete" && KINDS.some((kind) => row[kind] > call.usage[kind]))
      words.push(`the incomplete row of call ${call.index} claims more than the call has used`);
  }
  for (const row of ledger) {
    if (row.source !== "stream") words.push(`the ledger has a ${row.source} row of ${row.stepKey}`);
    if (row.state === "incomplete") words.push(...verifyCut(row, ledger, struck));
  }
  for (const kind of KINDS) {
    const sum = ledger.reduce((total, row) => total + row[kind], 0);
    if (totals[kind] !== sum) words.push(`the total of ${kind} is ${totals[kind]}, and the rows hold ${sum}`);
  }
  return words;
}

/**
 * Calls that the orchestrator could not see any more: they were asked for while it was being killed, or by an agent that
 * was still being ended. They have no row, which is counted and told apart: see docs/reliability.md.
 */
export function findUnseen(end) {
  const hostsKilledMs = end.kills.flatMap(({ struck }) => (struck?.host ? [struck.atMs] : []));
  const limitMs = ORPHAN_LIMITS_MS[end.guard];
  return matchCalls(end).callsLeft.filter(({ startedAtMs, endedAtMs }) =>
    hostsKilledMs.some((ms) => startedAtMs <= ms + limitMs && (endedAtMs ?? ms) >= ms),
  );
}

/** A row is incomplete only as the last of its process, when a kill came between it and whatever its agent did next. */
function verifyCut(row, ledger, struck) {
  const startMs = Date.parse(row.startedAt);
  const later = ledger.filter((other) => other.agentId === row.agentId && Date.parse(other.startedAt) > startMs);
  const isLast = later.every((other) => other.processId !== row.processId);
  const nextMs = Math.min(...later.map((other) => Date.parse(other.startedAt)), Number.POSITIVE_INFINITY);
  const wasKilled = struck.some(({ atMs }) => atMs >= startMs && atMs <= nextMs);
  return isLast && wasKilled ? [] : [`a row of ${row.stepKey} is incomplete although no kill cut it off`];
}

/** Pairs rows with calls: by the message's id where it was seen, otherwise in order within an agent. */
function matchCalls({ records, stage }) {
  const { ledger } = records;
  const { calls } = stage.server;
  const sessions = sessionsOf(records);
  const pairs = [];
  const callsLeft = new Set(calls);
  const open = [];
  for (const row of ledger) {
    const call = row.apiMessageId && [...callsLeft].find((each) => each.messageId === row.apiMessageId);
    if (!call) {
      open.push(row);
      continue;
    }
    callsLeft.delete(call);
    pairs.push({ row, call });
  }
  const rowsLeft = [];
  for (const row of open.sort((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    const call = [...callsLeft].find((each) => sessions.get(row.agentId)?.has(each.sessionId));
    if (!call || row.state === "complete") {
      rowsLeft.push(row);
      continue;
    }
    callsLeft.delete(call);
    pairs.push({ row, call });
  }
  return { pairs, rowsLeft, callsLeft: [...callsLeft] };
}

function sessionsOf({ events }) {
  const sessions = new Map();
  for (const { type, agentId, data } of events) {
    if (type !== "agent.started") continue;
    sessions.set(agentId, (sessions.get(agentId) ?? new Set()).add(data.sessionId));
  }
  return sessions;
}

function isSame(row, usage) {
  return KINDS.every((kind) => row[kind] === usage[kind]);
}
