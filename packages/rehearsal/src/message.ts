import type { PlannedBlock, Reply, StopReason } from "./reply.js";
import { tokensOfBytes, type Usage } from "./usage.js";

/** A content block in the API's own form. */
export type MessageBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown };

/** A reply with all defaults filled in. */
export interface Message {
  readonly id: string;
  readonly model: string;
  readonly content: readonly MessageBlock[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
  /** Arguments that a stream sends as they are instead of the JSON of `input`, by the id of the tool call. */
  readonly rawInputs: ReadonlyMap<string, string>;
}

/** The call a message answers. */
export interface AnsweredCall {
  readonly index: number;
  readonly model: string;
  readonly requestBytes: number;
}

/** The id the message of a call has unless the script sets one. */
export function defaultMessageId(index: number): string {
  return `msg_rehearsal_${index + 1}`;
}

/** Fills in what a reply leaves open: ids, model, stop reason and usage. */
export function messageOf(reply: Reply, call: AnsweredCall): Message {
  const { plan } = reply;
  // Something that begins and breaks off needs something to begin with.
  const blocks: readonly PlannedBlock[] =
    plan.blocks.length === 0 && plan.fault !== null
      ? [{ type: "text", text: "Rehearsal: this reply breaks off on purpose." }]
      : plan.blocks;
  const rawInputs = new Map<string, string>();
  const content = blocks.map((block, position): MessageBlock => {
    const id = `toolu_rehearsal_${call.index + 1}_${position + 1}`;
    if (block.type === "text") return block;
    if (block.type === "thinking") return { ...block, signature: "rehearsal" };
    if (block.type === "tool") return { type: "tool_use", id: block.id ?? id, name: block.name, input: block.input };
    rawInputs.set(id, block.json);
    return { type: "tool_use", id, name: block.name, input: block.json };
  });
  const callsTool = content.some((block) => block.type === "tool_use");
  return {
    id: plan.messageId ?? defaultMessageId(call.index),
    model: plan.model ?? call.model,
    content,
    stopReason: plan.stopReason ?? (callsTool ? "tool_use" : "end_turn"),
    usage: {
      inputTokens: tokensOfBytes(call.requestBytes),
      outputTokens: content.length === 0 ? 0 : tokensOfBytes(Buffer.byteLength(JSON.stringify(content))),
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      ...plan.usage,
    },
    rawInputs,
  };
}

/** The message as the body of a non-streaming answer. */
export function messageBody(message: Message): object {
  return {
    id: message.id,
    type: "message",
    role: "assistant",
    model: message.model,
    content: message.content,
    stop_reason: message.stopReason,
    stop_sequence: null,
    usage: usageBody(message.usage),
  };
}

/** Token counts in the API's own form. */
export function usageBody(usage: Usage): object {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.outputTokens,
    service_tier: "standard",
  };
}
