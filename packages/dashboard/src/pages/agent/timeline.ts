import type { OrchestratorEvent } from "../../api/types.ts";
import { appendLive, appendNewer, NO_WINDOW, prependOlder, type TimelineWindow } from "./timeline-window.ts";

export interface PageQuery {
  before?: number;
  after?: number;
  newestFirst: boolean;
  limit: number;
}

export interface TimelineState {
  window: TimelineWindow;
  /** What is being loaded; `null` when nothing is. */
  loading: "first" | "older" | "newer" | null;
  error: unknown;
}

export interface Timeline {
  state(): TimelineState;
  onChange(listener: () => void): () => void;
  /** Loads the newest page and forgets whatever else was held. */
  loadEnd(): Promise<void>;
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Takes events as they happen, oldest first. */
  take(events: readonly OrchestratorEvent[], isFollowing: boolean): void;
}

/** So many live events are kept aside while something loads or the end is out of reach. */
const MAX_ASIDE = 1_000;

/**
 * Holds a bounded stretch of an agent's events: the newest at first, older or newer pages as they are asked for, and
 * live ones. What happens while a page is on its way is not lost: it is kept aside and joined to the page.
 *
 * @param readPage - asks for a page of events
 * @param limits - `pageSize` events a page, `maxEvents` held at most
 */
export function createTimeline(
  readPage: (query: PageQuery) => Promise<OrchestratorEvent[]>,
  { pageSize, maxEvents }: { pageSize: number; maxEvents: number },
): Timeline {
  let state: TimelineState = { window: NO_WINDOW, loading: null, error: null };
  let aside: OrchestratorEvent[] = [];
  let droppedSeq = 0;
  /** Raised by each new beginning, so that a page that was asked for before it is not taken. */
  let generation = 0;
  const listeners = new Set<() => void>();
  const become = (change: Partial<TimelineState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const load = async (
    loading: "first" | "older" | "newer",
    query: PageQuery,
    toWindow: (page: OrchestratorEvent[], window: TimelineWindow) => TimelineWindow,
  ) => {
    const own = generation;
    become({ loading, error: null });
    try {
      const page = await readPage(query);
      if (own === generation) become({ window: toWindow(page, state.window), loading: null });
    } catch (error) {
      if (own === generation) become({ loading: null, error });
    }
  };

  /** Joins what was kept aside to a window that reaches the end; where too much of it was dropped, it does not. */
  const joinAside = (window: TimelineWindow): TimelineWindow => {
    if (!window.isAtEnd) return window;
    if ((window.events.at(-1)?.seq ?? 0) < droppedSeq) return { ...window, isAtEnd: false };
    const joined = appendLive(window, aside, maxEvents, true);
    aside = [];
    return joined;
  };

  return {
    state: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loadEnd() {
      generation += 1;
      aside = [];
      droppedSeq = 0;
      return load("first", { newestFirst: true, limit: pageSize }, (page) =>
        joinAside({ events: [...page].reverse(), hasOlder: page.length === pageSize, isAtEnd: true }),
      );
    },
    async loadOlder() {
      const first = state.window.events[0]?.seq;
      if (state.loading || !state.window.hasOlder || first === undefined) return;
      await load("older", { before: first, newestFirst: true, limit: pageSize }, (page, window) =>
        prependOlder(window, page, page.length === pageSize, maxEvents),
      );
    },
    async loadNewer() {
      const last = state.window.events.at(-1)?.seq;
      if (state.loading || state.window.isAtEnd || last === undefined) return;
      await load("newer", { after: last, newestFirst: false, limit: pageSize }, (page, window) =>
        joinAside(appendNewer(window, page, page.length < pageSize, maxEvents)),
      );
    },
    take(events, isFollowing) {
      if (state.loading !== "first" && state.window.isAtEnd) {
        const window = appendLive(state.window, events, maxEvents, isFollowing);
        if (window !== state.window) become({ window });
        if (window.isAtEnd) return;
      }
      aside.push(...events);
      if (aside.length <= MAX_ASIDE) return;
      droppedSeq = aside[aside.length - MAX_ASIDE - 1]?.seq ?? droppedSeq;
      aside = aside.slice(-MAX_ASIDE);
    },
  };
}
