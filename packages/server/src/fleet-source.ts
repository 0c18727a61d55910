import { statSync } from "node:fs";
import type { Orchestrator, StoredEvent } from "@claude-orchestrator/core";
import { type DraftBoard, type Hub, openDraftBoard, openHub } from "./live/index.js";

/** How often it is looked whether the database is still the same file. */
const LOOK_MS = 1_000;

/** The orchestrator behind a server, with whoever follows its log. */
export interface FleetSource {
  readonly orchestrator: Orchestrator;
  readonly hub: Hub;
  readonly drafts: DraftBoard;
  /** From the moment at which what runs is let go of, until another database is open. */
  readonly isClosing: boolean;
  onEvent(listener: (event: StoredEvent) => void): () => void;
  /** Calls back when the fleet is closed, for good or to be opened anew. */
  onClosing(listener: () => void): () => void;
  close(): Promise<void>;
}

/**
 * Opens the fleet, and opens it anew when somebody has put another database in the place of the one that is open.
 *
 * @param create - makes an orchestrator, which is started here
 * @param onTrouble - told of failures
 */
export async function openFleetSource(
  create: () => Orchestrator,
  onTrouble: (message: string, error: unknown) => void,
): Promise<FleetSource> {
  const eventListeners = new Set<(event: StoredEvent) => void>();
  const closingListeners = new Set<() => void>();
  const listen = <T>(listeners: Set<T>, listener: T) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const connect = async () => {
    const orchestrator = create();
    await orchestrator.start();
    const onBroken = (error: unknown) => {
      isBroken = true;
      onTrouble("the log of events cannot be followed, and is opened anew", error);
    };
    const hub = await openHub(orchestrator, onBroken);
    const drafts = openDraftBoard(orchestrator, onBroken);
    hub.onEvent((event) => {
      drafts.take(event);
      for (const listener of eventListeners) listener(event);
    });
    return { orchestrator, hub, drafts, mark: markOf(orchestrator.config.databasePath) };
  };
  let isClosing = false;
  const disconnect = async ({ orchestrator, hub, drafts }: Awaited<ReturnType<typeof connect>>) => {
    isClosing = true;
    for (const listener of [...closingListeners]) listener();
    await Promise.all([hub.close(), drafts.close()]);
    await orchestrator.stop();
  };

  /** Nobody would hear of anything any more: it is opened anew, until that works. */
  let isBroken = false;
  let current = await connect();
  let reopening: Promise<void> | null = null;
  const look = () => {
    const { databasePath } = current.orchestrator.config;
    const isReplaced = markOf(databasePath) !== current.mark;
    if (reopening || !(isReplaced || isBroken)) return;
    if (isReplaced) onTrouble("the database was replaced, and is opened anew", new Error(databasePath));
    isBroken = false;
    reopening = disconnect(current)
      .catch((error) => onTrouble("the replaced database could not be closed", error))
      .then(connect)
      .then((next) => {
        current = next;
        isClosing = false;
      })
      .catch((error) => {
        isBroken = true;
        onTrouble("the database cannot be opened anew", error);
      })
      .finally(() => {
        reopening = null;
      });
  };
  const timer = setInterval(look, LOOK_MS);

  return {
    get orchestrator() {
      return current.orchestrator;
    },
    get hub() {
      return current.hub;
    },
    get drafts() {
      return current.drafts;
    },
    get isClosing() {
      return isClosing;
    },
    onEvent: (listener) => listen(eventListeners, listener),
    onClosing: (listener) => listen(closingListeners, listener),
    async close() {
      clearInterval(timer);
      await reopening;
      await disconnect(current);
    },
  };
}

/** What tells one file from another of the same name. */
function markOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : "none";
}
