import { isTaskEnded, type NewEvent, type TaskStatus } from "../../domain/index.js";
import type { Claimant, ClaimResult, HeldStep, StepClaim } from "../claims.js";
import type { Connection } from "./connection.js";
import type { SqlRow } from "./database.js";
import { admitCall } from "./holds.js";
import { isLiving } from "./living.js";

/** Makes the owner the runner of a queued task; inside a transaction. */
export function claimTask(connection: Connection, taskId: string, ownerId: string): boolean {
  const { get, insert } = connection;
  if (get("SELECT status FROM tasks WHERE task_id = ?", taskId)?.status !== "queued") return false;
  insert({ type: "task.started", taskId, stepKey: null, agentId: null, data: { ownerId } });
  return true;
}

const RESUMABLE: readonly unknown[] = ["running", "paused", "held", "needs_attention"];

/** Makes the owner the runner of a task that nobody runs any more; inside a transaction. */
export function resumeTask({ get, insert }: Connection, taskId: string, claimant: Claimant): boolean {
  const task = get(
    "SELECT t.status, t.owner_id, o.lease_until_ms FROM tasks t LEFT JOIN owners o ON o.owner_id = t.owner_id WHERE t.task_id = ?",
    taskId,
  );
  if (!task || !RESUMABLE.includes(task.status)) return false;
  const previousOwnerId = task.owner_id === null ? null : String(task.owner_id);
  const isHeld = isLiving(previousOwnerId, task.lease_until_ms, claimant);
  // Whoever waits for a person has let go of the task, and may live on with others.
  if (isHeld && task.status !== "needs_attention" && previousOwnerId !== claimant.ownerId) return false;
  const data = { ownerId: claimant.ownerId, previousOwnerId };
  insert({ type: "task.resumed", taskId, stepKey: null, agentId: null, data });
  return true;
}

/** Whether nobody else runs the task: one that is queued is anybody's, one that has ended is nobody's. */
function isRunBy({ get }: Connection, taskId: string, ownerId: string): boolean {
  const task = get("SELECT status, owner_id FROM tasks WHERE task_id = ?", taskId);
  if (!task || isTaskEnded(task.status as TaskStatus)) return false;
  return task.status === "queued" || task.owner_id === ownerId;
}

/** Appends events about a task if this owner still runs it; inside a transaction. */
export function appendAsOwner(
  connection: Connection,
  taskId: string,
  ownerId: string,
  events: readonly NewEvent[],
): boolean {
  if (!isRunBy(connection, taskId, ownerId)) return false;
  for (const event of events) connection.insert(event);
  return true;
}

/** Starts an attempt at a step if the limits allow it at this moment; inside a transaction. */
export function claimStep(connection: Connection, claim: StepClaim): ClaimResult {
  if (!isRunBy(connection, claim.taskId, claim.ownerId)) return { claimed: false, reason: "taken_over", holders: [] };
  const step = connection.get("SELECT * FROM steps WHERE task_id = ? AND key = ?", claim.taskId, claim.stepKey);
  if (!step || !isClaimable(connection, step, claim)) return { claimed: false, reason: "ended", holders: [] };

  const running = livingSteps(connection, claim, "running").filter((row) => nameOf(row) !== nameOf(step));
  if (running.length >= claim.maxRunning) return { claimed: false, reason: "limit", holders: running.map(nameOf) };
  // One writer at a time in the same files: of a worktree, or of the user's directory.
  const writer = running.find((row) => row.writes === 1 && doOverlap(String(row.workspace), String(step.workspace)));
  if (step.writes === 1 && writer) return { claimed: false, reason: "writer", holders: [nameOf(writer)] };
  const ahead = stepsAhead(connection, claim);
  if (running.length + ahead.length >= claim.maxRunning)
    return { claimed: false, reason: "priority", holders: ahead.map(nameOf) };

  const { scope } = claim;
  const admission = scope === undefined ? null : admitCall(connection, { ...claim, scope, caller: nameOf(step) });
  if (admission?.admitted === false) return { ...admission, claimed: false, reason: "held" };

  const attempt = Number(step.attempt) + 1;
  const subject = { taskId: claim.taskId, stepKey: claim.stepKey, agentId: null };
  connection.insert({ ...subject, type: "step.started", data: { attempt, ownerId: claim.ownerId } });
  return { claimed: true, attempt };
}

/** A step that is to come, or that runs in the hands of an owner who is gone. */
function isClaimable({ get }: Connection, step: SqlRow, claim: StepClaim): boolean {
  if (step.status === "pending" || step.status === "waiting") return true;
  if (step.status !== "running") return false;
  const ownerId = step.owner_id === null ? null : String(step.owner_id);
  // Our own, from before a pause: its work was interrupted, and nobody else can have it.
  if (ownerId === claim.ownerId) return claim.isInterrupted;
  const lease = ownerId === null ? null : get("SELECT lease_until_ms FROM owners WHERE owner_id = ?", ownerId);
  return !isLiving(ownerId, lease?.lease_until_ms, claim);
}

/** Those that wait for something else would not take a place that is free. */
const OUT_OF_LINE: readonly unknown[] = ["writer", "attention", "held"];

/** Steps of a greater priority that wait for a place, not for another writer: a place that is free is theirs. */
function stepsAhead(connection: Connection, claim: StepClaim): SqlRow[] {
  const own = Number(connection.get("SELECT priority FROM tasks WHERE task_id = ?", claim.taskId)?.priority ?? 0);
  return livingSteps(connection, claim, "waiting").filter(
    (row) => Number(row.priority) > own && !OUT_OF_LINE.includes(row.waiting_cause),
  );
}

/** Steps of a status whose task is in the hands of an owner that is alive. */
function livingSteps(connection: Connection, claim: Claimant, status: "running" | "waiting"): SqlRow[] {
  return connection
    .all(
      `SELECT s.task_id, s.key, s.writes, s.workspace, s.waiting_cause, o.owner_id, o.lease_until_ms, t.priority
       FROM steps s JOIN tasks t ON t.task_id = s.task_id
       JOIN owners o ON o.owner_id = coalesce(s.owner_id, t.owner_id)
       WHERE s.status = ?`,
      status,
    )
    .filter((step) => isLiving(String(step.owner_id), step.lease_until_ms, claim));
}

/** A step among all that share the database. */
function nameOf(row: SqlRow): string {
  return `${row.task_id}/${row.key}`;
}

/** Ends a step if this owner still holds this attempt; inside a transaction. */
export function endStep(
  connection: Connection,
  event: NewEvent & { type: "step.ended" },
  ownerId: string,
  attempt: number,
  extension: NewEvent | undefined,
): boolean {
  const { taskId, stepKey } = event;
  const events = extension ? [extension, event] : [event];
  return appendToStep(connection, events, { taskId: taskId ?? "", stepKey: stepKey ?? "", ownerId, attempt });
}

/** Appends events of a step if this owner still holds this attempt; inside a transaction. */
export function appendToStep(
  { get, insert }: Connection,
  events: readonly NewEvent[],
  { taskId, stepKey, ownerId, attempt }: HeldStep,
): boolean {
  const held = get("SELECT owner_id, attempt, status FROM steps WHERE task_id = ? AND key = ?", taskId, stepKey);
  if (held?.owner_id !== ownerId || held.attempt !== attempt || held.status !== "running") return false;
  for (const event of events) insert(event);
  return true;
}

/** Makes the owner the one whose process runs a hand-made agent; inside a transaction. */
export function claimAgent(connection: Connection, agentId: string, claimant: Claimant): boolean {
  const agent = connection.get(
    `SELECT a.status, a.task_id, a.owner_id, o.lease_until_ms FROM agents a
     LEFT JOIN owners o ON o.owner_id = a.owner_id WHERE a.agent_id = ?`,
    agentId,
  );
  if (!agent || agent.task_id !== null || agent.status === "deleted") return false;
  const holder = agent.owner_id === null ? null : String(agent.owner_id);
  if (holder === claimant.ownerId) return true;
  if (isLiving(holder, agent.lease_until_ms, claimant)) return false;
  const data = { ownerId: claimant.ownerId };
  connection.insert({ type: "agent.claimed", taskId: null, stepKey: null, agentId, data });
  return true;
}

/** True when one directory is the other or lies below it. */
function doOverlap(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}
