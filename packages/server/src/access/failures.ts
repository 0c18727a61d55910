/** So many refused attempts of one address in the time below; then even the refusal is withheld for a while. */
const MAX_FAILURES = 20;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;

/** Counts who shows what is not known. */
export interface Failures {
  note(address: string): void;
  /** Seconds to wait before another try, or 0. */
  waitSeconds(address: string): number;
}

/**
 * Slows down whoever guesses. Only failures count: who shows something valid always comes in.
 *
 * @param now - the clock, in milliseconds
 */
export function countFailures(now: () => number): Failures {
  const byAddress = new Map<string, { sinceMs: number; count: number }>();
  const current = (address: string) => {
    const found = byAddress.get(address);
    return found && now() - found.sinceMs < WINDOW_MS ? found : null;
  };
  return {
    note(address) {
      const found = current(address);
      if (found) found.count += 1;
      else {
        byAddress.delete(address);
        byAddress.set(address, { sinceMs: now(), count: 1 });
      }
      for (const oldest of byAddress.keys()) if (byAddress.size > MAX_ADDRESSES) byAddress.delete(oldest);
    },
    waitSeconds(address) {
      const found = current(address);
      if (!found || found.count < MAX_FAILURES) return 0;
      return Math.ceil((found.sinceMs + WINDOW_MS - now()) / 1_000);
    },
  };
}
