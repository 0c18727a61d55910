import type { RuntimeEvent } from "../runtime/index.js";
import type { Draft, Store } from "../store/index.js";

/** What is being written is shown at once, and then no more often than this. */
const EVERY_MS = 50;
/** A longer block is shown once it is finished. */
const MAX_CHARACTERS = 32_000;

export interface DraftWriterOptions extends Pick<Draft, "agentId" | "taskId"> {
  store: Pick<Store, "putDraft">;
  /** Takes secrets out of a text. */
  redact(text: string): string;
  /** Told once when drafts cannot be kept; the agent's work goes on. */
  onTrouble(message: string, error: unknown): void;
}

/**
 * Keeps what an agent is writing at this moment where every process can see it: the unfinished block of text or thought,
 * twenty times a second at most. The finished block is an event, and puts an end to the draft.
 */
export class DraftWriter {
  readonly #options: DraftWriterOptions;
  #kind: Draft["kind"] = "text";
  #text = "";
  /** Counts blocks, so that a reader tells one that goes on from another. */
  #block = 0;
  #timer: NodeJS.Timeout | null = null;
  #writtenMs = Number.NEGATIVE_INFINITY;
  #isBroken = false;

  constructor(options: DraftWriterOptions) {
    this.#options = options;
  }

  /** Takes one event of the session. Never throws. */
  take(event: RuntimeEvent): void {
    if (event.type === "text.delta") this.#grow("text", event.text);
    else if (event.type === "thinking.delta") this.#grow("thinking", event.text);
    else if (ENDS.has(event.type)) this.#end();
  }

  /** Nothing more is written. */
  close(): void {
    this.#end();
  }

  #grow(kind: Draft["kind"], text: string): void {
    if (kind !== this.#kind) this.#end();
    this.#kind = kind;
    if (this.#isBroken || this.#text.length + text.length > MAX_CHARACTERS) return;
    this.#text += text;
    this.#timer ??= setTimeout(
      () => this.#write(),
      Math.max(0, this.#writtenMs + EVERY_MS - performance.now()),
    ).unref();
  }

  #end(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#text !== "") this.#block += 1;
    this.#text = "";
  }

  #write(): void {
    this.#timer = null;
    this.#writtenMs = performance.now();
    const { store, agentId, taskId, redact, onTrouble } = this.#options;
    const draft = { agentId, taskId, kind: this.#kind, block: this.#block, text: redact(this.#text) };
    store.putDraft(draft).catch((error) => {
      if (!this.#isBroken) onTrouble(`what agent ${agentId} is writing cannot be shown`, error);
      this.#isBroken = true;
    });
  }
}

/** What comes after a block: the block itself, a tool, or the end of the answer. */
const ENDS: ReadonlySet<RuntimeEvent["type"]> = new Set([
  "text.end",
  "thinking.end",
  "tool.start",
  "model_call.end",
  "model_call.retry",
  "model_call.start",
] satisfies RuntimeEvent["type"][]);
