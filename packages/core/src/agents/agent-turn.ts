import { randomUUID } from "node:crypto";
import type { Config } from "../config/index.js";
import { type ErrorRecord, toErrorRecord } from "../domain/index.js";
import { checkSpending, type Holds, hasBudget, type Purse } from "../limits/index.js";
import type { TurnResult } from "../runtime/index.js";
import type { AgentRecord, MessageRecord, Store } from "../store/index.js";
import type { AgentProcess, TurnAnswer } from "./agent-process.js";
import { composeAfterHold } from "./prompt.js";
import { composeReply, isLost, lostConversation, turnTimeout } from "./reply.js";
import { type Supervisor, stuckError } from "./supervisor.js";

export interface TurnOptions {
  store: Store;
  config: Config;
  holds: Holds;
  supervisor: Supervisor;
  onTrouble(message: string, error: unknown): void;
}

/** How long a turn may take to end when it is interrupted. */
const INTERRUPT_LIMIT_MS = 5_000;

/** One turn of a hand-made agent: a message, those that join it, and whatever may end it early. */
export class AgentTurn {
  readonly #options: TurnOptions;
  readonly #agent: AgentRecord;
  readonly #process: AgentProcess;
  readonly #message: MessageRecord;
  readonly #purse: Purse;
  /** Why we ended it ourselves, where its own result would not say it. */
  #verdict: ErrorRecord | null = null;
  readonly #ending = new AbortController();
  /** How long the turn may take; a hold does not count. */
  #timer: NodeJS.Timeout | undefined;
  #startClock: () => void = () => {};
  /** Messages that have joined; each resolves when it is answered. */
  readonly #joined = new Map<string, Promise<void>>();

  constructor(options: TurnOptions, agent: AgentRecord, process: AgentProcess, message: MessageRecord) {
    this.#options = options;
    this.#agent = agent;
    this.#process = process;
    this.#message = message;
    const { dailyBudgetUsd } = options.config;
    this.#purse = { taskId: null, budgetUsd: null, dailyBudgetUsd, rehearsal: agent.rehearsal };
  }

  /** Runs until the message and everything that joined it is answered. @throws OrchestratorError when the store fails */
  async run(): Promise<void> {
    const { supervisor } = this.#options;
    const { settings } = this.#agent;
    const process = this.#process;
    const stopWatching = supervisor.watch(process.supervised(randomUUID));
    const stopAtLimit = () => this.stop(turnTimeout(this.#agent));
    this.#startClock = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(stopAtLimit, settings.timeoutMinutes * 60_000);
    };
    this.#startClock();
    process.onStuck = (finding, detail) => this.stop(stuckError(finding, detail));
    process.gate = hasBudget(this.#purse) ? () => this.#checkPurse() : null;
    try {
      await this.#ask(this.#message);
      // One that came too late to join is a turn of its own by now, under the same limits.
      while (this.#joined.size > 0) await Promise.all(this.#joined.values());
    } finally {
      clearTimeout(this.#timer);
      stopWatching();
    }
  }

  /** The message and those that have joined. */
  get messageIds(): string[] {
    return [this.#message.messageId, ...this.#joined.keys()];
  }

  /** Lets messages that are to steer join. */
  async joinOpen(): Promise<void> {
    const open = await this.#options.store.listOpenMessages(this.#agent.agentId);
    for (const message of open) {
      const { messageId, status, whenBusy } = message;
      const isNew = messageId !== this.#message.messageId && !this.#joined.has(messageId);
      if (!isNew || whenBusy !== "steer" || status !== "queued" || !this.#process.isBusy) continue;
      const joining = this.#ask(message)
        .catch((error) => this.#options.onTrouble("a message to an agent was not answered", error))
        .finally(() => this.#joined.delete(messageId));
      this.#joined.set(messageId, joining);
    }
  }

  /** What its messages are told when it fails. */
  blame(reason: ErrorRecord): void {
    this.#verdict ??= reason;
    this.#ending.abort();
  }

  /** Ends it; a CLI that does not heed it loses its process. */
  stop(reason: ErrorRecord): void {
    this.blame(reason);
    const process = this.#process;
    void process
      .interrupt()
      .then(() => process.idle(INTERRUPT_LIMIT_MS))
      .then(() => (process.isBusy ? process.stop() : undefined));
  }

  async #ask({ messageId, text }: MessageRecord): Promise<void> {
    const { result, used, isShared } = await this.#askUntilOver(messageId, text);
    const outcome = this.#describe(result);
    this.#process.append(composeReply(messageId, outcome, this.#verdict, isShared, used));
    await this.#process.settled();
    // A session without its conversation is of no use for the next message either.
    if (isLost(result)) await this.#process.stop();
  }

  /** One that the fleet's hold has ended is gone on with when it is over. */
  async #askUntilOver(messageId: string, text: string): Promise<TurnAnswer> {
    const { holds } = this.#options;
    const { agentId } = this.#agent;
    const { signal } = this.#ending;
    for (let words = text, id = messageId; ; id = randomUUID()) {
      const answer = await this.#process.ask(id, words);
      if (!answer.hold || signal.aborted) return answer;
      if (answer.isSent) words = composeAfterHold(answer.hold.reason);
      clearTimeout(this.#timer);
      await holds.enter(agentId, signal);
      // Ended while it waited: asked again now it would run in full, and nobody would end it any more.
      if (signal.aborted) return answer;
      this.#startClock();
    }
  }

  #describe(result: TurnResult): TurnResult {
    return isLost(result) ? lostConversation(this.#agent, result) : result;
  }

  async #checkPurse(): Promise<string | null> {
    const reached = await checkSpending(this.#options.store, this.#purse);
    if (!reached) return null;
    this.blame(toErrorRecord(reached, "budget_reached"));
    return reached.message;
  }
}
