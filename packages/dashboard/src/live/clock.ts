import { useSyncExternalStore } from "react";

/** By so many milliseconds the server's clock is ahead of the browser's. */
let aheadMs = 0;
let tickedMs = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

/** Learns from a time that the server has just told how its clock differs from the browser's. */
export function setServerTime(iso: string): void {
  const serverMs = Date.parse(iso);
  if (Number.isNaN(serverMs)) return;
  aheadMs = serverMs - Date.now();
  tick();
}

/** The time by the server's clock. */
export function serverNowMs(): number {
  return Date.now() + aheadMs;
}

function tick(): void {
  tickedMs = serverNowMs();
  for (const listener of listeners) listener();
}

/** One timer serves everything that shows a time, and only while something does. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) {
    tickedMs = serverNowMs();
    timer = setInterval(tick, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || !timer) return;
    clearInterval(timer);
    timer = null;
  };
}

const never = () => () => {};

/**
 * The time by the server's clock, anew each second.
 *
 * @param isTicking - false for something that has ended: then the time stands still
 */
export function useNow(isTicking = true): number {
  return useSyncExternalStore(isTicking ? subscribe : never, () => tickedMs);
}
