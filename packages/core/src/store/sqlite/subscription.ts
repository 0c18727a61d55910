import type { StoredEvent } from "../../domain/index.js";

/** How often a reader looks for what other processes wrote, in milliseconds. */
const POLL_MS = 100;
const PAGE = 500;

/** What tells that there is something new in the database. */
export interface ChangeSource {
  /** Changes when another connection has committed; cheap to ask. */
  dataVersion(): number;
  /** Calls back after each append of this connection; the answer ends it. */
  onAppend(listener: () => void): () => void;
  isClosed(): boolean;
}

/** What a subscription needs of its store. */
export interface EventSource extends ChangeSource {
  /** The events after a cursor, in order. */
  read(after: number, limit: number): StoredEvent[];
}

/**
 * Yields events from a cursor and then live, until the signal is aborted or the store is closed. A slow consumer is
 * never buffered for: it reads the log again from its own cursor when it is ready.
 *
 * @param source - the store
 * @param after - sequence number to start behind
 * @param signal - ends the iteration
 */
export async function* subscribeTo(
  source: EventSource,
  after: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredEvent> {
  let cursor = after;
  for await (const _ of untilChange(source, signal)) {
    let page: StoredEvent[];
    do {
      page = source.isClosed() ? [] : source.read(cursor, PAGE);
      for (const event of page) {
        cursor = event.seq;
        yield event;
        if (signal?.aborted) return;
      }
    } while (page.length === PAGE);
  }
}

/**
 * Yields at once, and whenever there may be something new, until the signal is aborted or the store is closed. What comes
 * while the consumer is busy is told once.
 *
 * @param source - the store
 * @param signal - ends the iteration
 */
export async function* untilChange(source: ChangeSource, signal: AbortSignal | undefined): AsyncGenerator<void> {
  let version = -1;
  let appended = true;
  let wake: () => void = () => {};
  const stopListening = source.onAppend(() => {
    appended = true;
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener("abort", onAbort);
  try {
    while (!signal?.aborted && !source.isClosed()) {
      const current = source.dataVersion();
      if (appended || current !== version) {
        appended = false;
        version = current;
        yield;
      }
      if (appended) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (appended || signal?.aborted) wake();
      });
    }
  } finally {
    stopListening();
    signal?.removeEventListener("abort", onAbort);
  }
}
