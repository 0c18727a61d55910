import type { OrchestratorEvent } from "../api/types.ts";

/** How far the page has followed which log. */
export interface Cursor {
  /** The number of the last event that was seen; `null` before the first snapshot. */
  seq: number | null;
  databaseId: string | null;
}

export const NO_CURSOR: Cursor = { seq: null, databaseId: null };

/**
 * Takes the first word of a connection.
 *
 * @param cursor - how far the page had come
 * @param snapshot - what the server says of its log
 * @returns `first` at the beginning; `resumed` when the same log goes on, perhaps with news to come; `replaced` when it
 *   is another log, or the same one set back, so that nothing that was loaded holds any more
 */
export function acceptSnapshot(
  cursor: Cursor,
  snapshot: { seq: number; databaseId: string },
): { cursor: Cursor; verdict: "first" | "resumed" | "replaced" } {
  const { seq, databaseId } = snapshot;
  if (cursor.seq === null) return { cursor: { seq, databaseId }, verdict: "first" };
  if (cursor.databaseId !== databaseId || seq < cursor.seq) return { cursor: { seq, databaseId }, verdict: "replaced" };
  return { cursor, verdict: "resumed" };
}

/**
 * Takes a batch of events: none is taken twice, and their order is that of their numbers.
 *
 * @returns the events that are new, and the cursor after them
 */
export function acceptEvents(
  cursor: Cursor,
  events: readonly OrchestratorEvent[],
): { cursor: Cursor; events: OrchestratorEvent[] } {
  const fresh: OrchestratorEvent[] = [];
  let seq = cursor.seq ?? 0;
  for (const event of events) {
    if (event.seq <= seq) continue;
    seq = event.seq;
    fresh.push(event);
  }
  return { cursor: fresh.length > 0 ? { ...cursor, seq } : cursor, events: fresh };
}
