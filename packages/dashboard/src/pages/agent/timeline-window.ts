import type { OrchestratorEvent } from "../../api/types.ts";

/** A stretch of an agent's events, oldest first, of which only so much is held at a time. */
export interface TimelineWindow {
  events: readonly OrchestratorEvent[];
  /** There are older events than the first one held. */
  hasOlder: boolean;
  /** The last one held is the newest that there is. */
  isAtEnd: boolean;
}

export const NO_WINDOW: TimelineWindow = { events: [], hasOlder: true, isAtEnd: true };

const lastSeq = (events: readonly OrchestratorEvent[]) => events.at(-1)?.seq ?? 0;

/** The events of both, each once, by their numbers. The second continues the first or overlaps its end. */
function continueWith(
  events: readonly OrchestratorEvent[],
  more: readonly OrchestratorEvent[],
): readonly OrchestratorEvent[] {
  const last = lastSeq(events);
  const fresh = more.filter((event) => event.seq > last);
  return fresh.length === 0 ? events : [...events, ...fresh];
}

/**
 * Takes events as they happen. While they are followed, the oldest ones are let go for them; while somebody reads
 * further up, nothing is taken from under the reader: what does not fit any more is left to be loaded later.
 *
 * @param window - what is held
 * @param fresh - what has happened, oldest first
 * @param limit - so many events are held at most
 * @param isFollowing - whether the end is in sight
 */
export function appendLive(
  window: TimelineWindow,
  fresh: readonly OrchestratorEvent[],
  limit: number,
  isFollowing: boolean,
): TimelineWindow {
  if (!window.isAtEnd) return window;
  const events = continueWith(window.events, fresh);
  if (events === window.events) return window;
  if (events.length <= limit) return { ...window, events };
  if (!isFollowing) return { ...window, events: events.slice(0, limit), isAtEnd: false };
  // Some more than needed go at once, so that not every event moves the beginning.
  return { ...window, events: events.slice(-Math.ceil(limit * 0.8)), hasOlder: true };
}

/**
 * Takes a page of older events; the newest held are let go for them.
 *
 * @param page - newest first, as the server answers
 * @param hasMore - whether there are still older ones
 */
export function prependOlder(
  window: TimelineWindow,
  page: readonly OrchestratorEvent[],
  hasMore: boolean,
  limit: number,
): TimelineWindow {
  const first = window.events[0]?.seq ?? Number.POSITIVE_INFINITY;
  const older = page.filter((event) => event.seq < first).reverse();
  const events = [...older, ...window.events];
  const isCut = events.length > limit;
  return {
    events: isCut ? events.slice(0, limit) : events,
    hasOlder: hasMore,
    isAtEnd: window.isAtEnd && !isCut,
  };
}

/**
 * Takes a page of newer events, where the end had been let go; the oldest held are let go for them.
 *
 * @param page - oldest first
 * @param isLast - whether the page reaches the end
 */
export function appendNewer(
  window: TimelineWindow,
  page: readonly OrchestratorEvent[],
  isLast: boolean,
  limit: number,
): TimelineWindow {
  const events = continueWith(window.events, page);
  const isCut = events.length > limit;
  return {
    events: isCut ? events.slice(-limit) : events,
    hasOlder: window.hasOlder || isCut,
    isAtEnd: isLast,
  };
}
