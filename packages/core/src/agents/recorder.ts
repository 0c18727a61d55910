import type { ModelPrice } from "../config/index.js";
import type { NewEvent, Usage } from "../domain/index.js";
import { costOf } from "../ledger/index.js";
import type { RuntimeEvent } from "../runtime/index.js";
import type { Store } from "../store/index.js";
import type { AgentLog } from "./agent-log.js";
import { DraftWriter } from "./draft-writer.js";

/** A longer text is cut in the event; the agent's log has all of it. */
const EXCERPT_CHARACTERS = 8_000;

export interface RecorderOptions {
  store: Store;
  log: AgentLog;
  taskId: string | null;
  stepKey: string | null;
  agentId: string;
  workingDirectory: string;
  /** False where cost tracking is off: then there is no ledger. */
  keepLedger: boolean;
  prices: Readonly<Record<string, ModelPrice>>;
  /** Takes secrets out of a text that is not an event's. */
  redact(text: string): string;
  /** Told of troubles that end nothing. */
  onTrouble(message: string, error: unknown): void;
  /** Called after a model call has been booked. */
  onBooked(): void;
  /** Called once, when the store has failed: what the agent does from now on could not be recorded. */
  onFailure(): void;
}

/** An event without the subject, which is the recorder's own. */
export type OwnEvent = NewEvent extends infer E ? (E extends NewEvent ? Pick<E, "type" | "data"> : never) : never;

/**
 * Writes what a session reports to the event log and to the agent's own log, in order. Each event is durable as soon
 * as the store is free; a store that fails is reported by `settled`.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  #queue: NewEvent[] = [];
  #writing: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | null = null;
  readonly #drafts: DraftWriter;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#drafts = new DraftWriter(options);
  }

  /** Takes one event of the session. Never throws. */
  take(event: RuntimeEvent): void {
    this.#options.log.event(event);
    this.#drafts.take(event);
    const own = this.#toEvent(event);
    if (own) this.append(own);
    if (event.type === "model_call.end" || event.type === "model_call.reconcile")
      void this.#writing.then(this.#options.onBooked);
  }

  /** Appends an event of this agent. */
  append(event: OwnEvent): void {
    if (event.type === "agent.ended" || event.type === "agent.released") this.#drafts.close();
    const { taskId, stepKey, agentId } = this.#options;
    this.#queue.push({ taskId, stepKey, agentId, ...event } as NewEvent);
    if (this.#queue.length > 1) return;
    this.#writing = this.#writing.then(() => this.#flush());
  }

  /** Resolves when everything taken so far is durable; rejects when the store failed. */
  async settled(): Promise<void> {
    await this.#writing;
    if (this.#failure) throw this.#failure.error;
  }

  async #flush(): Promise<void> {
    const events = this.#queue;
    this.#queue = [];
    if (this.#failure) return;
    try {
      await this.#options.store.append(events);
    } catch (error) {
      this.#failure = { error };
      this.#options.onFailure();
    }
  }

  #cost(model: string, usage: Usage): number | null {
    return costOf(model, usage, this.#options.prices);
  }

  #toEvent(event: RuntimeEvent): OwnEvent | null {
    switch (event.type) {
      case "session.started": {
        const { sessionId, pid, guard, startMs } = event;
        return { type: "agent.started", data: { sessionId, pid, guard, startMs } };
      }
      case "context.measured": {
        const { usedTokens, windowTokens, percentage } = event;
        return { type: "agent.context_measured", data: { usedTokens, windowTokens, percentage } };
      }
      case "text.end":
        return { type: "agent.output", data: { text: excerpt(event.text) } };
      case "thinking.end":
        return { type: "agent.thinking", data: { text: excerpt(event.text) } };
      case "permission.decided": {
        const { toolUseId, tool: name, decision } = event;
        return {
          type: "permission.decided",
          data: { toolUseId, name, decision: decision.decision, reason: decision.reason },
        };
      }
      case "tool.start":
        return {
          type: "tool.started",
          data: {
            toolUseId: event.toolUseId,
            name: event.tool,
            input: excerpt(this.#relative(describeInput(event.input))),
          },
        };
      case "tool.end": {
        const { toolUseId, tool: name, isError, result, filesRead } = event;
        return {
          type: "tool.ended",
          data: {
            toolUseId,
            name,
            isError,
            excerpt: excerpt(result),
            filesRead: filesRead.map((path) => this.#relative(path)),
          },
        };
      }
      case "model_call.retry": {
        const { attempt, maxRetries, delayMs, status, error } = event;
        return { type: "model_call.retried", data: { attempt, maxRetries, delayMs, status, error } };
      }
      case "text.delta":
      case "thinking.delta":
        // What is being written is shown as a draft; the finished block is recorded.
        return null;
      case "handoff.given":
        // It is recorded when the step ends with it.
        return null;
      case "usage_limit.reached":
        // The fleet is held for it: that is recorded.
        return null;
      default:
        return this.#options.keepLedger ? this.#toLedgerEvent(event) : null;
    }
  }

  #toLedgerEvent(event: Extract<RuntimeEvent, { callId: string }>): OwnEvent {
    switch (event.type) {
      case "model_call.start": {
        const { callId, processId, ordinal, model } = event;
        return { type: "model_call.started", data: { callId, processId, ordinal, model } };
      }
      case "model_call.report": {
        const { callId, model, apiMessageId, usage } = event;
        return {
          type: "model_call.reported",
          data: { callId, model, apiMessageId, usage, costUsd: this.#cost(model, usage) },
        };
      }
      case "model_call.end": {
        const { callId, model, state, usage } = event;
        return { type: "model_call.ended", data: { callId, model, state, usage, costUsd: this.#cost(model, usage) } };
      }
      case "model_call.reconcile": {
        const { callId, processId, ordinal, model, usage } = event;
        return {
          type: "model_call.reconciled",
          data: { callId, processId, ordinal, model, usage, costUsd: this.#cost(model, usage) },
        };
      }
    }
  }

  #relative(path: string): string {
    const root = `${this.#options.workingDirectory}/`;
    return path.startsWith(root) ? path.slice(root.length) : path;
  }
}

function excerpt(text: string): string {
  if (text.length <= EXCERPT_CHARACTERS) return text;
  return `${text.slice(0, EXCERPT_CHARACTERS)}\n[cut: ${text.length} characters in all; the agent's log has them]`;
}

/** The part of a tool's input that tells a reader most. */
function describeInput(input: unknown): string {
  const values = (typeof input === "object" && input !== null ? input : {}) as Record<string, unknown>;
  for (const key of ["command", "file_path", "notebook_path", "pattern", "url", "query"]) {
    if (typeof values[key] === "string") return values[key];
  }
  return JSON.stringify(input) ?? "";
}
