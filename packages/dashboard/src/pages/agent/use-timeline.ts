import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { answered, api } from "../../api/client.ts";
import type { OrchestratorEvent } from "../../api/types.ts";
import { useNews } from "../../live/live.tsx";
import { createTimeline, type Timeline, type TimelineState } from "./timeline.ts";
import { isWanted, type RowKind, typesOf } from "./timeline-rows.ts";

/** Held in memory at most: some megabytes, whatever the length of the log. */
const LIMITS = { pageSize: 400, maxEvents: 2_400 };
/** A page out of sight is not drawn: then events are taken without waiting for a frame. */
const MAX_WAITING = 400;

/**
 * The timeline of an agent, filtered, live and from any point of its past.
 *
 * @param agentId - the agent
 * @param kinds - which rows are wanted
 * @param search - words that must be in an event; empty for all
 * @param isFollowing - whether the end is in sight
 */
export function useTimeline(
  agentId: string,
  kinds: readonly RowKind[],
  search: string,
  isFollowing: () => boolean,
): { timeline: Timeline; state: TimelineState } {
  const types = typesOf(kinds).join(",");
  const timeline = useMemo(
    () =>
      createTimeline(async (page) => {
        const query = {
          agentId,
          types,
          ...(search && { search }),
          ...page,
          newestFirst: `${page.newestFirst}`,
        } as const;
        return (await answered(api.GET("/api/v1/events", { params: { query } }))).items;
      }, LIMITS),
    [agentId, types, search],
  );
  const wanted = useMemo(() => new Set(types.split(",")), [types]);
  const waiting = useRef<OrchestratorEvent[]>([]);
  const frame = useRef(0);

  useEffect(() => {
    waiting.current = [];
    void timeline.loadEnd();
    return () => cancelAnimationFrame(frame.current);
  }, [timeline]);

  const flush = () => {
    frame.current = 0;
    const events = waiting.current;
    waiting.current = [];
    if (events.length > 0) timeline.take(events, isFollowing());
  };
  useNews((news) => {
    if (news.kind === "replaced") return void timeline.loadEnd();
    if (news.kind !== "events") return;
    for (const event of news.events) {
      if (event.agentId === agentId && isWanted(event, wanted, search)) waiting.current.push(event);
    }
    if (waiting.current.length > MAX_WAITING) flush();
    else if (waiting.current.length > 0 && frame.current === 0) frame.current = requestAnimationFrame(flush);
  });

  return { timeline, state: useSyncExternalStore(timeline.onChange, timeline.state) };
}
