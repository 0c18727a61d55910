import type { StoredEvent } from "../domain/index.js";
import type { Store } from "../store/index.js";

const RETRY_MS = 1_000;
/** Stands for an agent's id where the whole fleet is meant. */
const FLEET = "fleet";

/** Hears what is asked of agents, by whichever process: commands are events, and the owner of the agent obeys them. */
export interface AgentCommands {
  /**
   * Listens for events about an agent, from now on.
   *
   * @returns ends it
   */
  on(agentId: string, obey: (event: StoredEvent) => void): Promise<() => void>;
  /** Listens for events about the whole fleet, from now on. @returns ends it */
  onFleet(obey: (event: StoredEvent) => void): Promise<() => void>;
  close(): Promise<void>;
}

/**
 * Prepares to listen; the event log is followed only while somebody listens for the first time.
 *
 * @param store - the store
 * @param onTrouble - told when nothing can be heard any more
 */
export function hearCommands(store: Store, onTrouble: (message: string, error: unknown) => void): AgentCommands {
  const listeners = new Map<string, Set<(event: StoredEvent) => void>>();
  const closing = new AbortController();
  let following: Promise<void> | null = null;
  let begun: Promise<void> | null = null;

  async function follow(start: number): Promise<void> {
    let after = start;
    while (!closing.signal.aborted) {
      try {
        for await (const event of store.subscribe({ after, signal: closing.signal })) {
          after = event.seq;
          const subject = event.type.startsWith("fleet.") ? FLEET : (event.agentId ?? "");
          for (const obey of listeners.get(subject) ?? []) obey(event);
        }
        // The store is closed, or we are.
        return;
      } catch (error) {
        onTrouble("messages to agents could not be read; it is tried again", error);
        await pause(RETRY_MS, closing.signal);
      }
    }
  }

  async function begin(): Promise<void> {
    following = follow(await store.lastSeq());
  }

  async function on(subject: string, obey: (event: StoredEvent) => void): Promise<() => void> {
    const own = listeners.get(subject) ?? new Set();
    listeners.set(subject, own.add(obey));
    begun ??= begin().catch((error: unknown) => {
      begun = null;
      throw error;
    });
    await begun;
    return () => {
      own.delete(obey);
      if (own.size === 0) listeners.delete(subject);
    };
  }

  return {
    on,
    onFleet: (obey) => on(FLEET, obey),
    async close() {
      closing.abort();
      await following;
    },
  };
}

/** Waits, unless everything is closed. */
function pause(forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, forMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
