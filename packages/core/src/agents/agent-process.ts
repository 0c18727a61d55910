import type { Config } from "../config/index.js";
import { type AgentSettings, addUsage, type EventData, type Finding, NO_USAGE, type Usage } from "../domain/index.js";
import { costOf } from "../ledger/index.js";
import type { Hold, Holds } from "../limits/index.js";
import {
  decidePermission,
  HANDOFF_TOOL,
  type PermissionDecision,
  type Redirection,
  redirectInput,
} from "../permissions/index.js";
import type { AgentSession, ClaudeRuntime, JsonSchema, RuntimeEvent, TurnResult } from "../runtime/index.js";
import type { Store } from "../store/index.js";
import type { AgentLog } from "./agent-log.js";
import { HoldWatch } from "./hold-watch.js";
import { Pulse } from "./pulse.js";
import { type OwnEvent, Recorder } from "./recorder.js";
import type { Supervised } from "./supervisor.js";

/** Who an agent is, as far as its process must know. */
export interface AgentIdentity {
  agentId: string;
  taskId: string | null;
  stepKey: string | null;
  model: string;
  systemPrompt: string;
  tools: readonly string[];
  workingDirectory: string;
  /** Variables of its workspace. */
  variables?: Readonly<Record<string, string>> | undefined;
  /** The user's checkout, where its workspace is a copy of that. */
  redirection?: Redirection | null | undefined;
  settings: AgentSettings;
}

export interface AgentProcessOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  /** What the whole fleet waits for. */
  holds: Holds;
  log: AgentLog;
  agent: AgentIdentity;
  /** The schema of every turn's result, or `null` for free text. */
  outputSchema: JsonSchema | null;
  /** The session to go on with, or `null` for a new one. */
  resume: string | null;
  /** Told of troubles that end nothing. */
  onTrouble(message: string, error: unknown): void;
}

/** What one turn has used. */
export interface TurnUsage {
  modelCalls: number;
  usage: Usage;
  /** `null` when nothing of it has a known price. */
  costUsd: number | null;
}

/** How a turn ended. */
export interface TurnAnswer {
  result: TurnResult;
  /** What a turn that failed must wait for, to be gone on with then; `null` where it ended for good. */
  hold: Hold | null;
  /** Whether the agent has got the message. */
  isSent: boolean;
  used: TurnUsage;
  /** A message that shared a turn has used nothing itself. */
  isShared: boolean;
}

const NOTHING: TurnUsage = { modelCalls: 0, usage: NO_USAGE, costUsd: 0 };

/** How long a tool waits for the usage of the answer that asked for it. It follows within milliseconds. */
const BOOKING_LIMIT_MS = 2_000;

/**
 * One process of an agent, with everything that happens in it recorded. It may be started before anything of it is to
 * be recorded: until `begin` nothing is.
 */
export class AgentProcess {
  /** Called after each booked model call. */
  onBooked: () => void = () => {};
  /** Called when the first answer begins to arrive. */
  onFirstAnswer: () => void = () => {};
  /** Called when the window was measured. */
  onContext: (context: EventData<"agent.context_measured">) => void = () => {};
  /** Called when a status check ends the agent's work. */
  onStuck: (finding: Finding, detail: string) => void = () => {};
  /**
   * Asked before each tool, when the model call that wants it is booked: a reason to end the turn there, or `null`.
   * Where there is one nothing more is spent.
   */
  gate: (() => Promise<string | null>) | null = null;
  /** Whether it has given its structured result, as far as is known. */
  hasHandedOver = false;
  /** Whether it has used its shell. */
  hasRunCommands = false;
  readonly pulse = new Pulse();
  readonly #holdWatch: HoldWatch;
  readonly #options: AgentProcessOptions;
  readonly #recorder: Recorder;
  readonly #starting: Promise<AgentSession>;
  /** What happened before anything was to be recorded. */
  #early: (() => void)[] | null = [];
  #session: AgentSession | null = null;
  #lastResult: TurnResult | null = null;
  #turns = 0;
  readonly #idlers: (() => void)[] = [];
  #used: TurnUsage = { modelCalls: 0, usage: NO_USAGE, costUsd: 0 };
  #openCalls = 0;
  readonly #bookings = new Set<() => void>();

  constructor(options: AgentProcessOptions) {
    const { store, runtime, config, log, agent } = options;
    this.#options = options;
    this.#recorder = new Recorder({
      store,
      log,
      taskId: agent.taskId,
      stepKey: agent.stepKey,
      agentId: agent.agentId,
      workingDirectory: agent.workingDirectory,
      keepLedger: config.costTracking,
      prices: config.prices,
      redact: lazily(() => runtime.createRedactor(agent.workingDirectory)),
      onTrouble: options.onTrouble,
      onBooked: () => this.onBooked(),
      onFailure: () => void this.stop(),
    });
    const { taskId, stepKey, agentId, settings } = agent;
    this.#holdWatch = new HoldWatch({
      holds: options.holds,
      caller: taskId === null ? agentId : `${taskId}/${stepKey}`,
      interrupt: () => this.interrupt(),
    });
    this.#starting = runtime.start({
      agentId: agent.agentId,
      workingDirectory: agent.workingDirectory,
      model: agent.model,
      fallbackModel: settings.fallbackModel,
      systemPrompt: agent.systemPrompt,
      tools: agent.tools,
      effort: settings.effort,
      maxTurns: settings.maxTurns,
      maxTokens: settings.maxTokens,
      sandbox: settings.sandbox,
      variables: agent.variables ?? {},
      outputSchema: options.outputSchema,
      resume: options.resume,
      decide: (tool, input) => this.#decide(tool, input),
      beforeCall: async () => void (await this.#holdWatch.beforeCall()),
      onEvent: (event) => this.#take(event),
    });
    this.#starting.then(
      (session) => {
        this.#session = session;
      },
      // A start that fails is reported by ready(); one that nobody waits for any more is nobody's news.
      () => this.#holdWatch.close(),
    );
  }

  /** From here on everything is recorded, with what has happened already. */
  begin(): void {
    for (const record of this.#early ?? []) record();
    this.#early = null;
  }

  /** Records an event of the agent, in order with those of its session. */
  append(event: OwnEvent): void {
    this.#recorder.append(event);
  }

  /** Resolves when everything so far is durable. @throws OrchestratorError when the store failed */
  settled(): Promise<void> {
    return this.#recorder.settled();
  }

  /** Resolves when the process can take a message. @throws OrchestratorError when it does not start */
  async ready(): Promise<void> {
    await this.#starting;
    await this.#recorder.settled();
  }

  /** True while a turn runs. */
  get isBusy(): boolean {
    return this.#turns > 0;
  }

  /**
   * Sends a message and waits for the turn that answers it, with everything recorded. While a turn runs the message
   * joins it.
   *
   * @param messageId - a UUID
   * @returns how the turn ended, and what it has used
   */
  async ask(messageId: string, text: string): Promise<TurnAnswer> {
    const session = await this.#starting;
    const begins = this.#turns === 0;
    this.#turns += 1;
    try {
      if (begins) {
        this.pulse.begin();
        this.hasHandedOver = false;
        const hold = await this.#holdWatch.begin();
        if (hold) return { result: heldBack(hold), hold, isSent: false, used: NOTHING, isShared: false };
      }
      this.#options.log.prompt("Message", text);
      this.#recorder.append({ type: "agent.prompted", data: { messageId, prompt: text } });
      await this.#recorder.settled();
      const result = await session.send(messageId, text);
      // At once, before a turn that follows can use anything.
      const share = this.#takeShare(result);
      await this.#recorder.settled();
      const hold = result.ok ? null : await this.#holdWatch.settle(result);
      return { result, hold, isSent: true, ...share };
    } finally {
      this.#turns -= 1;
      if (this.#turns === 0) for (const resolve of this.#idlers.splice(0)) resolve();
    }
  }

  /**
   * What was used since the last result. Messages that one turn has answered get one and the same result: the first of
   * them takes it all. One that came too late to join has a result of its own.
   */
  #takeShare(result: TurnResult): { used: TurnUsage; isShared: boolean } {
    if (result === this.#lastResult) return { used: NOTHING, isShared: true };
    this.#lastResult = result;
    const used = this.#used;
    this.#used = NOTHING;
    return { used, isShared: false };
  }

  /** True when the process has ended or is about to: it takes no more messages. */
  get isOver(): boolean {
    return this.#session?.isOver ?? false;
  }

  /** Resolves when no turn runs any more, or after a while. @param limitMs - milliseconds */
  async idle(limitMs: number): Promise<void> {
    if (this.#turns === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#idlers.push(resolve);
      timer = setTimeout(resolve, limitMs);
    });
    clearTimeout(timer);
  }

  /** Ends the turn that runs; the process stays. */
  async interrupt(): Promise<void> {
    const session = await this.#starting.catch(() => null);
    await session?.interrupt();
  }

  /** Ends the process and everything that it started. */
  async stop(): Promise<void> {
    this.#holdWatch.close();
    const session = await this.#starting.catch(() => null);
    await session?.close();
  }

  /** This agent for the supervisor. @param messageId - makes the id of a nudge */
  supervised(messageId: () => string): Supervised {
    return {
      read: () => (this.isBusy && this.#early === null ? this.pulse.read() : null),
      record: (check) => this.#recorder.append({ type: "agent.checked", data: check }),
      nudge: (text) => {
        // It joins the turn that runs; what comes of it is that turn's result. A store that fails ends the turn.
        this.ask(messageId(), text).catch(() => {});
      },
      stop: (finding, detail) => this.onStuck(finding, detail),
    };
  }

  async #decide(tool: string, input: unknown): Promise<PermissionDecision> {
    const { agent, runtime } = this.#options;
    const redirected = agent.redirection ? redirectInput(tool, input, agent.redirection) : null;
    const verdict = decidePermission(tool, redirected ?? input, {
      workspace: agent.workingDirectory,
      writes: agent.settings.writes,
      tools: agent.tools,
      runtimeDirectory: runtime.configDirectory,
    });
    const decision = redirected ? { ...verdict, input: redirected } : verdict;
    const hold = tool === HANDOFF_TOOL ? null : await this.#holdWatch.beforeCall();
    if (hold) return { decision: "deny", reason: `${hold.reason}: it was not run, and can be asked for again` };
    // The result itself is never held back: it is paid for, and nothing is spent after it.
    if (!this.gate || tool === HANDOFF_TOOL) return decision;
    await this.#booked();
    const refusal = await this.gate();
    if (!refusal) return decision;
    // Ended before the answer goes out: otherwise the model would be called once more, to hear of it.
    await this.interrupt();
    return { decision: "deny", reason: refusal };
  }

  /** Resolves when no model call is open: a tool may be asked for while the rest of its message still arrives. */
  async #booked(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (this.#openCalls > 0) {
      await new Promise<void>((resolve) => {
        this.#bookings.add(resolve);
        timer = setTimeout(resolve, BOOKING_LIMIT_MS);
      });
      clearTimeout(timer);
    }
    await this.#recorder.settled();
  }

  #take(event: RuntimeEvent): void {
    this.pulse.take(event);
    this.#holdWatch.take(event);
    if (event.type === "model_call.report") this.onFirstAnswer();
    if (event.type === "handoff.given") {
      this.hasHandedOver = event.accepted;
      if (!event.accepted) this.onBooked();
    }
    if (event.type === "tool.start" && event.tool === "Bash") this.hasRunCommands = true;
    if (event.type === "model_call.start") this.#openCalls += 1;
    if (event.type === "model_call.end" || event.type === "model_call.reconcile") this.#addUp(event);
    if (this.#early) this.#early.push(() => this.#recorder.take(event));
    else this.#recorder.take(event);
    if (event.type === "model_call.end") {
      this.#openCalls -= 1;
      for (const resolve of this.#bookings) resolve();
      this.#bookings.clear();
    }
    if (event.type === "context.measured") {
      const { usedTokens, windowTokens, percentage } = event;
      this.onContext({ usedTokens, windowTokens, percentage });
    }
  }

  #addUp({ model, usage }: { model: string; usage: Usage }): void {
    const cost = costOf(model, usage, this.#options.config.prices);
    const { modelCalls, usage: before, costUsd } = this.#used;
    const unpriced = modelCalls === 0 ? null : costUsd;
    this.#used = {
      modelCalls: modelCalls + 1,
      usage: addUsage(before, usage),
      costUsd: cost === null ? unpriced : (costUsd ?? 0) + cost,
    };
  }
}

/** What a message comes to that was not sent, because no model may be called now. */
function heldBack({ reason, untilMs }: Hold): TurnResult {
  const error = {
    code: "usage_limit" as const,
    message: `The fleet is held until ${new Date(untilMs).toISOString()}: ${reason}.`,
    hint: "It goes on by itself.",
  };
  return { ok: false, error, text: "" };
}

/** Finding what is secret reads files: only an agent that writes something needs it. */
function lazily(make: () => (text: string) => string): (text: string) => string {
  let made: ((text: string) => string) | null = null;
  return (text) => {
    made ??= make();
    return made(text);
  };
}
