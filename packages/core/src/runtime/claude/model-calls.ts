import { addUsage, NO_USAGE, newId, totalTokens, type Usage } from "../../domain/index.js";
import { findUnseenUsage } from "../../ledger/index.js";
import type { RuntimeEvent } from "../runtime.js";
import type { ApiUsage, ModelUsage, StreamEvent } from "./messages.js";

/** A retry announced so soon after a broken stream is about that stream, not about the call that takes its place. */
const SAME_BREATH_MS = 250;

/** How a turn ended. `refused`: the endpoint answered its last call with an error status, and charged nothing. */
export type TurnEnding = "answered" | "refused" | "interrupted";

/** A call that has been asked for and has not ended. */
interface OpenCall {
  callId: string;
  model: string;
  usage: Usage;
  /** Its message has begun to arrive. */
  hasBegun: boolean;
  /** Its final usage has arrived. */
  isFinal: boolean;
}

/**
 * Follows the model calls of one process, so that each is one row in the ledger whatever happens to it.
 *
 * A row is opened when the CLI sends a request and counts as incomplete until its final usage has been seen; a killed
 * process therefore leaves at most one such row. Rows are keyed by process and ordinal, because an endpoint may
 * repeat the ids of its messages.
 */
export class ModelCalls {
  readonly #emit: (event: RuntimeEvent) => void;
  readonly #processId: string;
  #model: string;
  #ordinal = 0;
  #open: OpenCall | null = null;
  /** What was observed since the last result, for the comparison with the runtime's own count. */
  #observed: { model: string; usage: Usage }[] = [];
  /** The runtime's last running total; `null` for a resumed session, whose total holds earlier processes' calls. */
  #lastCumulative: Record<string, ModelUsage> | null;
  /** When the last stream broke off. */
  #brokenMs = Number.NEGATIVE_INFINITY;

  constructor(options: {
    emit: (event: RuntimeEvent) => void;
    processId: string;
    model: string;
    isResumed?: boolean;
  }) {
    this.#emit = options.emit;
    this.#processId = options.processId;
    this.#model = options.model;
    this.#lastCumulative = options.isResumed ? null : {};
  }

  /** Tokens that the conversation held after the last whole answer; `null` before the first. */
  contextTokens: number | null = null;

  /** True while an answer is awaited or arriving. */
  get isWaiting(): boolean {
    return this.#open !== null;
  }

  /** The CLI said which model it really uses. */
  useModel(model: string): void {
    this.#model = model;
  }

  /** The CLI sends a request. */
  requested(): void {
    if (this.#open?.hasBegun) this.#close("incomplete");
    if (this.#open) return;
    const callId = newId("call");
    this.#open = { callId, model: this.#model, usage: NO_USAGE, hasBegun: false, isFinal: false };
    this.#emit({
      type: "model_call.start",
      callId,
      processId: this.#processId,
      ordinal: this.#nextOrdinal(),
      model: this.#model,
    });
  }

  /** A piece of a streamed answer. */
  streamed(event: StreamEvent, isAbandoned: boolean): void {
    if (event.type === "message_start") this.#begin(event);
    else if (event.type === "message_delta" && this.#open && event.usage) {
      this.#open.usage = mergeUsage(this.#open.usage, event.usage);
      this.#open.isFinal = true;
    } else if (event.type === "message_stop" && this.#open?.hasBegun) {
      const wasCut = isAbandoned || !this.#open.isFinal;
      this.#close(wasCut ? "incomplete" : "complete");
      // The CLI asks again by itself, perhaps without streaming: that call is in flight from now on.
      if (!isAbandoned) return;
      this.#brokenMs = performance.now();
      this.requested();
    }
  }

  /** A whole message. In a stream it repeats what was streamed; otherwise it is the answer of a call that was not. */
  answered(message: { id?: string; model?: string; usage?: ApiUsage }): void {
    if (!this.#open || this.#open.hasBegun || !message.usage || message.model === "<synthetic>") return;
    this.#open.hasBegun = true;
    this.#open.model = message.model ?? this.#open.model;
    this.#open.usage = mergeUsage(NO_USAGE, message.usage);
    this.#report(message.id ?? null);
    this.#close("complete");
  }

  /** The CLI will try again. With a status the endpoint refused and charged nothing; without one nobody knows. */
  retried(status: number | null): void {
    if (status !== null && !this.#open?.hasBegun) return;
    const isForBroken = performance.now() - this.#brokenMs < SAME_BREATH_MS;
    this.#brokenMs = Number.NEGATIVE_INFINITY;
    if (isForBroken && this.#open && !this.#open.hasBegun) return;
    if (this.#open) this.#close("incomplete");
    this.requested();
  }

  /**
   * A turn has ended: closes what is open and compares our rows with the runtime's own count.
   *
   * @param usage - the runtime's usage since the last result, or its running total where it does not tell
   * @param ending - how the turn ended
   */
  turnEnded(
    usage: { sinceLast: Record<string, ModelUsage> | undefined; cumulative: Record<string, ModelUsage> },
    ending: TurnEnding,
  ): void {
    if (this.#open) this.#close(ending === "refused" && !this.#open.hasBegun ? "failed" : "incomplete");
    const before = this.#lastCumulative;
    const reported = usage.sinceLast
      ? toUsageByModel(usage.sinceLast)
      : new Map(
          [...toUsageByModel(before ? usage.cumulative : {})].map(([model, total]) => [
            model,
            difference(total, before?.[model]),
          ]),
        );
    this.#lastCumulative = usage.cumulative;
    // After an interrupt the runtime counts estimates: they are left alone.
    if (ending !== "interrupted") this.#reconcile(reported);
    this.#observed = [];
  }

  /** The process is gone: what is open stays incomplete. */
  processEnded(): void {
    if (this.#open) this.#close("incomplete");
  }

  #reconcile(reported: Map<string, Usage>): void {
    const sum = (usages: Iterable<Usage>) => [...usages].reduce(addUsage, NO_USAGE);
    const all = sum(reported.values());
    const seen = sum(this.#observed.map((row) => row.usage));
    if (totalTokens(all) <= totalTokens(seen)) return;
    // An endpoint may answer under another model's name than it was asked for: then only the sums can be compared.
    const sameNames = this.#observed.every((row) => reported.has(row.model));
    const unseen = sameNames
      ? findUnseenUsage(reported, this.#observed)
      : findUnseenUsage(new Map([[this.#model, all]]), [{ model: this.#model, usage: seen }]);
    for (const [model, usage] of unseen) {
      // Every call has a prompt: output alone is the runtime's guess at what a call had written when it was cut off.
      if (totalTokens(usage) === usage.outputTokens) continue;
      const callId = newId("call");
      this.#emit({
        type: "model_call.reconcile",
        callId,
        processId: this.#processId,
        ordinal: this.#nextOrdinal(),
        model,
        usage,
      });
    }
  }

  #begin(event: StreamEvent): void {
    if (this.#open?.hasBegun) this.#close("incomplete");
    this.requested();
    if (!this.#open) return;
    this.#open.hasBegun = true;
    this.#open.model = event.message?.model ?? this.#open.model;
    this.#open.usage = mergeUsage(NO_USAGE, event.message?.usage ?? {});
    this.#report(event.message?.id ?? null);
  }

  #report(apiMessageId: string | null): void {
    if (!this.#open) return;
    const { callId, model, usage } = this.#open;
    this.#emit({ type: "model_call.report", callId, model, apiMessageId, usage });
  }

  #close(state: "complete" | "incomplete" | "failed"): void {
    if (!this.#open) return;
    const { callId, model, usage } = this.#open;
    this.#open = null;
    if (state === "complete") this.contextTokens = totalTokens(usage);
    this.#observed.push({ model, usage });
    this.#emit({ type: "model_call.end", callId, model, state, usage });
  }

  #nextOrdinal(): number {
    this.#ordinal += 1;
    return this.#ordinal;
  }
}

/** More tokens than any call can have: a figure beyond it is a mistake of the endpoint's. */
const MOST_TOKENS = 1_000_000_000;

/** A count as an endpoint gives it. What is none (negative, absurd, words) leaves what is known as it is. */
function toCount(value: unknown, known: number): number {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof count !== "number" || !(count >= 0 && count <= MOST_TOKENS)) return known;
  return Math.round(count);
}

/** Lays what the API reported over what is known; a field that it leaves out keeps its value. */
function mergeUsage(known: Usage, api: ApiUsage): Usage {
  return {
    inputTokens: toCount(api.input_tokens, known.inputTokens),
    outputTokens: toCount(api.output_tokens, known.outputTokens),
    cacheReadTokens: toCount(api.cache_read_input_tokens, known.cacheReadTokens),
    cacheWriteTokens: toCount(api.cache_creation_input_tokens, known.cacheWriteTokens),
    cacheWriteOneHourTokens: toCount(api.cache_creation?.ephemeral_1h_input_tokens, known.cacheWriteOneHourTokens),
    webSearches: toCount(api.server_tool_use?.web_search_requests, known.webSearches),
  };
}

function toUsage(usage: ModelUsage): Usage {
  return {
    inputTokens: toCount(usage.inputTokens, 0),
    outputTokens: toCount(usage.outputTokens, 0),
    cacheReadTokens: toCount(usage.cacheReadInputTokens, 0),
    cacheWriteTokens: toCount(usage.cacheCreationInputTokens, 0),
    cacheWriteOneHourTokens: toCount(usage.cacheCreationEphemeral1hInputTokens, 0),
    webSearches: toCount(usage.webSearchRequests, 0),
  };
}

function toUsageByModel(usage: Record<string, ModelUsage>): Map<string, Usage> {
  return new Map(Object.entries(usage).map(([model, tokens]) => [model, toUsage(tokens)]));
}

function difference(total: Usage, before: ModelUsage | undefined): Usage {
  if (!before) return total;
  const earlier = toUsage(before);
  const keys = Object.keys(total) as (keyof Usage)[];
  return Object.fromEntries(keys.map((key) => [key, Math.max(0, total[key] - earlier[key])])) as Usage;
}
