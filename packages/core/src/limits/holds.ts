import type { HoldCause, StoredEvent } from "../domain/index.js";
import type { Ownership } from "../ownership/index.js";
import type { HoldRecord, Store } from "../store/index.js";

/** A limit or an outage that a model call has met. */
export interface Obstacle {
  cause: HoldCause;
  reason: string;
  /** When one may try again; `null` where nobody has said it. */
  untilMs: number | null;
}

/** What a step or an agent is told that must wait. */
export type Hold = Pick<HoldRecord, "cause" | "reason" | "untilMs">;

/**
 * Usage limits and outages, which hold the whole fleet: nobody calls a model that is known to refuse. At the end of the
 * wait one goes first, the canary; when it is answered, the others follow.
 */
export interface Holds {
  /** How the models are reached here: whoever reaches them in another way is not held. */
  readonly scope: string;
  /**
   * Tells that a model call has met a limit or an outage.
   *
   * @param caller - the step (`<task id>/<key>`) or the agent that has met it
   * @returns what to wait for; `null` when it is not waited for, or no longer
   */
  report(obstacle: Obstacle, caller: string): Promise<Hold | null>;
  /** What the caller must wait for before its next model call; `null` when it may go on. */
  find(caller: string): Promise<Hold | null>;
  /** A model call of the caller is being answered. */
  answered(caller: string): void;
  /**
   * Waits until the caller may begin with model calls, as the one that tries or as one of the others.
   *
   * @param signal - ends the wait
   */
  enter(caller: string, signal: AbortSignal): Promise<void>;
  /** The caller ends, answered or not: when it was the one that tried, another may. */
  ended(caller: string): Promise<void>;
  /** Calls back when the fleet is held, by whichever process. @returns ends it */
  onHeld(listener: (hold: Hold) => void): () => void;
  /** Calls back when somebody may go on. @returns ends it */
  onReleased(listener: () => void): () => void;
}

export interface HoldsOptions {
  store: Store;
  scope: string;
  /** How long it is waited for an endpoint that names no end; 0 for not at all. */
  patienceMs: number;
  /** Whether a script answers here in place of a model. */
  rehearsal: boolean;
  /** This process among those that share the store. */
  ownership: Pick<Ownership, "ownerId" | "liveness">;
  /** Begins to hear of the fleet's events, from every process. */
  follow(obey: (event: StoredEvent) => void): Promise<() => void>;
  onTrouble(message: string, error: unknown): void;
  now?: () => number;
}

/** An endpoint that has answered so recently is taken to be out for a while, rather than to be none. */
const ANSWERED_MS = 3_600_000;
/** How often whoever waits looks by itself whether it may go on. */
const LOOK_MS = 5_000;

/** Prepares the holds of this process; the store is asked when there is something to ask. */
export function createHolds(options: HoldsOptions): Holds {
  const { store, scope, patienceMs, rehearsal, ownership, onTrouble } = options;
  const now = options.now ?? Date.now;
  const listeners = { held: new Set<(hold: Hold) => void>(), released: new Set<() => void>() };
  /** As far as is known here; the store knows best. */
  let isHeld = false;
  let hasBeenHeld = false;
  let hasAnswered = false;
  let following: Promise<unknown> | null = null;

  const obey = (event: StoredEvent) => {
    if (!("scope" in event.data) || event.data.scope !== scope) return;
    if (event.type === "fleet.held") {
      isHeld = true;
      hasBeenHeld = true;
      const { cause, reason, until } = event.data;
      for (const listener of listeners.held) listener({ cause, reason, untilMs: Date.parse(until) });
    } else if (event.type === "fleet.released" || event.type === "fleet.canary_lost") {
      isHeld = event.type !== "fleet.released";
      for (const listener of listeners.released) listener();
    }
  };
  const begin = () => {
    following ??= Promise.all([options.follow(obey), present()]).then(([, hold]) => {
      isHeld ||= hold !== null;
      hasBeenHeld ||= isHeld;
    });
    following.catch((error) => {
      following = null;
      onTrouble("limits of the fleet could not be followed", error);
    });
  };
  const present = async () => (await store.listHolds()).find((hold) => hold.scope === scope) ?? null;
  const listen = <T>(set: Set<T>, listener: T) => {
    begin();
    set.add(listener);
    return () => void set.delete(listener);
  };

  const untilRelease = (limitMs: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      const stopListening = listen(listeners.released, done);
      signal.addEventListener("abort", done);
      // It may have been while the store was asked, and then tells it no more.
      if (signal.aborted) done();
    });

  /** Whether it answers at all: an address that never did is a mistake, and waiting does not mend it. */
  const hasEverAnswered = async () => {
    if (hasAnswered) return true;
    const since = new Date(now() - ANSWERED_MS).toISOString();
    const { modelCalls, incompleteCalls } = await store.totals({ since, rehearsal });
    return modelCalls > incompleteCalls;
  };

  return {
    scope,
    async report({ cause, reason, untilMs }, caller) {
      if (untilMs === null && (patienceMs === 0 || !(await hasEverAnswered()))) return null;
      const waits = untilMs === null ? patienceMs : null;
      const hold = await store.holdFleet({ scope, cause, reason, untilMs, caller, patienceMs: waits, nowMs: now() });
      isHeld = hold !== null;
      hasBeenHeld ||= isHeld;
      return hold;
    },
    async find(caller) {
      begin();
      await following;
      if (!isHeld) return null;
      const hold = await present();
      return hold && hold.canary !== caller ? hold : null;
    },
    answered(caller) {
      hasAnswered = true;
      if (!isHeld) return;
      store.releaseFleet(scope, caller).catch((error) => onTrouble("the fleet could not be released", error));
    },
    async ended(caller) {
      try {
        // One that ends before it has looked for a hold may have been let go first all the same.
        begin();
        await following;
        if (isHeld) await store.loseCanary(scope, caller);
      } catch (error) {
        // Another tries when the time of this one is over; what the caller has come to must not be lost for it.
        onTrouble("that the one that tried has ended could not be told", error);
      }
    },
    async enter(caller, signal) {
      begin();
      await following;
      while (!signal.aborted && hasBeenHeld) {
        const liveness = await ownership.liveness();
        const admission = await store.admitCall({ scope, caller, ownerId: ownership.ownerId, ...liveness });
        if (admission.admitted) return;
        await untilRelease(Math.min(LOOK_MS, Math.max(0, admission.retryAtMs - now())), signal);
      }
    },
    onHeld: (listener) => listen(listeners.held, listener),
    onReleased: (listener) => listen(listeners.released, listener),
  };
}
