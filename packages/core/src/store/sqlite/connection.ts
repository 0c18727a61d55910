import {
  EVENT_VERSION,
  eventDataSchemas,
  type NewEvent,
  OrchestratorError,
  type StoredEvent,
} from "../../domain/index.js";
import { type Database, rollBack, type SqlRow, type SqlValue, type Statement, translateErrors } from "./database.js";
import { project } from "./projections/index.js";

/** One open database, with everything that the store's parts need of it. */
export interface Connection {
  run(sql: string, ...parameters: SqlValue[]): void;
  get(sql: string, ...parameters: SqlValue[]): SqlRow | undefined;
  all(sql: string, ...parameters: SqlValue[]): SqlRow[];
  /** Runs a reading operation, with the driver's errors turned into ours. */
  guarded<T>(operation: () => T): T;
  /** Runs an operation as one transaction and tells the listeners. */
  transaction<T>(operation: () => T): T;
  /** Inserts an event and brings the projections up to date; inside a transaction. */
  insert(event: NewEvent): StoredEvent;
  /** Calls back after each transaction; the answer ends it. */
  onCommit(listener: () => void): () => void;
  isClosed(): boolean;
  readonly hasWritten: boolean;
  close(): void;
}

/**
 * Wraps a database. Statements are prepared once.
 *
 * @param database - open and migrated
 * @param path - its file, for messages
 * @param now - the clock, milliseconds since 1970
 */
export function connect(database: Database, path: string, now: () => number): Connection {
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

  function guarded<T>(operation: () => T): T {
    if (closed) throw new OrchestratorError("database_failed", "The store is closed.", "Open it again.");
    return translateErrors(path, operation);
  }

  function commit<T>(operation: () => T): T {
    try {
      const result = operation();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      rollBack(database);
      throw error;
    }
  }

  return {
    run,
    get,
    all: (sql, ...parameters) => prepare(sql).all(...parameters) as SqlRow[],
    guarded,
    transaction: (operation) =>
      guarded(() => {
        database.exec("BEGIN IMMEDIATE");
        const result = commit(operation);
        hasWritten = true;
        for (const listener of listeners) listener();
        return result;
      }),
    insert(event) {
      eventDataSchemas[event.type].parse(event.data);
      const time = new Date(now()).toISOString();
      const { lastInsertRowid } = prepare(
        "INSERT INTO events (time, version, type, task_id, step_key, agent_id, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
      ).run(time, EVENT_VERSION, event.type, event.taskId, event.stepKey, event.agentId, JSON.stringify(event.data));
      const stored = { ...event, seq: Number(lastInsertRowid), time, version: EVENT_VERSION } as StoredEvent;
      project(stored, run, get);
      return stored;
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isClosed: () => closed,
    get hasWritten() {
      return hasWritten;
    },
    close() {
      closed = true;
      for (const listener of listeners) listener();
      statements.clear();
    },
  };
}
