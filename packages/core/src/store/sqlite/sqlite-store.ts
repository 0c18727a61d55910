import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { OrchestratorError, type StoredEvent } from "../../domain/index.js";
import type { EventQuery } from "../queries.js";
import type { Store } from "../store.js";
import * as analysis from "./analysis.js";
import * as claims from "./claims.js";
import { type Connection, connect } from "./connection.js";
import { findContradictions } from "./consistency.js";
import { findDamage } from "./damage.js";
import { type Database, openDatabase, type SqlValue, toDatabaseError, translateErrors } from "./database.js";
import { createDrafts } from "./drafts.js";
import * as holds from "./holds.js";
import { containing } from "./like.js";
import { migrate } from "./migrations.js";
import {
  TOTALS_SQL,
  toAgent,
  toCheck,
  toEvent,
  toFile,
  toMessage,
  toOwner,
  toStep,
  toTask,
  toWorkspace,
} from "./records.js";
import * as removal from "./removal.js";
import { closeReplaced, noteFile, type OpenedFile } from "./replaced-file.js";
import { subscribeTo } from "./subscription.js";
import * as tasks from "./tasks.js";

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
  return createStore(database, path, connect(database, path, now), now, noteFile(path));
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

function readEvents({ all }: Connection, query: EventQuery): StoredEvent[] {
  const { after = 0, before, taskId, agentId, types, search, limit = DEFAULT_PAGE, newestFirst = false } = query;
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
  if (before !== undefined) {
    conditions.push("seq < ?");
    parameters.push(before);
  }
  if (types !== undefined) {
    // As one value, so that any number of types is one and the same statement.
    conditions.push("type IN (SELECT value FROM json_each(?))");
    parameters.push(JSON.stringify(types));
  }
  if (search !== undefined) {
    conditions.push("data LIKE ? ESCAPE '\\'");
    parameters.push(containing(JSON.stringify(search).slice(1, -1)));
  }
  const sql = `SELECT * FROM events WHERE ${conditions.join(" AND ")} ORDER BY seq ${newestFirst ? "DESC" : "ASC"} LIMIT ?`;
  return all(sql, ...parameters, limit).map(toEvent);
}

/** The owner of a workflow's agent is its task's, for as long as it has not ended. */
const AGENTS_SQL = `SELECT a.*, CASE WHEN a.ended_at IS NULL THEN coalesce(a.owner_id, t.owner_id) END AS runner, ${TOTALS_SQL}
  FROM agents a LEFT JOIN tasks t ON t.task_id = a.task_id LEFT JOIN ledger l ON l.agent_id = a.agent_id`;

/** The Store over one connection. Its methods are async only so that another store may be remote. */
function createStore(
  database: Database,
  path: string,
  connection: Connection,
  now: () => number,
  opened: OpenedFile,
): Store {
  const { run, get, all, guarded, transaction, insert } = connection;
  const drafts = createDrafts(connection, path);
  const source = {
    dataVersion: () => Number(get("PRAGMA data_version")?.data_version),
    onAppend: connection.onCommit,
    isClosed: connection.isClosed,
  };

  return {
    async append(events) {
      return transaction(() => events.map(insert));
    },
    async appendAsOwner(taskId, ownerId, events) {
      return transaction(() => claims.appendAsOwner(connection, taskId, ownerId, events));
    },
    async readEvents(query) {
      return guarded(() => readEvents(connection, query));
    },
    subscribe({ signal, after = 0, ...query }) {
      const read = (cursor: number, limit: number) =>
        guarded(() => readEvents(connection, { ...query, after: cursor, limit }));
      return subscribeTo({ ...source, read }, after, signal);
    },
    async putDraft(draft) {
      guarded(() => drafts.put(draft));
    },
    followDrafts(signal) {
      const read = (after: number) => guarded(() => drafts.read(after));
      return drafts.follow({ ...source, read }, signal);
    },
    async lastSeq() {
      return guarded(() => Number(get("SELECT seq FROM sqlite_sequence WHERE name = 'events'")?.seq ?? 0));
    },
    async databaseId() {
      return guarded(() => String(get("SELECT database_id FROM identity")?.database_id));
    },
    async claimTask(taskId, ownerId) {
      return transaction(() => claims.claimTask(connection, taskId, ownerId));
    },
    async resumeTask(taskId, claimant) {
      return transaction(() => claims.resumeTask(connection, taskId, claimant));
    },
    async claimStep(claim) {
      return transaction(() => claims.claimStep(connection, claim));
    },
    async appendToStep(events, claim) {
      return transaction(() => claims.appendToStep(connection, events, claim));
    },
    async endStep(event, ownerId, attempt, extension) {
      return transaction(() => claims.endStep(connection, event, ownerId, attempt, extension));
    },
    async holdFleet(hold) {
      return transaction(() => holds.holdFleet(connection, hold));
    },
    async admitCall(request) {
      return transaction(() => holds.admitCall(connection, request));
    },
    async releaseFleet(scope, caller) {
      return transaction(() => holds.releaseFleet(connection, scope, caller));
    },
    async loseCanary(scope, caller) {
      return transaction(() => holds.loseCanary(connection, scope, caller));
    },
    async listHolds() {
      return guarded(() => holds.listHolds(connection));
    },
    async claimAgent(agentId, claimant) {
      return transaction(() => claims.claimAgent(connection, agentId, claimant));
    },
    async listOpenMessages(agentId) {
      const sql = "SELECT * FROM messages WHERE agent_id = ? AND status IN ('queued', 'delivered') ORDER BY seq";
      return guarded(() => all(sql, agentId).map(toMessage));
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
        const row = get(`${tasks.TASKS_SQL} WHERE t.task_id = ? GROUP BY t.task_id`, taskId);
        return row ? toTask(row) : null;
      });
    },
    async listTasks(query = {}) {
      return guarded(() => tasks.listTasks(connection, query));
    },
    async countTasks(query = {}) {
      return guarded(() => tasks.countTasks(connection, query));
    },
    async countFleet() {
      const counts = (sql: string) => Object.fromEntries(all(sql).map((row) => [String(row.name), Number(row.count)]));
      const files =
        "SELECT use AS name, count(*) AS count FROM (SELECT DISTINCT task_id, use, path FROM files) GROUP BY use";
      return guarded(() => ({
        tasksByStatus: counts("SELECT status AS name, count(*) AS count FROM tasks GROUP BY status"),
        agentsByStatus: counts("SELECT status AS name, count(*) AS count FROM agents GROUP BY status"),
        agentsByRole: counts("SELECT role AS name, count(*) AS count FROM agents GROUP BY role"),
        files: { consumed: 0, produced: 0, ...counts(files) },
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
    async listAgents({ taskId, role, status, isDeleted, limit = DEFAULT_PAGE } = {}) {
      const filters = { "a.task_id = ?": taskId, "a.role = ?": role, "a.status = ?": status };
      const given = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const conditions = given.map(([condition]) => condition);
      if (isDeleted !== undefined) conditions.push(`a.status ${isDeleted ? "=" : "<>"} 'deleted'`);
      const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
      const sql = `${AGENTS_SQL} ${where} GROUP BY a.agent_id ORDER BY a.created_at, a.rowid LIMIT ?`;
      return guarded(() => all(sql, ...given.map(([, value]) => value), limit).map(toAgent));
    },
    async listLedger(filter = {}) {
      return guarded(() => analysis.listLedger(connection, filter));
    },
    async listFiles(taskId) {
      return guarded(() => all("SELECT * FROM files WHERE task_id = ? ORDER BY rowid", taskId).map(toFile));
    },
    async listChecks(taskId) {
      return guarded(() => all("SELECT * FROM checks WHERE task_id = ? ORDER BY seq", taskId).map(toCheck));
    },
    async listWorkspaces({ taskId, isPresent } = {}) {
      const conditions = ["1 = 1"];
      if (isPresent !== undefined) conditions.push(`removed_at IS ${isPresent ? "" : "NOT "}NULL`);
      if (taskId !== undefined) conditions.push("task_id = ?");
      const sql = `SELECT * FROM workspaces WHERE ${conditions.join(" AND ")} ORDER BY created_at, lane`;
      return guarded(() => all(sql, ...(taskId === undefined ? [] : [taskId])).map(toWorkspace));
    },
    async totals(filter = {}) {
      return guarded(() => analysis.totals(connection, filter));
    },
    async costs(by, filter = {}) {
      return guarded(() => analysis.costs(connection, by, filter));
    },
    async durations(by, filter = {}) {
      return guarded(() => analysis.durations(connection, by, filter));
    },
    async listPastSteps(filter) {
      return guarded(() => analysis.listPastSteps(connection, filter));
    },
    async deleteTask(taskId) {
      transaction(() => removal.deleteTask(connection, taskId, now()));
    },
    async deleteAgentRecord(agentId) {
      transaction(() => removal.deleteAgentRecord(connection, agentId, now()));
    },
    async isRemoved(id) {
      return guarded(() => get("SELECT 1 FROM tombstones WHERE id = ?", id) !== undefined);
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
      return guarded(() => findDamage(database, path));
    },
    async compare() {
      return findContradictions(connection).map(({ message, isMendable }) => ({ message, isMendable }));
    },
    async close() {
      if (connection.isClosed()) return;
      connection.close();
      if (closeReplaced(database, path, opened)) return;
      // Not every driver moves the log into the file when it closes; whoever copies the file should find it whole.
      if (connection.hasWritten) checkpoint(database);
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
