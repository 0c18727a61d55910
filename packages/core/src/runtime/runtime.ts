import type { ErrorRecord, Usage } from "../domain/index.js";
import type { PermissionDecision } from "../permissions/index.js";
import type { ProcessGuard } from "../processes/index.js";

/** JSON Schema of a structured result. */
export type JsonSchema = Record<string, unknown>;

export interface SessionOptions {
  agentId: string;
  workingDirectory: string;
  model: string;
  fallbackModel: string | null;
  systemPrompt: string;
  tools: readonly string[];
  effort: "low" | "medium" | "high" | "max" | null;
  maxTurns: number;
  /** Most tokens of one answer; `null` for the model's own limit. */
  maxTokens: number | null;
  sandbox: boolean;
  /** Variables of its workspace, on top of those that every agent has. */
  variables: Readonly<Record<string, string>>;
  /** The session to go on with; `null` begins a new one. */
  resume: string | null;
  /** The schema that every turn's result must fit, or `null` for free text. */
  outputSchema: JsonSchema | null;
  /** Answers each tool request, before the tool runs. What it throws refuses the tool. */
  decide(tool: string, input: unknown): PermissionDecision | Promise<PermissionDecision>;
  /** Awaited when tools have ended, before the model hears of it. */
  beforeCall(): Promise<void>;
  /** Told of everything that happens, in order. It must not throw. */
  onEvent(event: RuntimeEvent): void;
}

/** What a session reports while it works. */
export type RuntimeEvent =
  | { type: "session.started"; sessionId: string; pid: number; guard: ProcessGuard; startMs: number }
  | ({ type: "context.measured" } & ContextUsage)
  /** More of the block that the model is writing; the whole of it follows. */
  | { type: "text.delta"; text: string }
  | { type: "thinking.delta"; text: string }
  | { type: "text.end"; text: string }
  | { type: "thinking.end"; text: string }
  | { type: "permission.decided"; toolUseId: string; tool: string; decision: PermissionDecision }
  | { type: "tool.start"; toolUseId: string; tool: string; input: unknown }
  | { type: "tool.end"; toolUseId: string; tool: string; isError: boolean; result: string; filesRead: string[] }
  /** The structured result was given; one that does not fit its schema is not accepted, and given again. */
  | { type: "handoff.given"; accepted: boolean }
  /** The account's usage is used up; the turn that met it fails. */
  | { type: "usage_limit.reached"; resetsAtMs: number | null; limit: string | null }
  | { type: "model_call.start"; callId: string; processId: string; ordinal: number; model: string }
  | { type: "model_call.report"; callId: string; model: string; apiMessageId: string | null; usage: Usage }
  | { type: "model_call.end"; callId: string; model: string; state: "complete" | "incomplete" | "failed"; usage: Usage }
  | { type: "model_call.reconcile"; callId: string; processId: string; ordinal: number; model: string; usage: Usage }
  | {
      type: "model_call.retry";
      attempt: number;
      maxRetries: number;
      delayMs: number;
      status: number | null;
      error: string;
    };

/** How one turn ended. Success is strict: everything else is a failure with a code. */
export type TurnResult =
  | { ok: true; text: string; structuredOutput: unknown }
  /** `httpStatus`: what the endpoint answered in the end, where it did. */
  | { ok: false; error: ErrorRecord; text: string; httpStatus?: number | undefined };

export interface ContextUsage {
  usedTokens: number;
  windowTokens: number;
  percentage: number;
}

/** One agent's conversation in one process. */
export interface AgentSession {
  readonly sessionId: string;
  readonly pid: number;
  /**
   * Sends a message and waits for the turn that answers it. While a turn runs the message joins it between two model
   * calls, and both senders get the result of that turn.
   *
   * @param messageId - a UUID of the caller's; results are matched by it, never by order
   */
  send(messageId: string, text: string): Promise<TurnResult>;
  /** True when the process has ended or is being ended: it takes no more messages. */
  readonly isOver: boolean;
  /** Stops the turn that runs; the session stays usable. */
  interrupt(): Promise<void>;
  /** Ends the process and everything it started. Resolves when they are gone; safe to call twice. */
  close(): Promise<void>;
}

export interface LoginState {
  ok: boolean;
  /** How the models will be reached, in words. */
  method: string;
}

/** An agent command line that can be driven; `claude/` is the only one so far. */
export interface AgentRuntime {
  /**
   * Starts a session and waits until its process is ready for a message.
   *
   * @throws OrchestratorError `start_failed`, `runtime_missing` or `not_logged_in`
   */
  start(options: SessionOptions): Promise<AgentSession>;
  /** Looks for credentials without a model call; in under two seconds. */
  checkLogin(): Promise<LoginState>;
  /** The CLI's version, or `null` where it is not installed. */
  version(): Promise<string | null>;
  /** The guard that new processes get. */
  readonly guard: ProcessGuard;
  /** Ends every session. */
  close(): Promise<void>;
}
