import type { Fault } from "./fault.js";
import type { Usage } from "./usage.js";

/** Why the model stopped. */
export type StopReason = "end_turn" | "tool_use" | "max_tokens" | "stop_sequence" | "refusal" | "pause_turn";

/** A content block as written in a script. */
export type PlannedBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string }
  | { readonly type: "tool"; readonly name: string; readonly input: unknown; readonly id: string | null }
  | { readonly type: "raw-tool"; readonly name: string; readonly json: string };

/** Everything a {@link Reply} was told; what the server plays. */
export interface ReplyPlan {
  readonly blocks: readonly PlannedBlock[];
  readonly usage: Partial<Usage>;
  readonly stopReason: StopReason | null;
  readonly delayMs: number;
  readonly delayBetweenEventsMs: number;
  readonly messageId: string | null;
  readonly model: string | null;
  readonly fault: Fault | null;
  /** Played at the first attempts of a call, one at each. */
  readonly failures: readonly Reply[];
}

const EMPTY_PLAN: ReplyPlan = {
  blocks: [],
  usage: {},
  stopReason: null,
  delayMs: 0,
  delayBetweenEventsMs: 0,
  messageId: null,
  model: null,
  fault: null,
  failures: [],
};

/** More failures than this are surely meant to be "always": use the failure itself as the reply. */
const MOST_FAILURES = 1000;

/**
 * One answer of the scripted model. Immutable: every method returns a new reply, so a reply can be shared between
 * steps. Begin with {@link reply}, or with one of the failures.
 */
export class Reply {
  /** What the server plays. */
  readonly plan: ReplyPlan;

  /** Scripts use {@link reply} instead. */
  constructor(plan: ReplyPlan) {
    this.plan = plan;
  }

  /** Adds a text block. */
  text(text: string): Reply {
    return this.#add({ type: "text", text });
  }

  /** Adds a thinking block. */
  thinking(thinking: string): Reply {
    return this.#add({ type: "thinking", thinking });
  }

  /**
   * Adds a tool call.
   *
   * @param name - name of the tool, e.g. `Read`
   * @param input - the arguments; must be expressible in JSON
   * @param id - the id of the tool call; made from the number of the call when left out
   */
  tool(name: string, input: unknown, id?: string): Reply {
    return this.#add({ type: "tool", name, input, id: id ?? null });
  }

  /**
   * Adds a tool call whose arguments are sent exactly as given, to play a model that writes broken JSON.
   *
   * @param json - the arguments, well-formed or not; a non-streaming reply carries them as a string
   */
  rawToolInput(name: string, json: string): Reply {
    return this.#add({ type: "raw-tool", name, json });
  }

  /** Hands over a result: a call of `StructuredOutput`, the tool Claude Code offers when an output schema is set. */
  handoff(value: unknown): Reply {
    return this.tool("StructuredOutput", value);
  }

  /**
   * Sets the token counts of this reply. Counts left out keep their default: a quarter of the request's bytes for
   * input, a quarter of the blocks' bytes for output, 0 for the caches.
   */
  usage(usage: Partial<Usage>): Reply {
    return this.#with({ usage: { ...this.plan.usage, ...usage } });
  }

  /** Sets the stop reason; by default `tool_use` when there is a tool call, `end_turn` otherwise. */
  stopReason(stopReason: StopReason): Reply {
    return this.#with({ stopReason });
  }

  /** Waits before the headers are sent. @param delayMs - milliseconds */
  delay(delayMs: number): Reply {
    return this.#with({ delayMs: checkedDelay(delayMs) });
  }

  /** Waits before each event after the first (streaming only). @param delayMs - milliseconds */
  delayBetweenEvents(delayMs: number): Reply {
    return this.#with({ delayBetweenEventsMs: checkedDelay(delayMs) });
  }

  /** Sets the message id, for instance to repeat one; `msg_rehearsal_<n>` by default. */
  messageId(messageId: string): Reply {
    return this.#with({ messageId });
  }

  /** Sets the model the reply names; the request's model by default. */
  model(model: string): Reply {
    return this.#with({ model });
  }

  /**
   * Fails the first attempts of this call. Calls add up: `.failFirst(1, a).failFirst(2, b)` plays a, b, b, then the
   * reply. A failure made with no reply of its own, such as `cut("mid-block")`, cuts this reply.
   *
   * @param times - how many attempts fail; a whole number from 0 to 1000
   * @throws {RangeError} when `times` is out of range
   * @example
   * reply().text("Done").failFirst(2, httpError(429));
   */
  failFirst(times: number, failure: Reply): Reply {
    if (!Number.isInteger(times) || times < 0 || times > MOST_FAILURES) {
      throw new RangeError(`failFirst: times must be a whole number from 0 to ${MOST_FAILURES}, not ${times}`);
    }
    return this.#with({ failures: [...this.plan.failures, ...Array<Reply>(times).fill(failure)] });
  }

  /**
   * The reply for one attempt of a call.
   *
   * @param attempt - 0 for the first time the call is made
   */
  atAttempt(attempt: number): Reply {
    const failure = this.plan.failures[attempt];
    const settled = this.#with({ failures: [] });
    if (failure === undefined) return settled;
    if (failure.plan.fault === null || failure.plan.blocks.length > 0) return failure.atAttempt(0);
    const { fault, delayMs } = failure.plan;
    return settled.#with({ fault, delayMs });
  }

  #add(block: PlannedBlock): Reply {
    return this.#with({ blocks: [...this.plan.blocks, block] });
  }

  #with(changes: Partial<ReplyPlan>): Reply {
    return new Reply({ ...this.plan, ...changes });
  }
}

/**
 * Begins a reply of the scripted model. With nothing added it is a message with no content.
 *
 * @example
 * reply().text("Looking").tool("Read", { file_path: "/project/README.md" });
 */
export function reply(): Reply {
  return new Reply(EMPTY_PLAN);
}

/** The same reply with something wrong in it. */
export function withFault(base: Reply, fault: Fault): Reply {
  return new Reply({ ...base.plan, fault });
}

function checkedDelay(delayMs: number): number {
  if (Number.isFinite(delayMs) && delayMs >= 0) return delayMs;
  throw new RangeError(`a delay must be a number of milliseconds, 0 or more, not ${delayMs}`);
}
