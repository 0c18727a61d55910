import type { FeedSurroundings } from "./feed.ts";

function socketUrl(after: number | null): string {
  const url = new URL("/api/v1/ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (after !== null) url.searchParams.set("after", String(after));
  return url.href;
}

/** The browser as the feed needs it. */
export const browserSurroundings: FeedSurroundings = {
  open(after, handlers) {
    const socket = new WebSocket(socketUrl(after));
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") handlers.message(data);
    });
    socket.addEventListener("close", ({ code }) => handlers.closed(code));
    return { close: () => socket.close() };
  },
  later(call, delayMs) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
  nowMs: () => Date.now(),
};
