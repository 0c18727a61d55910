import type { NewEvent } from "../../domain/index.js";
import type { Admission, CallRequest, HoldRecord, NewHold } from "../claims.js";
import type { Connection } from "./connection.js";
import type { SqlRow } from "./database.js";
import { isLiving } from "./living.js";

/** How long the one that tries may take to be answered before another tries. */
const CANARY_MS = 120_000;
/** For so long after a release the others follow one after another. */
const RECOVERY_MS = 10_000;
const SPACING_MS = 250;
/** How long a hold lasts whose end nobody has named: the first one, and the longest in a row of doublings. */
const UNNAMED_MS = { usage_limit: [60_000, 900_000], overload: [5_000, 60_000], unreachable: [5_000, 60_000] } as const;

type FleetEvent = NewEvent extends infer E ? (E extends NewEvent ? Pick<E, "type" | "data"> : never) : never;

/** Holds the fleet, or says so again; inside a transaction. `null` when it has waited longer than it may. */
export function holdFleet(connection: Connection, hold: NewHold): HoldRecord | null {
  const { scope, cause, reason, nowMs, caller } = hold;
  const found = find(connection, scope);
  const present = found && found.releasedMs === null ? found : null;
  // Those that were on their way tell the same; only the one that tried, or one that comes after the end, knows more.
  if (present && present.canary !== caller && present.untilMs > nowMs) return present;
  const sinceMs = present?.sinceMs ?? nowMs;
  const event = { taskId: null, stepKey: null, agentId: null };
  if (hold.patienceMs !== null && nowMs - sinceMs >= hold.patienceMs) {
    if (present) connection.insert({ ...event, type: "fleet.released", data: { scope, reason: "given_up" } });
    return null;
  }
  const strikes = (present?.strikes ?? 0) + 1;
  const [first, longest] = UNNAMED_MS[cause];
  const untilMs = hold.untilMs ?? nowMs + Math.min(longest, first * 2 ** (strikes - 1));
  const times = { until: toTime(Math.max(untilMs, nowMs + 1_000)), since: toTime(sinceMs) };
  connection.insert({ ...event, type: "fleet.held", data: { scope, cause, reason, ...times, strikes } });
  return find(connection, scope);
}

/** Lets a step or an agent begin with model calls, unless the fleet is held; inside a transaction. */
export function admitCall(connection: Connection, request: CallRequest): Admission {
  const { scope, caller, ownerId, nowMs } = request;
  const hold = find(connection, scope);
  if (!hold) return { admitted: true };
  if (hold.releasedMs !== null) return follow(connection, hold, nowMs);
  if (hold.untilMs > nowMs) return { admitted: false, hold, retryAtMs: hold.untilMs };
  if (hold.canary !== caller && isTrying(connection, hold, request))
    return { admitted: false, hold, retryAtMs: hold.canaryUntilMs };
  const data = { scope, caller, ownerId, until: toTime(nowMs + CANARY_MS) };
  connection.insert({ taskId: null, stepKey: null, agentId: null, type: "fleet.canary_sent", data });
  return { admitted: true };
}

/** After a release: one after another, for a while. */
function follow({ run }: Connection, hold: HoldRecord, nowMs: number): Admission {
  const isOver = nowMs >= (hold.releasedMs ?? 0) + RECOVERY_MS;
  if (isOver) {
    run("DELETE FROM holds WHERE scope = ?", hold.scope);
    return { admitted: true };
  }
  // A clock that was set back must not keep anybody for long.
  if (hold.nextMs > nowMs && hold.nextMs <= nowMs + RECOVERY_MS)
    return { admitted: false, hold, retryAtMs: hold.nextMs };
  run("UPDATE holds SET next_ms = ? WHERE scope = ?", nowMs + SPACING_MS, hold.scope);
  return { admitted: true };
}

function isTrying({ get }: Connection, hold: HoldRecord, request: CallRequest): boolean {
  if (hold.canary === null || hold.canaryUntilMs <= request.nowMs) return false;
  const owner = get("SELECT lease_until_ms FROM owners WHERE owner_id = ?", hold.canaryOwnerId);
  return isLiving(hold.canaryOwnerId, owner?.lease_until_ms, request);
}

/** The one that tried has been answered: the hold is over; inside a transaction. */
export function releaseFleet(connection: Connection, scope: string, caller: string): boolean {
  return endTrial(connection, scope, caller, { type: "fleet.released", data: { scope, reason: "answered" } });
}

/** The one that tried ended without an answer: another may; inside a transaction. */
export function loseCanary(connection: Connection, scope: string, caller: string): boolean {
  return endTrial(connection, scope, caller, { type: "fleet.canary_lost", data: { scope, caller } });
}

function endTrial(connection: Connection, scope: string, caller: string, event: FleetEvent): boolean {
  const hold = find(connection, scope);
  if (!hold || hold.releasedMs !== null || hold.canary !== caller) return false;
  connection.insert({ ...event, taskId: null, stepKey: null, agentId: null } as NewEvent);
  return true;
}

/** What the fleet waits for, of everybody or in one scope. */
export function listHolds({ all }: Connection): HoldRecord[] {
  return all("SELECT * FROM holds WHERE released_ms IS NULL ORDER BY since_ms").map(toHold);
}

function find({ get }: Connection, scope: string): HoldRecord | null {
  const row = get("SELECT * FROM holds WHERE scope = ?", scope);
  return row ? toHold(row) : null;
}

function toHold(row: SqlRow): HoldRecord {
  return {
    scope: row.scope,
    cause: row.cause,
    reason: row.reason,
    sinceMs: row.since_ms,
    untilMs: row.until_ms,
    strikes: row.strikes,
    canary: row.canary,
    canaryOwnerId: row.canary_owner_id,
    canaryUntilMs: row.canary_until_ms,
    releasedMs: row.released_ms,
    nextMs: row.next_ms,
  } as HoldRecord;
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
