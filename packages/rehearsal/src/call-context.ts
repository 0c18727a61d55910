import {
  handoffSchemaOf,
  lastToolResults,
  lastUserText,
  type ToolResult,
  turnOf,
  workingDirectoryOf,
} from "./conversation.js";
import type { MessagesRequest } from "./messages-request.js";

/** What a script function is told about the call it answers. */
export interface CallContext {
  /** The parsed request body. */
  readonly request: MessagesRequest;
  /** The role the call is made for, or null when none was found. */
  readonly role: string | null;
  /** How many answers the model has given since the user last said something: 0 for the first call of a task. */
  readonly turn: number;
  /** How often this call was made before: 0 the first time, 1 for its first retry. */
  readonly attempt: number;
  /** Claude Code's session, or null when the client names none. */
  readonly sessionId: string | null;
  /** Number of the call on this server, from 0. */
  readonly index: number;
  /** The results of the tool calls in the model's last answer. */
  readonly lastToolResults: readonly ToolResult[];
  /** What the user last said, without `<system-reminder>` texts. */
  readonly userText: string;
  /** Names of the tools on offer. */
  readonly toolNames: readonly string[];
  /** JSON schema of the value to hand over, or null when no output schema was set. */
  readonly handoffSchema: Readonly<Record<string, unknown>> | null;
  /** The agent's working directory when the request states it, or null. */
  readonly workingDirectory: string | null;
}

/** The part of a {@link CallContext} that is not in the request body. */
export type CallIdentity = Pick<CallContext, "role" | "attempt" | "sessionId" | "index">;

/** Reads from a request what a script function may want to know. */
export function callContextOf(request: MessagesRequest, identity: CallIdentity): CallContext {
  return {
    ...identity,
    request,
    turn: turnOf(request),
    lastToolResults: lastToolResults(request),
    userText: lastUserText(request),
    toolNames: (request.tools ?? []).map((tool) => tool.name),
    handoffSchema: handoffSchemaOf(request),
    workingDirectory: workingDirectoryOf(request),
  };
}
