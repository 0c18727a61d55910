import { type NewEvent, NO_USAGE, OrchestratorError, type StoredEventOf, toErrorRecord } from "../domain/index.js";
import type { AgentRecord, Store } from "../store/index.js";
import type { AgentCommands } from "./commands.js";
import { type AgentReply, toReply } from "./reply.js";

/** A reply that somebody waits for. */
export interface ExpectedReply {
  agent: AgentRecord;
  messageId: string;
  arrived: Promise<AgentReply>;
  settle(reply: AgentReply): void;
  giveUp(reason: OrchestratorError): void;
  stop(): void;
}

/** A reply that came while everything ended is among so many last events of its agent. */
const LAST_EVENTS = 1_000;

/** The replies that senders of this process wait for, whichever process answers. Each ends somehow. */
export class ExpectedReplies {
  readonly #store: Store;
  readonly #commands: AgentCommands;
  readonly #onTrouble: (message: string, error: unknown) => void;
  readonly #all = new Set<ExpectedReply>();

  constructor(options: {
    store: Store;
    commands: AgentCommands;
    onTrouble(message: string, error: unknown): void;
  }) {
    this.#store = options.store;
    this.#commands = options.commands;
    this.#onTrouble = options.onTrouble;
  }

  /**
   * Listens for the reply to a message that is still to be sent. Whoever waits for it stops it afterwards.
   *
   * @param signal - gives up waiting, and withdraws the message
   */
  async expect(agent: AgentRecord, messageId: string, signal: AbortSignal | undefined): Promise<ExpectedReply> {
    let settle: (reply: AgentReply) => void = () => {};
    let giveUp: (reason: OrchestratorError) => void = () => {};
    const arrived = new Promise<AgentReply>((resolve, reject) => {
      settle = resolve;
      giveUp = reject;
    });
    // Whoever waits hears of it; a reply that nobody came to wait for is no failure.
    arrived.catch(() => {});
    const stopHearing = await this.#commands.on(agent.agentId, (event) => {
      if (event.type === "agent.replied" && event.data.messageId === messageId) settle(toReply(event));
    });
    const onAbort = () => {
      giveUp(gaveUp());
      this.#withdraw(agent, messageId).catch((error) => this.#onTrouble("a message could not be withdrawn", error));
    };
    signal?.addEventListener("abort", onAbort);
    const expected: ExpectedReply = {
      agent,
      messageId,
      arrived,
      settle: (reply) => settle(reply),
      giveUp,
      stop: () => {
        stopHearing();
        signal?.removeEventListener("abort", onAbort);
        this.#all.delete(expected);
      },
    };
    this.#all.add(expected);
    return expected;
  }

  /** The last word to a sender: the reply that is there, or that none will come. */
  async #settleAtEnd({ agent, messageId, settle, giveUp }: ExpectedReply): Promise<void> {
    const { agentId } = agent;
    const events = await this.#store.readEvents({ agentId, newestFirst: true, limit: LAST_EVENTS });
    const reply = events.find((event) => event.type === "agent.replied" && event.data.messageId === messageId);
    if (reply) return settle(toReply(reply as StoredEventOf<"agent.replied">));
    giveUp(stopped());
    await this.#withdraw(agent, messageId);
  }

  /** Takes back a message that nobody waits for any more; where the model has it already its turn is interrupted. */
  async #withdraw(agent: AgentRecord, messageId: string): Promise<void> {
    const message = (await this.#store.listOpenMessages(agent.agentId)).find((each) => each.messageId === messageId);
    if (message?.status === "delivered")
      await this.#append(agent, { type: "agent.interrupt_requested", data: { reason: "its sender gave up" } });
    if (message?.status !== "queued") return;
    const nothing = { text: "", steered: false, modelCalls: 0, usage: NO_USAGE, costUsd: 0 };
    const error = toErrorRecord(gaveUp(), "cancelled");
    await this.#append(agent, { type: "agent.replied", data: { messageId, status: "failed", error, ...nothing } });
  }

  /** Whether somebody of this process waits for the reply to a message. */
  has(messageId: string): boolean {
    return [...this.#all].some((expected) => expected.messageId === messageId);
  }

  /** Gives every sender a last word. */
  async settleAll(): Promise<void> {
    for (const expected of this.#all) await this.#settleAtEnd(expected);
  }

  async #append({ agentId, taskId, stepKey }: AgentRecord, event: Pick<NewEvent, "type" | "data">): Promise<void> {
    await this.#store.append([{ ...event, taskId, stepKey, agentId } as NewEvent]);
  }
}

/** The error of a sender that waits no longer. */
export function gaveUp(): OrchestratorError {
  return new OrchestratorError("cancelled", "The sender gave up waiting for the reply.", "");
}

function stopped(): OrchestratorError {
  return new OrchestratorError(
    "cancelled",
    "The orchestrator stopped before the reply came.",
    "Send the message again.",
  );
}
