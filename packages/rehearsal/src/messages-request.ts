/** An object that came from JSON, before anything is known about its fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A content block of a message, as the client sent it. Only the fields a script is likely to read are typed. */
export interface ContentBlock extends JsonObject {
  readonly type: string;
}

/** A message of the conversation, as the client sent it. */
export interface RequestMessage {
  readonly role: string;
  readonly content: string | readonly ContentBlock[];
}

/** A tool the client offers to the model. */
export interface OfferedTool extends JsonObject {
  readonly name: string;
}

/** The body of `POST /v1/messages`; fields that are not listed are kept and can be read as `unknown`. */
export interface MessagesRequest extends JsonObject {
  readonly model: string;
  readonly messages: readonly RequestMessage[];
  readonly system?: string | readonly ContentBlock[];
  readonly tools?: readonly OfferedTool[];
  readonly stream?: boolean;
}

/** Tells whether a value is a plain JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a request body.
 *
 * @param text - the body as received
 * @returns the request
 * @throws {SyntaxError} when the text is not JSON or does not have the shape of a Messages request
 */
export function parseMessagesRequest(text: string): MessagesRequest {
  const body: unknown = JSON.parse(text);
  if (!isJsonObject(body)) throw new SyntaxError("the request body is not an object");
  if (typeof body.model !== "string") throw new SyntaxError("model: a string is required");
  if (!isListOf(body.messages, isRequestMessage)) throw new SyntaxError("messages: a list of messages is required");
  const system = body.system ?? "";
  if (typeof system !== "string" && !isListOf(system, isContentBlock)) {
    throw new SyntaxError("system: a string or a list of blocks is required");
  }
  if (!isListOf(body.tools ?? [], isOfferedTool)) throw new SyntaxError("tools: a list of named tools is required");
  // Checked field by field above: the one place where the wire becomes a type.
  return body as MessagesRequest;
}

/** Narrows a value to a content block. */
export function isContentBlock(value: unknown): value is ContentBlock {
  return isJsonObject(value) && typeof value.type === "string";
}

function isRequestMessage(value: unknown): value is RequestMessage {
  if (!isJsonObject(value) || typeof value.role !== "string") return false;
  return typeof value.content === "string" || isListOf(value.content, isContentBlock);
}

function isOfferedTool(value: unknown): value is OfferedTool {
  return isJsonObject(value) && typeof value.name === "string";
}

function isListOf<T>(value: unknown, guard: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(guard);
}
