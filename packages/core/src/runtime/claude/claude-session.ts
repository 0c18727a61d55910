import { randomUUID } from "node:crypto";
import { type Query, query, type SDKMessage, type SDKUserMessage } from "@anthropic-ai/claude-agent-sdk";
import { type ErrorRecord, newId, OrchestratorError } from "../../domain/index.js";
import { HANDOFF_TOOL } from "../../permissions/index.js";
import { ProcessHandle, spawnGuarded } from "../../processes/index.js";
import type { AgentSession, SessionOptions, TurnResult } from "../runtime.js";
import { AGENT_MARKER } from "./environment.js";
import { InputQueue } from "./input-queue.js";
import type { CliMessage, ContentBlock, ResultMessage, StreamEvent, UsageLimit } from "./messages.js";
import { ModelCalls, type TurnEnding } from "./model-calls.js";
import { composeQueryOptions, type SessionSettings } from "./query-options.js";
import { ToolCalls } from "./tool-calls.js";
import { authenticationFailed, toTurnResult } from "./turn-result.js";
import { withinTime } from "./within-time.js";

const START_TIMEOUT_MS = 60_000;
const INTERRUPT_TIMEOUT_MS = 2_000;
const WINDOW_TIMEOUT_MS = 5_000;
/** A tenth of the smallest window, the least limit that can be set; until a result tells the window, nobody needs it. */
const WORTH_ASKING_TOKENS = 20_000;
/** Measured: an interrupted CLI ends within 150 ms of its input's end. */
const CLOSE_GRACE_MS = 1_500;
/** A model call may be silent for its own limit; after so much more the CLI itself must be stuck. */
const SILENCE_MARGIN_MS = 15_000;
/** How often a call that did not answer in time is tried again. */
const TIMEOUT_RETRIES = 1;

/**
 * Starts the CLI for one agent, with streaming input, and waits until it is ready.
 *
 * @param options - the agent
 * @param settings - what all agents of the runtime share
 * @throws OrchestratorError `start_failed` when the process does not become ready
 */
export async function startClaudeSession(options: SessionOptions, settings: SessionSettings): Promise<AgentSession> {
  const session = new ClaudeSession(options, settings);
  await session.ready();
  return session;
}

class ClaudeSession implements AgentSession {
  readonly sessionId: string;
  readonly #options: SessionOptions;
  readonly #settings: SessionSettings;
  readonly #input = new InputQueue<SDKUserMessage>();
  readonly #query: Query;
  readonly #modelCalls: ModelCalls;
  readonly #toolCalls: ToolCalls;
  readonly #pending = new Map<string, (result: TurnResult) => void>();
  readonly #reading: Promise<void>;
  #process: ProcessHandle | null = null;
  /** Why we ended the turn that runs, where the CLI's own result would not say it. */
  #verdict: ErrorRecord | null = null;
  #callStartedMs = 0;
  #hasAskedForWindow = false;
  #windowTokens: number | null = null;
  #measuredTokens: number | null = null;
  #timeouts = 0;
  #silence: NodeJS.Timeout | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: SessionOptions, settings: SessionSettings) {
    this.#options = options;
    this.#settings = settings;
    const emit = options.onEvent;
    this.sessionId = options.resume ?? randomUUID();
    this.#modelCalls = new ModelCalls({
      emit,
      // A session may go on in one process after another; each counts its calls from one.
      processId: newId("process"),
      model: options.model,
      isResumed: options.resume !== null,
    });
    this.#toolCalls = new ToolCalls(emit);
    this.#query = this.#startQuery();
    this.#reading = this.#read();
  }

  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  get isOver(): boolean {
    return this.#closing !== null || (this.#process?.hasExited ?? false);
  }

  async ready(): Promise<void> {
    const startedMs = performance.now();
    try {
      await withinTime(this.#query.initializationResult(), START_TIMEOUT_MS, "did not become ready");
    } catch (error) {
      await this.close();
      const said = this.#process?.stderrTail || (error as Error).message;
      throw new OrchestratorError(
        "start_failed",
        `The Claude process did not start: ${said}`,
        "Run: orchestrator doctor",
        { cause: error },
      );
    }
    this.#process?.yieldToStarts();
    const startMs = Math.round(performance.now() - startedMs);
    this.#options.onEvent({
      type: "session.started",
      sessionId: this.sessionId,
      pid: this.pid,
      guard: this.#settings.guard,
      startMs,
    });
  }

  #startQuery(): Query {
    const { guard } = this.#settings;
    const options = composeQueryOptions(this.#options, this.#settings, this.sessionId);
    return query({
      prompt: this.#input,
      options: {
        ...options,
        hooks: {
          PreToolUse: [
            {
              // A hook that throws would otherwise allow the call.
              onFailure: "block",
              hooks: [
                async (input) =>
                  input.hook_event_name === "PreToolUse"
                    ? this.#decide(input.tool_use_id, input.tool_name, input.tool_input)
                    : {},
              ],
            },
          ],
          PostToolBatch: [
            {
              hooks: [
                async (input) => (input.hook_event_name === "PostToolBatch" ? this.#toolsEnded(input.tool_calls) : {}),
              ],
            },
          ],
        },
        spawnClaudeCodeProcess: ({ command, args, cwd, env }) => {
          const child = spawnGuarded(guard, command, args, { cwd, environment: env });
          this.#process = new ProcessHandle(child, guard, `${AGENT_MARKER}=${this.#options.agentId}`);
          return child;
        },
      },
    });
  }

  async #toolsEnded(calls: readonly { tool_name: string }[]) {
    // With its result the turn ends; there is no call to come.
    if (!calls.some((call) => call.tool_name === HANDOFF_TOOL)) await this.#options.beforeCall();
    return {};
  }

  async #decide(toolUseId: string, tool: string, input: unknown) {
    this.#toolCalls.started(toolUseId, tool, input);
    const decision = await this.#options.decide(tool, input);
    this.#options.onEvent({ type: "permission.decided", toolUseId, tool, decision });
    const updated = decision.input ? { updatedInput: decision.input } : {};
    if (decision.decision === "none" && !decision.input) return {};
    const verdict =
      decision.decision === "none"
        ? {}
        : { permissionDecision: decision.decision, permissionDecisionReason: decision.reason };
    return { hookSpecificOutput: { hookEventName: "PreToolUse" as const, ...verdict, ...updated } };
  }

  send(messageId: string, text: string): Promise<TurnResult> {
    return new Promise((resolve) => {
      if (this.#closing || this.#process?.hasExited) return resolve(this.#processGone());
      this.#pending.set(messageId, resolve);
      this.#input.push({
        type: "user",
        message: { role: "user", content: text },
        parent_tool_use_id: null,
        uuid: messageId as ReturnType<typeof randomUUID>,
      });
    });
  }

  async interrupt(): Promise<void> {
    if (this.#process?.hasExited) return;
    await withinTime(this.#query.interrupt(), INTERRUPT_TIMEOUT_MS, "did not answer").catch(() => {
      // A CLI that cannot be interrupted is ended by close(), which does not depend on its answer.
    });
  }

  /** How full the window is, by the usage of the last answer: asking the CLI each time would take longer than to go on. */
  #measureContext(): void {
    const usedTokens = this.#modelCalls.contextTokens;
    const windowTokens = this.#windowTokens;
    if (usedTokens === null || usedTokens === this.#measuredTokens) return;
    if (windowTokens === null) return this.#learnWindow(usedTokens);
    this.#measuredTokens = usedTokens;
    const percentage = Math.round((usedTokens / windowTokens) * 1_000) / 10;
    this.#options.onEvent({ type: "context.measured", usedTokens, windowTokens, percentage });
  }

  /** Asks once how large the window is. The answer costs the CLI time, so not before it can matter. */
  #learnWindow(usedTokens: number): void {
    if (this.#hasAskedForWindow || usedTokens < WORTH_ASKING_TOKENS) return;
    this.#hasAskedForWindow = true;
    const asked = this.#query.getContextUsage({ detail: "summary" });
    withinTime(asked, WINDOW_TIMEOUT_MS, "did not answer").then(
      ({ maxTokens }) => this.#setWindow(maxTokens),
      // The turn's result tells it as well.
      () => {},
    );
  }

  #setWindow(tokens: number): void {
    if (tokens > 0) this.#windowTokens = tokens;
    this.#measureContext();
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    if (this.#pending.size > 0) await this.interrupt();
    this.#input.close();
    this.#query.close();
    await this.#process?.end(CLOSE_GRACE_MS);
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      for await (const message of this.#query) this.#handle(message);
    } catch {
      // The SDK throws when the process ends with an error; the result before it, or its absence, says why.
    }
    clearTimeout(this.#silence);
    this.#modelCalls.processEnded();
    if (this.#pending.size > 0) {
      // A result with an error ends the process, too; what is still awaited now will never come.
      await this.#process?.exited;
      for (const messageId of [...this.#pending.keys()]) this.#settle(messageId, this.#processGone());
    }
  }

  #processGone(): TurnResult {
    const tail = this.#process?.stderrTail;
    const error = this.#verdict ?? {
      code: "process_exited" as const,
      message: `The agent's process ended before its turn did.${tail ? ` Its last words: ${tail}` : ""}`,
      hint: "Its log shows what it did until then.",
    };
    return { ok: false, error, text: "" };
  }

  #settle(messageId: string, result: TurnResult): void {
    this.#pending.get(messageId)?.(result);
    this.#pending.delete(messageId);
  }

  #handle(raw: SDKMessage): void {
    // Some of the fields we read are not in the SDK's types; `CliMessage` says which we look for.
    const message = raw as unknown as CliMessage;
    // A ping says that the line is open, not that the model goes on.
    if (message.type === "stream_event" && message.event.type === "ping") return;
    this.#watchSilence();
    switch (message.type) {
      case "stream_event":
        this.#modelCalls.streamed(message.event, message.abandoned_blocks !== undefined);
        this.#handleDelta(message.event);
        if (message.event.type === "message_stop") this.#measureContext();
        return;
      case "assistant":
        this.#modelCalls.answered(message.message);
        if (message.message.model === "<synthetic>") return;
        for (const block of message.message.content) this.#handleBlock(block);
        return;
      case "user":
        if (typeof message.message.content === "string") return;
        for (const block of message.message.content) {
          if (block.type === "tool_result") this.#toolCalls.ended(block, message.tool_use_result);
        }
        return;
      case "result":
        return this.#handleResult(message);
      case "rate_limit_event":
        return this.#handleLimit(message.rate_limit_info ?? {});
      case "system":
        if (message.subtype === "status" && message.status === "requesting") {
          this.#callStartedMs = performance.now();
          this.#modelCalls.requested();
          this.#watchSilence();
        } else if (message.subtype === "init" && message.model) this.#modelCalls.useModel(message.model);
        else if (message.subtype === "api_retry") this.#handleRetry(message);
        return;
      default:
        return;
    }
  }

  #handleDelta({ type, delta }: StreamEvent): void {
    if (type !== "content_block_delta") return;
    if (delta?.type === "text_delta" && delta.text) this.#options.onEvent({ type: "text.delta", text: delta.text });
    else if (delta?.type === "thinking_delta" && delta.thinking)
      this.#options.onEvent({ type: "thinking.delta", text: delta.thinking });
  }

  #handleBlock(block: ContentBlock): void {
    if (block.type === "text" && block.text) this.#options.onEvent({ type: "text.end", text: block.text });
    else if (block.type === "thinking" && block.thinking)
      this.#options.onEvent({ type: "thinking.end", text: block.thinking });
    else if (block.type === "tool_use" && block.id && block.name)
      this.#toolCalls.started(block.id, block.name, block.input);
  }

  #handleRetry(retry: Extract<CliMessage, { subtype: "api_retry" }>): void {
    const { attempt, max_retries: maxRetries, retry_delay_ms: delayMs, error_status: status, error } = retry;
    this.#modelCalls.retried(status);
    this.#options.onEvent({ type: "model_call.retry", attempt, maxRetries, delayMs, status, error });
    if (error === "authentication_failed" || status === 401) {
      this.#stopTurn(authenticationFailed(`status ${status ?? "unknown"}`));
      return;
    }
    // The CLI does not say that a call timed out; the clock does.
    const waitedMs = performance.now() - this.#callStartedMs;
    if (status === null && waitedMs >= this.#settings.modelCallTimeoutMs * 0.95) this.#timeouts += 1;
    if (this.#timeouts > TIMEOUT_RETRIES) this.#stopTurn(this.#timedOut());
    this.#callStartedMs = performance.now() + delayMs;
  }

  #handleLimit({ status, resetsAt, rateLimitType }: UsageLimit): void {
    if (status !== "rejected") return;
    const resetsAtMs = typeof resetsAt === "number" ? resetsAt * 1_000 : null;
    this.#options.onEvent({ type: "usage_limit.reached", resetsAtMs, limit: rateLimitType ?? null });
  }

  #timedOut(): ErrorRecord {
    const seconds = this.#settings.modelCallTimeoutMs / 1_000;
    return {
      code: "model_call_timeout",
      message: `The endpoint did not answer a model call within ${seconds} s, ${TIMEOUT_RETRIES + 1} times.`,
      hint: "Check the endpoint. ORCHESTRATOR_MODEL_CALL_TIMEOUT_SECONDS sets the limit.",
    };
  }

  /** Ends the turn that runs, for a reason of our own. */
  #stopTurn(reason: ErrorRecord): void {
    if (this.#verdict) return;
    this.#verdict = reason;
    void this.interrupt().then(() => {
      if (this.#pending.size === 0) return;
      const timer = setTimeout(() => void this.close(), INTERRUPT_TIMEOUT_MS);
      timer.unref();
    });
  }

  /** The last resort against a CLI that says nothing at all while a model call is open. */
  #watchSilence(): void {
    clearTimeout(this.#silence);
    if (!this.#modelCalls.isWaiting || this.#verdict) return;
    const limitMs = this.#settings.modelCallTimeoutMs + SILENCE_MARGIN_MS;
    this.#silence = setTimeout(() => this.#stopTurn(this.#timedOut()), limitMs);
  }

  #handleResult(message: ResultMessage): void {
    const cumulative = message.modelUsage ?? {};
    this.#modelCalls.turnEnded({ sinceLast: message.model_usage_since_last_result, cumulative }, endingOf(message));
    this.#setWindow(Math.max(0, ...Object.values(cumulative).map((usage) => usage.contextWindow ?? 0)));
    const outcome = toTurnResult(message, this.#options.outputSchema !== null, this.#toolCalls.lastSchemaError);
    const result: TurnResult = this.#verdict && !outcome.ok ? { ...outcome, error: this.#verdict } : outcome;
    this.#verdict = null;
    this.#timeouts = 0;
    clearTimeout(this.#silence);
    const answered = message.user_message_uuids ?? [];
    for (const messageId of answered) this.#settle(messageId, result);
    // Results of a start that failed carry no uuid: they answer whatever was asked.
    if (answered.length === 0 && !outcome.ok)
      for (const messageId of [...this.#pending.keys()]) this.#settle(messageId, result);
  }
}

function endingOf(message: ResultMessage): TurnEnding {
  if (message.terminal_reason?.startsWith("aborted")) return "interrupted";
  return typeof message.api_error_status === "number" ? "refused" : "answered";
}
