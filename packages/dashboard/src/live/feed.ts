import type { Fleet, OrchestratorEvent } from "../api/types.ts";
import { acceptEvents, acceptSnapshot, type Cursor, NO_CURSOR } from "./cursor.ts";
import type { DraftPiece } from "./drafts.ts";

/** Something that the server has told, once and in order. */
export type News =
  | { kind: "first"; time: string; fleet: Fleet | null }
  /** The connection was lost and is there again; whatever happened meanwhile follows as events. */
  | { kind: "resumed"; time: string }
  /** Another database, or the same one set back: nothing that was loaded holds any more. */
  | { kind: "replaced"; time: string; fleet: Fleet | null }
  | { kind: "events"; events: OrchestratorEvent[] }
  /** What agents are writing at this moment; none of it is an event yet. */
  | { kind: "drafts"; drafts: DraftPiece[] };

export type Connection =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "waiting"; retryAtMs: number; failures: number }
  | { kind: "signed_out" };

/** What the feed needs of its surroundings: a browser in the page, a script in its tests. */
export interface FeedSurroundings {
  /** Opens a connection. Its handlers are called until it is closed. */
  open(after: number | null, handlers: { message(text: string): void; closed(code: number): void }): { close(): void };
  /** Calls once after a time, unless it is called off. */
  later(call: () => void, delayMs: number): () => void;
  nowMs(): number;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;
/** So long an event may take over the connection when the log has it. */
const LATE_MS = 4_000;
const SIGNED_OUT = 4401;

export interface Feed {
  start(): void;
  stop(): void;
  /**
   * Takes notice that the log has come to this number. Where the connection has not told of it after some seconds, it is
   * dead, whatever it says of itself, and another takes its place.
   */
  expect(seq: number): void;
  /** Connects at once, where it waits to do so. */
  retry(): void;
  connection(): Connection;
  onConnection(listener: () => void): () => void;
  /** Tells all news from now on. */
  onNews(listener: (news: News) => void): () => void;
}

type Message =
  | { type: "snapshot"; seq: number; databaseId: string; time: string; fleet?: Fleet }
  | { type: "events"; events: OrchestratorEvent[] }
  | { type: "drafts"; drafts: DraftPiece[] };

/**
 * Follows the server's log over one connection at a time: from its cursor after each loss, with growing pauses, so that
 * no event is missed and none is told twice.
 *
 * @param surroundings - how to connect and wait
 */
export function createFeed(surroundings: FeedSurroundings): Feed {
  const connectionListeners = new Set<() => void>();
  const newsListeners = new Set<(news: News) => void>();
  let cursor: Cursor = NO_CURSOR;
  let connection: Connection = { kind: "connecting" };
  let socket: { close(): void } | null = null;
  let callOff: (() => void) | null = null;
  let failures = 0;

  const become = (next: Connection) => {
    connection = next;
    for (const listener of connectionListeners) listener();
  };
  const tell = (news: News) => {
    for (const listener of newsListeners) listener(news);
  };

  const take = (message: Message) => {
    if (message.type === "events") {
      const accepted = acceptEvents(cursor, message.events);
      cursor = accepted.cursor;
      if (accepted.events.length > 0) tell({ kind: "events", events: accepted.events });
      return;
    }
    if (message.type === "drafts") return tell({ kind: "drafts", drafts: message.drafts });
    // A newer server may say what this page does not know.
    if (message.type !== "snapshot") return;
    const accepted = acceptSnapshot(cursor, message);
    failures = 0;
    if (accepted.verdict === "replaced" && !message.fleet) {
      // This connection goes on from a cursor that means nothing in the new log.
      cursor = NO_CURSOR;
      tell({ kind: "replaced", time: message.time, fleet: null });
      disconnect();
      return connect();
    }
    cursor = accepted.cursor;
    become({ kind: "live" });
    const { time } = message;
    if (accepted.verdict === "resumed") tell({ kind: "resumed", time });
    else tell({ kind: accepted.verdict, time, fleet: message.fleet ?? null });
  };

  const disconnect = () => {
    callOff?.();
    callOff = null;
    const open = socket;
    socket = null;
    open?.close();
  };

  const connect = () => {
    if (connection.kind !== "waiting") become({ kind: "connecting" });
    const own = surroundings.open(cursor.seq, {
      message: (text) => {
        if (socket === own) take(JSON.parse(text) as Message);
      },
      closed: (code) => {
        if (socket === own) lose(code);
      },
    });
    socket = own;
  };

  const lose = (code: number) => {
    socket = null;
    if (code === SIGNED_OUT) return become({ kind: "signed_out" });
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
    failures += 1;
    become({ kind: "waiting", retryAtMs: surroundings.nowMs() + delayMs, failures });
    callOff = surroundings.later(connect, delayMs);
  };

  return {
    start: connect,
    stop: disconnect,
    expect(seq) {
      const behind = socket;
      if (connection.kind !== "live" || (cursor.seq ?? 0) >= seq) return;
      surroundings.later(() => {
        if (socket !== behind || connection.kind !== "live" || (cursor.seq ?? 0) >= seq) return;
        disconnect();
        lose(0);
      }, LATE_MS);
    },
    retry() {
      if (connection.kind !== "waiting") return;
      disconnect();
      connect();
    },
    connection: () => connection,
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    onNews(listener) {
      newsListeners.add(listener);
      return () => newsListeners.delete(listener);
    },
  };
}
