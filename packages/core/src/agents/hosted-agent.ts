import { randomUUID } from "node:crypto";
import type { Config } from "../config/index.js";
import { type ErrorRecord, OrchestratorError, toErrorRecord } from "../domain/index.js";
import { checkSpending, hasBudget, type Semaphore } from "../limits/index.js";
import type { ClaudeRuntime, TurnResult } from "../runtime/index.js";
import type { AgentRecord, MessageRecord, Store } from "../store/index.js";
import type { OpenAgentLog } from "./agent-log.js";
import { AgentProcess, type TurnUsage } from "./agent-process.js";
import { composeReply, isLost, lostConversation, turnTimeout } from "./reply.js";
import type { Supervisor } from "./supervisor.js";

export interface HostOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  openLog: OpenAgentLog;
  supervisor: Supervisor;
  /** Turns of hand-made agents that may run at once in this process. */
  turns: Semaphore;
  onTrouble(message: string, error: unknown): void;
}

/** How long a turn may take to end when it is interrupted. */
const INTERRUPT_LIMIT_MS = 5_000;

/** Why a host lets go of its agent. */
type Ending = { kind: "idle" } | { kind: "stopped" } | { kind: "killed"; reason: string } | { kind: "deleted" };

/**
 * A hand-made agent that this process runs: answers its messages in the order in which they were sent, by one turn
 * each. The process behind it is started when there is something to answer, and ends when nothing comes any more.
 */
export class HostedAgent {
  readonly #options: HostOptions;
  readonly #agentId: string;
  readonly ended: Promise<void>;
  #process: { process: AgentProcess; model: string } | null = null;
  #ending: Ending | null = null;
  /** Why we ended the turn that runs, where its own result would not say it. */
  #verdict: ErrorRecord | null = null;
  /** The turn that runs; it never rejects. */
  #turn: Promise<void> | null = null;
  /** Messages that have joined the turn that runs. */
  readonly #joined = new Map<string, Promise<void>>();
  #hasNews = true;
  #wake: () => void = () => {};
  #endsNow: () => void = () => {};
  /** Resolves when the agent is to be let go. */
  readonly #isToEnd: Promise<void>;

  /** @param agentId - an agent that this process has claimed */
  constructor(options: HostOptions, agentId: string) {
    this.#options = options;
    this.#agentId = agentId;
    this.#isToEnd = new Promise((resolve) => {
      this.#endsNow = resolve;
    });
    this.ended = this.#work();
  }

  /** There may be a message. */
  notice(): void {
    this.#hasNews = true;
    this.#wake();
    if (this.#process?.process.isBusy) void this.#steer();
  }

  /** Ends the turn that runs; the agent goes on with its next message. */
  interrupt(reason: string): void {
    this.#stopTurn({ code: "cancelled", message: `The turn was interrupted: ${reason}.`, hint: "" });
  }

  /** Lets go of the agent: its process ends, and it comes back by its session. Resolves when nothing is left. */
  release(ending: Ending): Promise<void> {
    if (!this.#ending) {
      this.#ending = ending;
      this.#verdict ??= endingError(ending);
      this.#wake();
      this.#endsNow();
      void this.#process?.process.stop();
    }
    return this.ended;
  }

  async #work(): Promise<void> {
    const { store, onTrouble } = this.#options;
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
      await Promise.all(this.#joined.values());
      if (this.#ending?.kind === "deleted") await this.#failOpen(endingError(this.#ending));
      const type = this.#ending?.kind === "deleted" ? "agent.deleted" : "agent.released";
      await store.append([{ type, taskId: null, stepKey: null, agentId: this.#agentId, data: {} }]);
    } catch (error) {
      onTrouble(`the agent ${this.#agentId} could not be released`, error);
    }
  }

  /** The message that has waited longest and has not been given to the model. */
  async #next(): Promise<MessageRecord | undefined> {
    const open = await this.#options.store.listOpenMessages(this.#agentId);
    return open.find((message) => message.status === "queued" && !this.#joined.has(message.messageId));
  }

  /** Messages that may join the turn that runs do so. */
  async #steer(): Promise<void> {
    try {
      for (const { messageId, text, status, whenBusy } of await this.#options.store.listOpenMessages(this.#agentId)) {
        const process = this.#process?.process;
        if (!process?.isBusy || whenBusy !== "steer" || status !== "queued" || this.#joined.has(messageId)) continue;
        const joining = process.ask(messageId, text).then(async ({ result }) => {
          this.#reply(process, messageId, result, { steered: true });
          await process.settled();
        });
        this.#joined.set(
          messageId,
          joining
            .catch((error) => this.#options.onTrouble("a message was not answered", error))
            .finally(() => this.#joined.delete(messageId)),
        );
      }
    } catch (error) {
      this.#options.onTrouble(`messages to the agent ${this.#agentId} could not be read`, error);
    }
  }

  async #answer({ messageId, text }: MessageRecord): Promise<void> {
    const { store, config, supervisor } = this.#options;
    const free = await this.#takeTurn();
    if (!free) return;
    let stopWatching = () => {};
    let timer: NodeJS.Timeout | undefined;
    try {
      const agent = await store.getAgent(this.#agentId);
      const isWanted = (await store.listOpenMessages(this.#agentId)).some((message) => message.messageId === messageId);
      if (!agent || !isWanted || this.#ending) return;
      const purse = {
        taskId: null,
        budgetUsd: null,
        dailyBudgetUsd: config.dailyBudgetUsd,
        rehearsal: agent.rehearsal,
      };
      const reached = hasBudget(purse) ? await checkSpending(store, purse) : null;
      if (reached) return await this.#fail(messageId, toErrorRecord(reached, "budget_reached"));
      this.#verdict = null;
      const process = await this.#startProcess(agent, messageId);
      if (!process) return;
      stopWatching = supervisor.watch(process.supervised(randomUUID));
      timer = setTimeout(() => this.#stopTurn(turnTimeout(agent)), agent.settings.timeoutMinutes * 60_000);
      process.onStuck = (finding, detail) =>
        this.#stopTurn({
          code: "agent_stuck",
          message: `Status checks found the agent ${finding.replace("_", " ")}: ${detail}.`,
          hint: "Its log shows what it tried.",
        });
      process.gate = hasBudget(purse) ? async () => this.#checkPurse(await checkSpending(store, purse)) : null;
      const turn = process.ask(messageId, text);
      this.#turn = turn.then(
        () => {},
        () => {},
      );
      const { result, used } = await turn;
      await this.#conclude(agent, process, messageId, result, used);
    } finally {
      this.#turn = null;
      clearTimeout(timer);
      stopWatching();
      free();
    }
  }

  /** A place among the turns that may run at once; `null` when the agent is let go first. */
  async #takeTurn(): Promise<(() => void) | null> {
    const acquiring = this.#options.turns.acquire();
    const free = await Promise.race([acquiring, this.#isToEnd]);
    if (free) return free;
    void acquiring.then((late) => late());
    return null;
  }

  /** Ends the turn that runs; a CLI that does not heed it loses its process. */
  #stopTurn(reason: ErrorRecord): void {
    const process = this.#process?.process;
    const turn = this.#turn;
    if (!process || !turn) return;
    this.#verdict ??= reason;
    let timer: NodeJS.Timeout | undefined;
    void process
      .interrupt()
      .then(() =>
        Promise.race([
          turn.then(() => true),
          new Promise<boolean>((resolve) => {
            timer = setTimeout(() => resolve(false), INTERRUPT_LIMIT_MS);
          }),
        ]),
      )
      .then((hasEnded) => {
        clearTimeout(timer);
        if (!hasEnded) void process.stop();
      });
  }

  #checkPurse(reached: OrchestratorError | null): string | null {
    if (!reached) return null;
    this.#verdict ??= toErrorRecord(reached, "budget_reached");
    return reached.message;
  }

  async #conclude(
    agent: AgentRecord,
    process: AgentProcess,
    messageId: string,
    result: TurnResult,
    used: TurnUsage,
  ): Promise<void> {
    this.#reply(process, messageId, isLost(result) ? lostConversation(agent, result) : result, {
      steered: false,
      used,
    });
    await process.settled();
    if (result.ok || (result.error.code !== "process_exited" && !isLost(result))) return;
    // The next message starts another process with the same session.
    await process.stop();
    this.#process = null;
  }

  #reply(
    process: AgentProcess,
    messageId: string,
    result: TurnResult,
    { steered, used }: { steered: boolean; used?: TurnUsage },
  ): void {
    process.append(composeReply(messageId, result, this.#verdict, steered, used));
  }

  /** The process, started again where the last one is gone or has another model. `null` when it did not start. */
  async #startProcess(agent: AgentRecord, messageId: string): Promise<AgentProcess | null> {
    if (this.#process && this.#process.model !== agent.model) {
      await this.#process.process.stop();
      this.#process = null;
    }
    if (this.#process) return this.#process.process;
    const { store, runtime, config, openLog } = this.#options;
    const log = openLog({ agentId: agent.agentId, taskId: null, name: agent.name });
    const process = new AgentProcess({
      store,
      runtime,
      config,
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
      await this.#fail(messageId, this.#verdict ?? toErrorRecord(error, "start_failed"));
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

  async #failOpen(error: ErrorRecord): Promise<void> {
    for (const { messageId } of await this.#options.store.listOpenMessages(this.#agentId))
      await this.#fail(messageId, error);
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
