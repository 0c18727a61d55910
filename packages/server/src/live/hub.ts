import type { Orchestrator, StoredEvent } from "@claude-orchestrator/core";
import { createBell } from "./bell.js";

/** An event as it goes over the wire: made once, sent to everybody. */
export interface LiveEvent {
  seq: number;
  taskId: string | null;
  agentId: string | null;
  json: string;
}

/** The log, as far as it is needed here. */
type EventLog = Pick<Orchestrator, "events" | "lastEvent" | "listEvents">;

/** From where on somebody follows, and what. */
export interface Follow {
  after: number;
  taskId?: string | undefined;
  agentId?: string | undefined;
  signal: AbortSignal;
}

/** Follows the log once for everybody who looks at it live. */
export interface Hub {
  /**
   * Events from a cursor and then live, in batches. Nothing is kept for whoever is slow: the next batch is read from
   * where the last one ended, out of memory or, where that is long past, out of the log.
   */
  follow(query: Follow): AsyncGenerator<LiveEvent[]>;
  /** Calls back with each new event. */
  onEvent(listener: (event: StoredEvent) => void): () => void;
  /** The number of the newest event that was seen. */
  readonly seq: number;
  close(): Promise<void>;
}

/** So many of the newest events are kept, and no more than so many characters of them. */
const MAX_KEPT = 5_000;
const MAX_KEPT_CHARACTERS = 16 * 1024 * 1024;
/** One message to a client has no more than this. */
const MAX_BATCH = 200;
const MAX_BATCH_CHARACTERS = 256 * 1024;

/**
 * Begins to follow the log.
 *
 * @param orchestrator - started
 * @param onTrouble - told when the log cannot be followed any more
 */
export async function openHub(orchestrator: EventLog, onTrouble: (error: unknown) => void): Promise<Hub> {
  const kept: LiveEvent[] = [];
  const listeners = new Set<(event: StoredEvent) => void>();
  const closing = new AbortController();
  let keptCharacters = 0;
  let seq = await orchestrator.lastEvent();
  /** Everything after this number is kept. */
  let keptAfter = seq;
  const bell = createBell();

  function keep(event: StoredEvent): void {
    const live = toLive(event);
    kept.push(live);
    keptCharacters += live.json.length;
    while (kept.length > MAX_KEPT || (keptCharacters > MAX_KEPT_CHARACTERS && kept.length > 1)) {
      const oldest = kept.shift();
      if (!oldest) break;
      keptCharacters -= oldest.json.length;
      keptAfter = oldest.seq;
    }
    seq = event.seq;
  }

  async function run(): Promise<void> {
    for await (const event of orchestrator.events({ after: seq, signal: closing.signal })) {
      keep(event);
      for (const listener of listeners) listener(event);
      bell.ring();
    }
  }
  const running = run().catch((error) => {
    if (!closing.signal.aborted) onTrouble(error);
  });

  /** The next events after a cursor, and the cursor behind what was looked through. */
  async function next(cursor: number, { taskId, agentId }: Follow): Promise<{ batch: LiveEvent[]; cursor: number }> {
    if (cursor < keptAfter) {
      // Read before the page is: what is let go of meanwhile is not in the page.
      const until = keptAfter;
      const found = await orchestrator.listEvents({ after: cursor, taskId, agentId, limit: MAX_BATCH });
      const page = found.length > 0 ? found : await removalOf(orchestrator, cursor, taskId ?? agentId);
      const last = page.at(-1)?.seq;
      const isFull = page.length === MAX_BATCH;
      return { batch: page.map(toLive), cursor: isFull && last !== undefined ? last : Math.max(last ?? cursor, until) };
    }
    const batch: LiveEvent[] = [];
    let characters = 0;
    for (let index = firstAfter(kept, cursor); index < kept.length; index += 1) {
      const event = kept[index];
      if (!event) break;
      const isWanted =
        (taskId === undefined || event.taskId === taskId) && (agentId === undefined || event.agentId === agentId);
      if (isWanted) {
        characters += event.json.length;
        if (batch.length === MAX_BATCH || (batch.length > 0 && characters > MAX_BATCH_CHARACTERS)) break;
        batch.push(event);
      }
      cursor = event.seq;
    }
    return { batch, cursor };
  }

  return {
    async *follow(query) {
      let cursor = query.after;
      const { signal } = query;
      while (!signal.aborted && !closing.signal.aborted) {
        const { rung } = bell;
        const before = cursor;
        const found = await next(cursor, query);
        cursor = found.cursor;
        if (found.batch.length > 0) yield found.batch;
        else if (cursor === before) await bell.wait(rung, signal);
      }
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get seq() {
      return seq;
    },
    async close() {
      closing.abort();
      bell.ring();
      await running;
    },
  };
}

/** Whoever follows a task or an agent is told that it was removed too, which is an event of none. */
function toLive(event: StoredEvent): LiveEvent {
  const taskId = event.type === "task.removed" ? event.data.taskId : event.taskId;
  const agentId = event.type === "agent.removed" ? event.data.agentId : event.agentId;
  return { seq: event.seq, taskId, agentId, json: JSON.stringify(event) };
}

/** With what was removed its events have gone: only this is left of it. */
async function removalOf(log: EventLog, after: number, id: string | undefined): Promise<StoredEvent[]> {
  if (id === undefined) return [];
  return log.listEvents({ after, types: ["task.removed", "agent.removed"], search: id, limit: 1 });
}

/** Index of the first event with a greater number. */
function firstAfter(events: readonly LiveEvent[], seq: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
