import { type Message, type MessageBlock, messageBody, usageBody } from "./message.js";

/** One server-sent event. */
export interface StreamEvent {
  readonly name: string;
  readonly data: object;
}

/** A block is sent in about this many pieces, so that a cut in its middle has something on both sides. */
const PIECES = 4;

/** The events of a message, in the order the API sends them. */
export function streamEvents(message: Message): readonly StreamEvent[] {
  const start = {
    ...messageBody(message),
    content: [],
    stop_reason: null,
    // The API counts the output when it is done: until then it says 1.
    usage: usageBody({ ...message.usage, outputTokens: 1 }),
  };
  return [
    event("message_start", { message: start }),
    ...message.content.flatMap((block, index) => blockEvents(message, block, index)),
    event("message_delta", {
      delta: { stop_reason: message.stopReason, stop_sequence: null },
      usage: usageBody(message.usage),
    }),
    event("message_stop", {}),
  ];
}

/** The event as it goes over the wire. */
export function eventText({ name, data }: StreamEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** An event whose data names its type, as all events of the API do. */
export function event(name: string, data: object): StreamEvent {
  return { name, data: { type: name, ...data } };
}

function blockEvents(message: Message, block: MessageBlock, index: number): readonly StreamEvent[] {
  const { opening, deltas } = blockParts(message, block);
  return [
    event("content_block_start", { index, content_block: opening }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ];
}

function blockParts(message: Message, block: MessageBlock): { opening: object; deltas: readonly object[] } {
  if (block.type === "text") {
    const deltas = piecesOf(block.text).map((text) => ({ type: "text_delta", text }));
    return { opening: { type: "text", text: "" }, deltas };
  }
  if (block.type === "thinking") {
    const deltas = piecesOf(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking }));
    const signature = { type: "signature_delta", signature: block.signature };
    return { opening: { type: "thinking", thinking: "", signature: "" }, deltas: [...deltas, signature] };
  }
  const json = message.rawInputs.get(block.id) ?? JSON.stringify(block.input ?? {});
  const deltas = piecesOf(json).map((partial_json) => ({ type: "input_json_delta", partial_json }));
  return { opening: { ...block, input: {} }, deltas };
}

function piecesOf(text: string): readonly string[] {
  // By code points: a piece must not end between the two halves of a surrogate pair.
  const points = Array.from(text);
  const size = Math.max(1, Math.ceil(points.length / PIECES));
  const pieces: string[] = [];
  for (let from = 0; from < points.length; from += size) pieces.push(points.slice(from, from + size).join(""));
  return pieces;
}
