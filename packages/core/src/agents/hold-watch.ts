import type { Hold, Holds, Obstacle } from "../limits/index.js";
import type { RuntimeEvent, TurnResult } from "../runtime/index.js";

/** A wait that the CLI announces is left to the CLI when it is no longer than this. */
const SHORT_WAIT_MS = 5_000;
/** One failed call is left to the CLI, too; the next in a row may be everybody's. */
const OWN_RETRIES = 1;

export interface HoldWatchOptions {
  holds: Holds;
  /** The step (`<task id>/<key>`) or the agent. */
  caller: string;
  /** Ends the turn that runs. */
  interrupt(): Promise<void>;
}

/**
 * Keeps one agent from calling a model while the fleet is held: its turn is ended before its next call, so that the CLI
 * does not try again on its own in every agent. What it meets itself is reported.
 */
export class HoldWatch {
  readonly #options: HoldWatchOptions;
  /** Why the turn was ended. */
  #hold: Hold | null = null;
  #reporting: Promise<unknown> = Promise.resolve();
  #isRetrying = false;
  #resetsAtMs: number | null = null;
  #limit: string | null = null;
  readonly #stopListening: () => void;

  constructor(options: HoldWatchOptions) {
    this.#options = options;
    // One that tries again by itself would call into the limit.
    this.#stopListening = options.holds.onHeld(() => {
      // A store that cannot tell reaches the agent by its own next write.
      if (this.#isRetrying) this.beforeCall().catch(() => {});
    });
  }

  close(): void {
    this.#stopListening();
  }

  /** A turn is to begin. @returns what to wait for; then nothing is asked */
  async begin(): Promise<Hold | null> {
    this.#isRetrying = false;
    this.#reporting = Promise.resolve();
    this.#hold = await this.#options.holds.find(this.#options.caller);
    return this.#hold;
  }

  /** Ends the turn where the fleet is held, before it can call a model. @returns what to wait for */
  async beforeCall(): Promise<Hold | null> {
    this.#hold ??= await this.#options.holds.find(this.#options.caller);
    if (this.#hold) await this.#options.interrupt();
    return this.#hold;
  }

  /** Looks at what the session reports. */
  take(event: RuntimeEvent): void {
    switch (event.type) {
      case "model_call.start":
        this.#isRetrying = false;
        return;
      case "model_call.report":
        this.#isRetrying = false;
        return this.#options.holds.answered(this.#options.caller);
      case "usage_limit.reached":
        this.#resetsAtMs = event.resetsAtMs;
        this.#limit = event.limit;
        return;
      case "model_call.retry":
        this.#isRetrying = true;
        this.#reporting = Promise.all([this.#reporting, this.#meet(toObstacle(event, Date.now()))]);
        // A store that fails is the news of whoever settles the turn, and nobody's before.
        this.#reporting.catch(() => {});
        return;
    }
  }

  async #meet(obstacle: Obstacle | null): Promise<void> {
    const { holds, caller, interrupt } = this.#options;
    if (!obstacle || this.#hold) return;
    this.#hold = await holds.report(obstacle, caller);
    if (this.#hold) await interrupt();
  }

  /**
   * What a turn that failed must wait for; `null` where it has failed for good.
   *
   * @param failure - how it failed
   * @throws OrchestratorError when the store could not be told what it has met
   */
  async settle({ error, httpStatus }: TurnResult & { ok: false }): Promise<Hold | null> {
    // What it was told while it ran may still be on its way to the store.
    await this.#reporting;
    if (this.#hold) return this.#hold;
    const { holds, caller } = this.#options;
    if (error.code === "usage_limit") {
      const reason = this.#limit ? `the ${describeLimit(this.#limit)} is reached` : "the usage limit is reached";
      return holds.report({ cause: "usage_limit", reason, untilMs: this.#resetsAtMs }, caller);
    }
    if (error.code !== "model_unavailable") return null;
    return holds.report({ ...nameObstacle(httpStatus ?? null), untilMs: null }, caller);
  }
}

/** What a retry that the CLI announces means for everybody; `null` where it is this agent's alone. */
function toObstacle(retry: Extract<RuntimeEvent, { type: "model_call.retry" }>, nowMs: number): Obstacle | null {
  const { status, delayMs, attempt } = retry;
  if (status === 429 && delayMs > SHORT_WAIT_MS) return { ...nameObstacle(status), untilMs: nowMs + delayMs };
  const isEverybodys = attempt > OWN_RETRIES && (status === null || status === 429 || status >= 500);
  return isEverybodys ? { ...nameObstacle(status), untilMs: null } : null;
}

/** What an endpoint that does not serve a call says by the status of its answer, if it gives any. */
function nameObstacle(status: number | null): Pick<Obstacle, "cause" | "reason"> {
  if (status === 429) return { cause: "usage_limit", reason: "the endpoint's limit is reached (429)" };
  if (status === 529) return { cause: "overload", reason: "the endpoint has too much to do (529)" };
  return {
    cause: "unreachable",
    reason: status === null ? "the endpoint does not answer" : `the endpoint answers ${status}`,
  };
}

/** `five_hour` as `5-hour limit`, and others as they are named. */
function describeLimit(limit: string): string {
  const words = limit.replace("five_hour", "5-hour").replace("seven_day", "7-day").replaceAll("_", " ");
  return /limit/.test(words) ? words : `${words} limit`;
}
