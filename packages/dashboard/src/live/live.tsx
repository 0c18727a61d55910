import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { answered, api } from "../api/client.ts";
import { toProblem } from "../api/problem.ts";
import { fleetQuery } from "../api/queries.ts";
import type { OrchestratorEvent } from "../api/types.ts";
import { setServerTime } from "./clock.ts";
import { type Connection, createFeed, type Feed, type News } from "./feed.ts";
import { createThrottle, staleKeys } from "./invalidation.ts";
import { browserSurroundings } from "./socket.ts";

/** Aggregates are asked for anew at most so often. */
const REFRESH_INTERVAL_MS = 1_000;

/** When nothing was heard for so long, it is looked whether there was nothing to hear. */
const QUIET_MS = 15_000;

const FeedContext = createContext<Feed | null>(null);

/** Follows the server's log for everything below, and keeps the loaded answers up to date with it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [feed] = useState(() => createFeed(browserSurroundings));

  useEffect(() => {
    const end = keepFresh(feed, queryClient);
    const retry = () => feed.retry();
    const stopLooking = lookAfter(feed);
    addEventListener("online", retry);
    feed.start();
    return () => {
      removeEventListener("online", retry);
      stopLooking();
      end();
      feed.stop();
    };
  }, [feed, queryClient]);

  return <FeedContext value={feed}>{children}</FeedContext>;
}

/**
 * A connection may be dead without saying so, after a sleep or behind a proxy. While nothing is heard, the log is asked
 * how far it has come.
 *
 * @returns ends it
 */
function lookAfter(feed: Feed): () => void {
  let heardMs = Date.now();
  const stopHearing = feed.onNews(() => {
    heardMs = Date.now();
  });
  const look = async () => {
    if (feed.connection().kind !== "live" || Date.now() - heardMs < QUIET_MS) return;
    try {
      const query = { newestFirst: "true", limit: 1 } as const;
      feed.expect((await answered(api.GET("/api/v1/events", { params: { query } }))).seq);
    } catch (error) {
      // That it cannot be asked says the same as an event that does not come.
      if (toProblem(error).code === "unreachable") feed.expect(Number.POSITIVE_INFINITY);
    }
  };
  const timer = setInterval(() => void look(), QUIET_MS);
  return () => {
    clearInterval(timer);
    stopHearing();
  };
}

function keepFresh(feed: Feed, queryClient: QueryClient): () => void {
  const markStale = createThrottle(
    (keys) => {
      for (const key of keys) void queryClient.invalidateQueries({ queryKey: key.split(" ") });
    },
    (call, delayMs) => setTimeout(call, delayMs),
    REFRESH_INTERVAL_MS,
  );
  return feed.onNews((news) => {
    switch (news.kind) {
      case "first":
        setServerTime(news.time);
        if (news.fleet) queryClient.setQueryData(fleetQuery.queryKey, news.fleet);
        return;
      case "resumed":
        setServerTime(news.time);
        void queryClient.invalidateQueries();
        return;
      case "replaced":
        setServerTime(news.time);
        void queryClient.resetQueries();
        return;
      case "drafts":
        return;
      case "events":
        return markStale(news.events.flatMap(staleKeys));
    }
  });
}

function useFeed(): Feed {
  const feed = useContext(FeedContext);
  if (!feed) throw new Error("useFeed needs a LiveProvider above it.");
  return feed;
}

/**
 * Tells when the records of a task or an agent have been removed.
 *
 * @param kind - what it is
 * @param id - which; `null` for none
 * @param listener - called once it is gone
 */
export function useRemoval(kind: "task" | "agent", id: string | null, listener: () => void): void {
  useNews((news) => {
    if (news.kind !== "events" || id === null) return;
    const isIt = ({ type, data }: OrchestratorEvent) => type === `${kind}.removed` && data[`${kind}Id`] === id;
    if (news.events.some(isIt)) listener();
  });
}

/** The state of the connection to the server's log. */
export function useConnection(): Connection & { retry(): void } {
  const feed = useFeed();
  const connection = useSyncExternalStore(feed.onConnection, feed.connection);
  return { ...connection, retry: feed.retry };
}

/**
 * Tells a component all news while it is shown.
 *
 * @param listener - called once for each; the newest one given is used
 */
export function useNews(listener: (news: News) => void): void {
  const feed = useFeed();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => feed.onNews((news) => latest.current(news)), [feed]);
}
