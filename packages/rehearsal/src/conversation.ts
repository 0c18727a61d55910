import type { ContentBlock, MessagesRequest, RequestMessage } from "./messages-request.js";
import { isContentBlock, isJsonObject } from "./messages-request.js";

/** The result of a tool call the model is being told about. */
export interface ToolResult {
  readonly toolUseId: string;
  /** Name of the tool; empty when the call is no longer in the conversation. */
  readonly name: string;
  /** All text of the result. */
  readonly text: string;
  readonly isError: boolean;
}

const ROLE_LINE = /^Role: ([a-z][a-z0-9_-]*)\s*$/m;
const REMINDER = /<system-reminder>[\s\S]*?(?:<\/system-reminder>|$)/g;
const WORKING_DIRECTORY = /^[ \t]*(?:- )?(?:Primary )?working directory:[ \t]*(\S.*?)[ \t]*$/im;

/** The system prompt as one text. */
export function systemText(request: MessagesRequest): string {
  return textOf(request.system ?? "");
}

/** The role a request is made for: the name in the line `Role: <name>` of its system prompt, or null. */
export function roleInSystemPrompt(request: MessagesRequest): string | null {
  return ROLE_LINE.exec(systemText(request))?.[1] ?? null;
}

/**
 * Counts the answers the model has given since the user last said something: 0 for the first call of a task. Computed
 * from the conversation alone, so the retry of a call has the same turn as the call.
 */
export function turnOf(request: MessagesRequest): number {
  const { messages } = request;
  const start = messages.findLastIndex(isUserText);
  return messages.slice(start + 1).filter((message) => message.role === "assistant").length;
}

/** What the user last said, without what Claude Code adds as `<system-reminder>`; empty when nothing was said. */
export function lastUserText(request: MessagesRequest): string {
  const message = request.messages.findLast(isUserText);
  return message === undefined ? "" : withoutReminders(textOf(message.content));
}

/** The results of the tool calls the model made in its last answer. */
export function lastToolResults(request: MessagesRequest): readonly ToolResult[] {
  const { messages } = request;
  const answer = messages.findLastIndex((message) => message.role === "assistant");
  const names = toolNamesById(messages);
  return messages
    .slice(answer + 1)
    .flatMap(blocksOf)
    .filter((block) => block.type === "tool_result")
    .map((block) => {
      const toolUseId = String(block.tool_use_id ?? "");
      return {
        toolUseId,
        name: names.get(toolUseId) ?? "",
        text: textOf(block.content),
        isError: block.is_error === true,
      };
    });
}

/** The schema of the value to hand over: that of the `StructuredOutput` tool, or null when it is not offered. */
export function handoffSchemaOf(request: MessagesRequest): Readonly<Record<string, unknown>> | null {
  const schema = request.tools?.find((tool) => tool.name === "StructuredOutput")?.input_schema;
  return isJsonObject(schema) ? schema : null;
}

/** The directory the agent works in, when the request states it (`Working directory: <path>`), or null. */
export function workingDirectoryOf(request: MessagesRequest): string | null {
  const texts = [systemText(request), ...request.messages.map((message) => textOf(message.content))];
  for (const text of texts) {
    const directory = WORKING_DIRECTORY.exec(text)?.[1];
    if (directory !== undefined) return directory;
  }
  return null;
}

// A message with tool results is not the user speaking, even when Claude Code adds text to it.
function isUserText(message: RequestMessage): boolean {
  if (message.role !== "user") return false;
  if (blocksOf(message).some((block) => block.type === "tool_result")) return false;
  return withoutReminders(textOf(message.content)) !== "";
}

function withoutReminders(text: string): string {
  return text.replaceAll(REMINDER, "").trim();
}

function blocksOf(message: RequestMessage): readonly ContentBlock[] {
  return typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const texts: string[] = [];
  for (const block of content) {
    if (isContentBlock(block) && typeof block.text === "string") texts.push(block.text);
  }
  return texts.join("\n");
}

function toolNamesById(messages: readonly RequestMessage[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const block of messages.flatMap(blocksOf)) {
    if (block.type === "tool_use") names.set(String(block.id), String(block.name));
  }
  return names;
}
