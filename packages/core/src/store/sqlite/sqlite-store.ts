import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import {
  EVENT_VERSION,
  eventDataSchemas,
  isTaskEnded,
  type NewEvent,
  OrchestratorError,
  type StepStatus,
  type StoredEvent,
  type TaskStatus,
} from "../../domain/index.js";
import type { ClaimResult, EventQuery, StepClaim, Store } from "../store.js";
import {
  type Database,
  openDatabase,
  rollBack,
  type SqlRow,
  type SqlValue,
  type Statement,
  toDatabaseError,
  translateErrors,
} from "./database.js";
import { migrate } from "./migrations.js";
import { project } from "./projections/index.js";
import { TOTALS_SQL, toAgent, toEvent, toFile, toLedgerRow, toOwner, toStep, toTask, toTotals } from "./records.js";
import { subscribeTo } from "./subscription.js";

const DEFAULT_PAGE = 1_000;

/**
 * Opens the store of a data folder, and makes or migrates it where needed.
 *
 * @param options.path - the database file; its folder is created
 * @param options.now - the clock, milliseconds since 1970
 * @returns the store; close it when done
 * @throws OrchestratorError a `database_…` code when the file cannot be used
 * @example
 * const store = await openSqliteStore({ path: "/home/me/.orchestrator/orchestrator.db" });
 */
export async function openSqliteStore(options: { path: string; now?: () => number }): Promise<Store> {
  const { path, now = Date.now } = options;
  makeFolder(dirname(path));
  const database = openDatabase(path);
  try {
    translateErrors(path, () => migrate(database, path));
  } catch (error) {
    database.close();
    throw error;
  }
  return createStore(database, path, now);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new OrchestratorError(
      code === "ENOSPC" ? "disk_full" : "database_read_only",
      `The data folder ${folder} cannot be created (${code}).`,
      "Give yourself the right to write there, or set ORCHESTRATOR_HOME to another folder.",
      { cause: error },
    );
  }
}

function createStore(database: Database, path: string, now: () => number): Store {
  const statements = new Map<string, Statement>();
  const listeners = new Set<() => void>();
  let closed = false;
  let hasWritten = false;

  function prepare(sql: string): Statement {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }
  const run = (sql: string, ...parameters: SqlValue[]): void => {
    prepare(sql).run(...parameters);
  };
  const get = (sql: string, ...parameters: SqlValue[]): SqlRow | undefined =>
    prepare(sql).get(...parameters) as SqlRow | undefined;
  const all = (sql: string, ...parameters: SqlValue[]): SqlRow[] => prepare(sql).all(...parameters) as SqlRow[];

  /** Runs one atomic operation; a method of the store is async only so that another store may be remote. */
  function guarded<T>(operation: () => T): T {
    if (closed) throw new OrchestratorError("database_failed", "The store is closed.", "Open it again.");
    return translateErrors(path, operation);
  }

  function transaction<T>(operation: () => T): T {
    return guarded(() => {
      database.exec("BEGIN IMMEDIATE");
      let result: T;
      try {
        result = operation();
        database.exec("COMMIT");
      } catch (error) {
        rollBack(database);
        throw error;
      }
      hasWritten = true;
      for (const listener of listeners) listener();
      return result;
    });
  }

  function insert(event: NewEvent): StoredEvent {
    eventDataSchemas[event.type].parse(event.data);
    const time = new Date(now()).toISOString();
    const { lastInsertRowid } = prepare(
      "INSERT INTO events (time, version, type, task_id, step_key, agent_id, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ).run(time, EVENT_VERSION, event.type, event.taskId, event.stepKey, event.agentId, JSON.stringify(event.data));
    const stored = { ...event, seq: Number(lastInsertRowid), time, version: EVENT_VERSION } as StoredEvent;
    project(stored, run, get);
    return stored;
  }

  function readEvents({ after = 0, taskId, agentId, limit = DEFAULT_PAGE }: EventQuery): StoredEvent[] {
    const conditions = ["seq > ?"];
    const parameters: SqlValue[] = [after];
    if (taskId !== undefined) {
      conditions.push("task_id = ?");
      parameters.push(taskId);
    }
    if (agentId !== undefined) {
      conditions.push("agent_id = ?");
      parameters.push(agentId);
    }
    const sql = `SELECT * FROM events WHERE ${conditions.join(" AND ")} ORDER BY seq LIMIT ?`;
    return all(sql, ...parameters, limit).map(toEvent);
  }

  /** Steps that run now in the hands of an owner that is alive. */
  function runningSteps(claim: StepClaim): SqlRow[] {
    return all(
      `SELECT s.task_id, s.key, s.writes, s.workspace, s.owner_id FROM steps s JOIN owners o ON o.owner_id = s.owner_id
       WHERE s.status = 'running' AND o.lease_until_ms > ?`,
      claim.nowMs,
    ).filter((step) => !claim.deadOwnerIds.includes(String(step.owner_id)));
  }

  function claimStep(claim: StepClaim): ClaimResult {
    const step = get("SELECT * FROM steps WHERE task_id = ? AND key = ?", claim.taskId, claim.stepKey);
    const status = step?.status as StepStatus | undefined;
    if (!step || (status !== "pending" && status !== "waiting"))
      return { claimed: false, reason: "ended", holders: [] };
    const running = runningSteps(claim);
    const name = (row: SqlRow) => `${row.task_id}/${row.key}`;
    if (running.length >= claim.maxRunning) return { claimed: false, reason: "limit", holders: running.map(name) };
    // Agents work in the directory itself until tasks have workspaces of their own: one writer at a time.
    const writer = running.find((row) => row.writes === 1 && doOverlap(String(row.workspace), String(step.workspace)));
    if (step.writes === 1 && writer) return { claimed: false, reason: "writer", holders: [name(writer)] };
    const attempt = Number(step.attempt) + 1;
    const subject = { taskId: claim.taskId, stepKey: claim.stepKey, agentId: null };
    insert({ ...subject, type: "step.started", data: { attempt, ownerId: claim.ownerId } });
    return { claimed: true, attempt };
  }

  const TASKS_SQL = `SELECT t.*, ${TOTALS_SQL} FROM tasks t LEFT JOIN ledger l ON l.task_id = t.task_id`;
  const AGENTS_SQL = `SELECT a.*, t.rehearsal, ${TOTALS_SQL} FROM agents a
    LEFT JOIN tasks t ON t.task_id = a.task_id LEFT JOIN ledger l ON l.agent_id = a.agent_id`;

  const source = {
    dataVersion: () => Number(get("PRAGMA data_version")?.data_version),
    onAppend(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isClosed: () => closed,
  };

  return {
    async append(events) {
      return transaction(() => events.map(insert));
    },
    async readEvents(query) {
      return guarded(() => readEvents(query));
    },
    subscribe({ signal, after = 0, ...query }) {
      const read = (cursor: number, limit: number) => guarded(() => readEvents({ ...query, after: cursor, limit }));
      return subscribeTo({ ...source, read }, after, signal);
    },
    async lastSeq() {
      return guarded(() => Number(get("SELECT coalesce(max(seq), 0) AS seq FROM events")?.seq));
    },
    async claimTask(taskId, ownerId) {
      return transaction(() => {
        const status = get("SELECT status FROM tasks WHERE task_id = ?", taskId)?.status as TaskStatus | undefined;
        if (!status || isTaskEnded(status) || status !== "queued") return false;
        insert({ taskId, stepKey: null, agentId: null, type: "task.started", data: { ownerId } });
        return true;
      });
    },
    async claimStep(claim) {
      return transaction(() => claimStep(claim));
    },
    async endStep(event, ownerId, attempt) {
      return transaction(() => {
        const held = get(
          "SELECT owner_id, attempt, status FROM steps WHERE task_id = ? AND key = ?",
          event.taskId,
          event.stepKey,
        );
        if (held?.owner_id !== ownerId || held.attempt !== attempt || held.status !== "running") return false;
        insert(event);
        return true;
      });
    },
    async putOwner(owner) {
      guarded(() =>
        run(
          `INSERT INTO owners (owner_id, host, pid, pid_started, lease_until_ms) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (owner_id) DO UPDATE SET lease_until_ms = excluded.lease_until_ms`,
          owner.ownerId,
          owner.host,
          owner.pid,
          owner.pidStarted,
          owner.leaseUntilMs,
        ),
      );
    },
    async removeOwner(ownerId) {
      guarded(() => run("DELETE FROM owners WHERE owner_id = ?", ownerId));
    },
    async listOwners() {
      return guarded(() => all("SELECT * FROM owners").map(toOwner));
    },
    async getTask(taskId) {
      return guarded(() => {
        const row = get(`${TASKS_SQL} WHERE t.task_id = ? GROUP BY t.task_id`, taskId);
        return row ? toTask(row) : null;
      });
    },
    async listTasks({ status, isEnded, limit = DEFAULT_PAGE } = {}) {
      const conditions = ["1 = 1"];
      const parameters: SqlValue[] = [];
      if (isEnded !== undefined) conditions.push(isEnded ? "t.ended_at IS NOT NULL" : "t.ended_at IS NULL");
      if (status) {
        conditions.push("t.status = ?");
        parameters.push(status);
      }
      const sql = `${TASKS_SQL} WHERE ${conditions.join(" AND ")} GROUP BY t.task_id ORDER BY t.created_at DESC, t.rowid DESC LIMIT ?`;
      return guarded(() => all(sql, ...parameters, limit).map(toTask));
    },
    async countFleet() {
      const counts = (sql: string) => Object.fromEntries(all(sql).map((row) => [String(row.name), Number(row.count)]));
      return guarded(() => ({
        tasksByStatus: counts("SELECT status AS name, count(*) AS count FROM tasks GROUP BY status"),
        agentsByStatus: counts("SELECT status AS name, count(*) AS count FROM agents GROUP BY status"),
        agentsByRole: counts("SELECT role AS name, count(*) AS count FROM agents GROUP BY role"),
      }));
    },
    async listSteps(taskId) {
      return guarded(() => all("SELECT * FROM steps WHERE task_id = ? ORDER BY position", taskId).map(toStep));
    },
    async getAgent(agentId) {
      return guarded(() => {
        const row = get(`${AGENTS_SQL} WHERE a.agent_id = ? GROUP BY a.agent_id`, agentId);
        return row ? toAgent(row) : null;
      });
    },
    async listAgents({ taskId, role, status, limit = DEFAULT_PAGE } = {}) {
      const filters = { "a.task_id": taskId, "a.role": role, "a.status": status };
      const given = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const where = given.length > 0 ? `WHERE ${given.map(([column]) => `${column} = ?`).join(" AND ")}` : "";
      const sql = `${AGENTS_SQL} ${where} GROUP BY a.agent_id ORDER BY a.created_at, a.rowid LIMIT ?`;
      return guarded(() => all(sql, ...given.map(([, value]) => value), limit).map(toAgent));
    },
    async listLedger({ taskId, agentId } = {}) {
      return guarded(() =>
        all(
          `SELECT * FROM ledger WHERE (?1 IS NULL OR task_id = ?1) AND (?2 IS NULL OR agent_id = ?2)
           ORDER BY started_at, agent_id, ordinal`,
          taskId ?? null,
          agentId ?? null,
        ).map(toLedgerRow),
      );
    },
    async listFiles(taskId) {
      return guarded(() => all("SELECT * FROM files WHERE task_id = ? ORDER BY rowid", taskId).map(toFile));
    },
    async totals({ taskId, agentId } = {}) {
      return guarded(() => {
        const sql =
          taskId || agentId
            ? `SELECT ${TOTALS_SQL} FROM ledger l WHERE (?1 IS NULL OR l.task_id = ?1) AND (?2 IS NULL OR l.agent_id = ?2)`
            : `SELECT ${TOTALS_SQL} FROM ledger l LEFT JOIN tasks t ON t.task_id = l.task_id
               WHERE coalesce(t.rehearsal, 0) = 0 AND ?1 IS NULL AND ?2 IS NULL`;
        return toTotals(get(sql, taskId ?? null, agentId ?? null) as SqlRow);
      });
    },
    async findIds(kind, prefix) {
      const table = kind === "task" ? "tasks" : "agents";
      const full = prefix.startsWith(`${kind}_`) ? prefix : `${kind}_${prefix}`;
      return guarded(() =>
        all(`SELECT ${kind}_id AS id FROM ${table} WHERE substr(${kind}_id, 1, ?) = ? LIMIT 20`, full.length, full).map(
          (row) => String(row.id),
        ),
      );
    },
    async check() {
      return guarded(() =>
        all("PRAGMA quick_check")
          .map((row) => String(row.quick_check))
          .filter((line) => line !== "ok"),
      );
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const listener of listeners) listener();
      statements.clear();
      // Not every driver moves the log into the file when it closes; whoever copies the file should find it whole.
      if (hasWritten) checkpoint(database);
      database.close();
    },
  };
}

function checkpoint(database: Database): void {
  try {
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch (error) {
    // A full or broken disk: the log still holds everything, and the next to open the file reads it.
    if (!OrchestratorError.is(toDatabaseError("", error))) throw error;
  }
}

/** True when one directory is the other or lies below it. */
function doOverlap(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}
