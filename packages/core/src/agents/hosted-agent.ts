import type { Config } from "../config/index.js";
import { type ErrorRecord, OrchestratorError, toErrorRecord } from "../domain/index.js";
import { checkSpending, type Holds, hasBudget, type Semaphore } from "../limits/index.js";
import type { ClaudeRuntime } from "../runtime/index.js";
import type { AgentRecord, MessageRecord, Store } from "../store/index.js";
import type { OpenAgentLog } from "./agent-log.js";
import { AgentProcess } from "./agent-process.js";
import { AgentTurn } from "./agent-turn.js";
import { composeReply, isLost, lostConversation } from "./reply.js";
import type { Supervisor } from "./supervisor.js";

export interface HostOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  /** What the whole fleet waits for. */
  holds: Holds;
  openLog: OpenAgentLog;
  supervisor: Supervisor;
  /** Turns of hand-made agents that may run at once in this process. */
  turns: Semaphore;
  onTrouble(message: string, error: unknown): void;
}

/** Why a host lets go of its agent. */
type Ending = { kind: "idle" } | { kind: "stopped" } | { kind: "killed"; reason: string } | { kind: "deleted" };

/**
 * A hand-made agent that this process runs: answers its messages in the order in which they were sent, by one turn
 * each. The process behind it is started when there is something to answer, and ends when nothing comes any more.
 */
export class HostedAgent {
  readonly #options: HostOptions;
  readonly #agentId: string;
  readonly #ownerId: string;
  /** Resolves when the agent has been let go. */
  readonly ended: Promise<void>;
  #process: { process: AgentProcess; model: string } | null = null;
  #turn: AgentTurn | null = null;
  #ending: Ending | null = null;
  #hasNews = true;
  #wake: () => void = () => {};
  #endsNow: () => void = () => {};
  /** Resolves when the agent is to be let go. */
  readonly #isToEnd: Promise<void>;

  /**
   * @param agentId - an agent that this process has claimed
   * @param ownerId - as whom it has
   */
  constructor(options: HostOptions, agentId: string, ownerId: string) {
    this.#options = options;
    this.#agentId = agentId;
    this.#ownerId = ownerId;
    this.#isToEnd = new Promise((resolve) => {
      this.#endsNow = resolve;
    });
    this.ended = this.#work();
  }

  /** There may be a message. */
  notice(): void {
    this.#hasNews = true;
    this.#wake();
    this.#turn
      ?.joinOpen()
      .catch((error) => this.#options.onTrouble(`messages to the agent ${this.#agentId} could not be read`, error));
  }

  /** Ends the turn that runs; the agent goes on with its next message. */
  interrupt(reason: string): void {
    this.#turn?.stop({ code: "cancelled", message: `The turn was interrupted: ${reason}.`, hint: "" });
  }

  /** Lets go of the agent: its process ends, and it comes back by its session. Resolves when nothing is left. */
  release(ending: Ending): Promise<void> {
    if (!this.#ending) {
      this.#ending = ending;
      this.#turn?.blame(endingError(ending));
      this.#wake();
      this.#endsNow();
      void this.#process?.process.stop();
    }
    return this.ended;
  }

  /**
   * Lets go of the agent when the turn that runs has ended, for the sake of senders in other processes.
   *
   * @param limitMs - how long it may take before it is ended
   */
  async drain(limitMs: number): Promise<void> {
    this.#ending ??= { kind: "stopped" };
    this.#wake();
    this.#endsNow();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([this.ended, late]);
    clearTimeout(timer);
    this.#turn?.blame(endingError({ kind: "stopped" }));
    void this.#process?.process.stop();
    await this.ended;
  }

  /** The messages that the turn which runs answers. */
  get messageIds(): string[] {
    return this.#turn?.messageIds ?? [];
  }

  async #work(): Promise<void> {
    const { onTrouble } = this.#options;
    try {
      await this.#failInterrupted();
      while (!this.#ending) {
        this.#hasNews = false;
        const message = await this.#next();
        if (message) await this.#answer(message);
        else if (!(await this.#waitForNews())) this.#ending ??= { kind: "idle" };
      }
    } catch (error) {
      this.#ending ??= { kind: "stopped" };
      onTrouble(`the agent ${this.#agentId} could not go on`, error);
    }
    try {
      await this.#process?.process.stop();
      await this.#recordEnd(this.#ending?.kind === "deleted");
    } catch (error) {
      onTrouble(`the agent ${this.#agentId} could not be released`, error);
    }
  }

  async #recordEnd(isDeleted: boolean): Promise<void> {
    const { store } = this.#options;
    const subject = { taskId: null, stepKey: null, agentId: this.#agentId };
    if (!isDeleted)
      return void (await store.append([{ ...subject, type: "agent.released", data: { ownerId: this.#ownerId } }]));
    // From here on it takes no messages; those that it has are told.
    await store.append([{ ...subject, type: "agent.deleted", data: {} }]);
    for (const { messageId } of await store.listOpenMessages(this.#agentId))
      await this.#fail(messageId, endingError({ kind: "deleted" }));
  }

  /** The message that has waited longest and has not been given to the model. */
  async #next(): Promise<MessageRecord | undefined> {
    const open = await this.#options.store.listOpenMessages(this.#agentId);
    return open.find((message) => message.status === "queued");
  }

  async #answer(message: MessageRecord): Promise<void> {
    const { store, config } = this.#options;
    const free = await this.#takePlace();
    if (!free) return;
    try {
      const agent = await store.getAgent(this.#agentId);
      if (!agent || !(await this.#isWanted(message))) return;
      const purse = {
        taskId: null,
        budgetUsd: null,
        dailyBudgetUsd: config.dailyBudgetUsd,
        rehearsal: agent.rehearsal,
      };
      const reached = hasBudget(purse) ? await checkSpending(store, purse) : null;
      if (reached) return await this.#fail(message.messageId, toErrorRecord(reached, "budget_reached"));
      const process = await this.#startProcess(agent, message.messageId);
      // Starting takes a while, in which the sender may have given up.
      if (!process || !(await this.#isWanted(message)) || this.#ending) return;
      this.#turn = new AgentTurn(this.#options, agent, process, message);
      await this.#turn.run();
    } finally {
      this.#turn = null;
      free();
      await this.#options.holds.ended(this.#agentId);
    }
  }

  async #isWanted({ messageId }: MessageRecord): Promise<boolean> {
    const open = await this.#options.store.listOpenMessages(this.#agentId);
    return open.some((message) => message.messageId === messageId && message.status === "queued");
  }

  /** A place among the turns that may run at once; `null` when the agent is let go first. */
  async #takePlace(): Promise<(() => void) | null> {
    const acquiring = this.#options.turns.acquire();
    const free = await Promise.race([acquiring, this.#isToEnd]);
    if (free) return free;
    void acquiring.then((late) => late());
    return null;
  }

  /** The process, started again where the last one is gone or has another model. `null` when it did not start. */
  async #startProcess(agent: AgentRecord, messageId: string): Promise<AgentProcess | null> {
    const running = this.#process;
    if (running && running.model === agent.model && !running.process.isOver) return running.process;
    await running?.process.stop();
    this.#process = null;
    if (this.#ending) return null;
    const { store, runtime, config, holds, openLog, onTrouble } = this.#options;
    const log = openLog({ agentId: agent.agentId, taskId: null, name: agent.name });
    const process = new AgentProcess({
      store,
      runtime,
      config,
      holds,
      onTrouble,
      log,
      agent: { ...agent, taskId: null, stepKey: null },
      outputSchema: null,
      // Before its first message the CLI has written no conversation that could be resumed.
      resume: agent.messages > 0 ? agent.sessionId : null,
    });
    if (agent.messages === 0) log.prompt("System prompt", agent.systemPrompt);
    this.#process = { process, model: agent.model };
    process.begin();
    try {
      await process.ready();
      return process;
    } catch (error) {
      this.#process = null;
      if (!OrchestratorError.is(error) || error.code.startsWith("database")) throw error;
      const failure = { ok: false as const, error: toErrorRecord(error, "start_failed"), text: "" };
      const { error: cause } = isLost(failure) ? lostConversation(agent, failure) : failure;
      await this.#fail(messageId, this.#ending ? endingError(this.#ending) : cause);
      return null;
    }
  }

  /** Waits until something may be there to answer. False when nothing came for long. */
  #waitForNews(): Promise<boolean> {
    // Either may have happened since the mailbox was looked at.
    if (this.#hasNews || this.#ending) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), this.#options.config.agentIdleMinutes * 60_000);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /** A message that an earlier owner gave to the model and died over: whether it was acted on nobody knows. */
  async #failInterrupted(): Promise<void> {
    for (const { messageId, status } of await this.#options.store.listOpenMessages(this.#agentId)) {
      if (status !== "delivered") continue;
      await this.#fail(messageId, {
        code: "process_exited",
        message: "The process that ran the agent ended while it was answering.",
        hint: "What it did until then is in its log. Send the message again if it is still wanted.",
      });
    }
  }

  async #fail(messageId: string, error: ErrorRecord): Promise<void> {
    const event = composeReply(messageId, { ok: false, error, text: "" }, null, false);
    await this.#options.store.append([{ ...event, taskId: null, stepKey: null, agentId: this.#agentId }]);
  }
}

function endingError(ending: Ending): ErrorRecord {
  switch (ending.kind) {
    case "deleted":
      return { code: "agent_deleted", message: "The agent was deleted before it had answered.", hint: "" };
    case "killed":
      return {
        code: "cancelled",
        message: `The agent's process was killed: ${ending.reason}.`,
        hint: "It lives on and takes messages; it comes back by its session.",
      };
    default:
      return { code: "cancelled", message: "The orchestrator stopped.", hint: "Send the message again." };
  }
}
