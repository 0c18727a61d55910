import { createHash } from "node:crypto";
import type { RuntimeEvent } from "../runtime/index.js";

/** What a status check sees of an agent. */
export interface PulseReading {
  /** Milliseconds since the last sign of life. */
  silentMs: number;
  /** The same tool call with the same input, so often in a row up to now. */
  identicalCalls: number;
  /** Tool calls since the last one that it had not made before. */
  callsSinceNew: number;
  toolCalls: number;
  /** What it waits for: its model or a tool; `null` while it should be doing something itself. */
  waitsFor: "model" | "tool" | null;
}

/** Signs of life of one agent, from its own events. Costs no model call. */
export class Pulse {
  readonly #now: () => number;
  #lastMs: number;
  #lastCall = "";
  #identicalCalls = 0;
  #callsSinceNew = 0;
  #toolCalls = 0;
  readonly #seen = new Set<string>();
  readonly #openTools = new Set<string>();
  #isCalling = false;

  /** @param now - the clock, in milliseconds; it must not be set back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#lastMs = now();
  }

  /** A turn begins: what happened before it is another story. */
  begin(): void {
    this.#lastMs = this.#now();
    this.#lastCall = "";
    this.#identicalCalls = 0;
    this.#callsSinceNew = 0;
    this.#openTools.clear();
    this.#seen.clear();
  }

  take(event: RuntimeEvent): void {
    this.#lastMs = this.#now();
    switch (event.type) {
      case "model_call.start":
        this.#isCalling = true;
        return;
      case "model_call.end":
        this.#isCalling = false;
        return;
      case "tool.start":
        this.#openTools.add(event.toolUseId);
        return this.#count(digest(`${event.tool} ${JSON.stringify(event.input)}`));
      case "tool.end":
        this.#openTools.delete(event.toolUseId);
        return;
      default:
        return;
    }
  }

  read(): PulseReading {
    return {
      silentMs: Math.max(0, Math.round(this.#now() - this.#lastMs)),
      identicalCalls: this.#identicalCalls,
      callsSinceNew: this.#callsSinceNew,
      toolCalls: this.#toolCalls,
      waitsFor: this.#openTools.size > 0 ? "tool" : this.#isCalling ? "model" : null,
    };
  }

  #count(call: string): void {
    this.#toolCalls += 1;
    this.#identicalCalls = call === this.#lastCall ? this.#identicalCalls + 1 : 1;
    this.#lastCall = call;
    this.#callsSinceNew = this.#seen.has(call) ? this.#callsSinceNew + 1 : 0;
    this.#seen.add(call);
  }
}

/** A call may write a whole file; what is kept of it is only good for comparing. */
function digest(call: string): string {
  return createHash("sha256").update(call).digest("base64");
}
