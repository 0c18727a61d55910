import { type CutPoint, errorTypeOf } from "./fault.js";
import { type Reply, reply, withFault } from "./reply.js";

/** What an HTTP error says beside its status. */
export interface HttpErrorDetails {
  /** Error type; by default the one that belongs to the status, e.g. `rate_limit_error` for 429. */
  readonly type?: string;
  /** Message for the client; says by default that the error is rehearsed. */
  readonly message?: string;
  /** More headers, e.g. `retry-after` or `x-should-retry`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers with an HTTP error in the API's own form.
 *
 * @param status - HTTP status, 400 to 599
 * @throws {RangeError} when the status is not that of an error
 * @example
 * httpError(429, { headers: { "retry-after": "2" } });
 */
export function httpError(status: number, details: HttpErrorDetails = {}): Reply {
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new RangeError(`httpError: the status must be between 400 and 599, not ${status}`);
  }
  const type = details.type ?? errorTypeOf(status);
  const message = details.message ?? `Rehearsal: this ${type} is scripted.`;
  return withFault(reply(), { kind: "http", status, type, message, headers: details.headers ?? {} });
}

/** Resets the TCP connection (RST) with no answer: the client sees `ECONNRESET`. */
export function resetConnection(): Reply {
  return withFault(reply(), { kind: "reset" });
}

/**
 * Breaks the connection in the middle of a reply.
 *
 * @param where - how far the reply gets. A non-streaming reply has no events: past the headers it is cut halfway.
 * @param base - the reply to cut; inside `failFirst` the reply it is called on, otherwise a short text
 * @example
 * reply().text("A long answer").failFirst(1, cut("mid-block"));
 */
export function cut(where: CutPoint, base: Reply = reply()): Reply {
  return withFault(base, { kind: "cut", where });
}

/** Takes the request and never answers, until the client gives up or the server is closed. */
export function hang(): Reply {
  return withFault(reply(), { kind: "hang" });
}

/**
 * Begins a reply, stops in the middle of the first block and keeps the connection open with nothing on it.
 *
 * @param base - the reply to begin; see {@link cut}
 */
export function stall(base: Reply = reply()): Reply {
  return withFault(base, { kind: "stall" });
}

/**
 * Sends an event that is not JSON, right after the beginning of the first block, and ends the stream.
 *
 * @param base - the reply to begin; see {@link cut}
 */
export function malformedEvent(base: Reply = reply()): Reply {
  return withFault(base, { kind: "malformed" });
}

/**
 * Sends an `error` event after `message_start` and ends the stream, as the API does when it fails once the 200 is
 * out. A non-streaming request gets the HTTP error of that type.
 *
 * @param type - error type, e.g. `overloaded_error`
 * @param message - what the client is told
 */
export function errorEvent(type: string, message = `Rehearsal: this ${type} is scripted.`): Reply {
  return withFault(reply(), { kind: "error-event", type, message });
}
