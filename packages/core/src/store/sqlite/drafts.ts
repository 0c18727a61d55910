import type { Draft } from "../derived-records.js";
import type { Connection } from "./connection.js";
import { type Database, openDatabase, type SqlRow } from "./database.js";
import type { EventSource } from "./subscription.js";
import { untilChange } from "./subscription.js";

/** A draft, and which of two is newer. */
interface NumberedDraft {
  number: number;
  draft: Draft;
}

/** What agents are writing at this moment. */
export interface Drafts {
  put(draft: Draft): void;
  /** Those that have changed since a number. */
  read(after: number): NumberedDraft[];
  follow(source: Omit<EventSource, "read"> & { read: Drafts["read"] }, signal: AbortSignal): AsyncGenerator<Draft[]>;
  close(): void;
}

/**
 * Opens the drafts of a database. They are written through a connection of their own, that does not wait for the disk: a
 * draft is worth nothing after a crash, and many agents write theirs twenty times a second.
 */
export function createDrafts({ all }: Connection, path: string): Drafts {
  let writing: { database: Database; put: ReturnType<Database["prepare"]> } | null = null;
  const listeners = new Set<() => void>();

  function openForWriting() {
    const database = openDatabase(path);
    database.exec("PRAGMA synchronous = NORMAL");
    const put = database.prepare(
      "INSERT OR REPLACE INTO drafts (agent_id, task_id, kind, block, text) VALUES (?, ?, ?, ?, ?)",
    );
    return { database, put };
  }

  return {
    put({ agentId, taskId, kind, block, text }) {
      writing ??= openForWriting();
      writing.put.run(agentId, taskId, kind, block, text);
      for (const listener of listeners) listener();
    },
    read: (after) => all("SELECT * FROM drafts WHERE number > ? ORDER BY number", after).map(toNumberedDraft),
    async *follow(source, signal) {
      let cursor = 0;
      const onAppend = (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      };
      for await (const _ of untilChange({ ...source, onAppend }, signal)) {
        const changed = source.read(cursor);
        cursor = changed.at(-1)?.number ?? cursor;
        if (changed.length > 0) yield changed.map(({ draft }) => draft);
      }
    },
    close() {
      for (const listener of listeners) listener();
      writing?.database.close();
      writing = null;
    },
  };
}

function toNumberedDraft(row: SqlRow): NumberedDraft {
  return {
    number: Number(row.number),
    draft: {
      agentId: String(row.agent_id),
      taskId: row.task_id === null ? null : String(row.task_id),
      kind: row.kind === "thinking" ? "thinking" : "text",
      block: Number(row.block),
      text: String(row.text),
    },
  };
}
