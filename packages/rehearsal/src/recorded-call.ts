import type { IncomingHttpHeaders } from "node:http";
import type { MessagesRequest } from "./messages-request.js";
import type { Usage } from "./usage.js";

/** One model call the server received, whatever became of it. */
export interface RecordedCall {
  /** Number of the call on this server, from 0, in order of arrival. */
  readonly index: number;
  /** Claude Code's session, or null when the client names none. */
  readonly sessionId: string | null;
  /** The role the call was made for, or null when none was found. */
  readonly role: string | null;
  /** Answers the model had given since the user last said something. */
  readonly turn: number;
  /** How often the same call was made before. */
  readonly attempt: number;
  /** The model the request names. */
  readonly model: string;
  /** When the request had arrived in full: milliseconds since 1970. */
  readonly startedAtMs: number;
  /** When the answer ended, however it ended; null while it lasts. */
  readonly endedAtMs: number | null;
  /** Length of the request body in bytes. */
  readonly requestBytes: number;
  /** The parsed request body. */
  readonly request: MessagesRequest;
  /** Request headers, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** `delivered`: all of it; `partial`: some of a message; `failed`: no message; `pending`: not over yet. */
  readonly outcome: "delivered" | "partial" | "failed" | "pending";
  /** What the client could learn about the usage: all, only what `message_start` says, or nothing. */
  readonly usageDelivered: "final" | "start" | "none";
  /** The usage of the reply, delivered or not; zeros when the answer was no message. */
  readonly usage: Usage;
  /** HTTP status; 0 as long as, or if, none was sent. */
  readonly status: number;
  /** Id of the message that was sent, or would have been. */
  readonly messageId: string;
}

/** A call that is being answered: the server fills in what is not known at arrival. */
export type OpenCall = { -readonly [Field in keyof RecordedCall]: RecordedCall[Field] };
