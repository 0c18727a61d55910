import {
  type AgentSettings,
  type ErrorRecord,
  type EventData,
  NO_USAGE,
  type StoredEventOf,
  type Usage,
} from "../domain/index.js";
import type { TurnResult } from "../runtime/index.js";
import type { AgentRecord } from "../store/index.js";
import type { TurnUsage } from "./agent-process.js";

interface ReplyOfAnyKind {
  agentId: string;
  messageId: string;
  text: string;
  /** True when the message joined a turn that ran already; the turn's cost is with the message that began it. */
  steered: boolean;
  modelCalls: number;
  usage: Usage;
  /** `null` where the price of the model is not known. */
  costUsd: number | null;
}

/** What came of a message. */
export type AgentReply =
  | (ReplyOfAnyKind & { status: "answered"; error: null })
  | (ReplyOfAnyKind & { status: "failed"; error: ErrorRecord });

/** A recorded reply as the sender gets it. */
export function toReply({ agentId, data }: StoredEventOf<"agent.replied">): AgentReply {
  return { agentId: agentId ?? "", ...data } as AgentReply;
}

const MAX_REPLY_CHARACTERS = 1_000_000;
const NOTHING: TurnUsage = { modelCalls: 0, usage: NO_USAGE, costUsd: 0 };

/**
 * How a turn answers a message.
 *
 * @param result - how the turn ended
 * @param verdict - why we ended it ourselves, where we did
 * @param steered - whether the message joined a turn that ran already
 * @param used - what the turn has used
 */
export function composeReply(
  messageId: string,
  result: TurnResult,
  verdict: ErrorRecord | null,
  steered: boolean,
  used: TurnUsage = NOTHING,
): { type: "agent.replied"; data: EventData<"agent.replied"> } {
  const error = result.ok ? null : (verdict ?? result.error);
  const text =
    result.text.length > MAX_REPLY_CHARACTERS
      ? `${result.text.slice(0, MAX_REPLY_CHARACTERS)}\n[cut: the agent's log has all ${result.text.length} characters]`
      : result.text;
  const status = error ? ("failed" as const) : ("answered" as const);
  return { type: "agent.replied", data: { messageId, status, text, error, steered, ...used } };
}

/** A turn that took too long. */
export function turnTimeout({ role, settings }: { role: string; settings: AgentSettings }): ErrorRecord {
  return {
    code: "step_timeout",
    message: `The turn ran for more than the ${settings.timeoutMinutes} minutes that the role ${role} allows.`,
    hint: "Ask for less at once, or set timeoutMinutes.",
  };
}

/** Whether the CLI says of a session that it does not find its conversation. */
export function isLost(result: TurnResult): boolean {
  return !result.ok && isNotFound(result.error.message);
}

/** Whether these are the CLI's words for a session that it does not find. */
export function isNotFound(words: string): boolean {
  return /no conversation found/i.test(words);
}

/** The same in our words. */
export function lostConversation({ agentId, sessionId }: AgentRecord, result: TurnResult): TurnResult & { ok: false } {
  const error: ErrorRecord = {
    code: "conversation_lost",
    message: `The conversation of agent ${agentId} (session ${sessionId}) is gone from the CLI's folder.`,
    hint: "Delete the agent and create another. Its log still has what was said.",
  };
  return { ok: false, error, text: result.text };
}
