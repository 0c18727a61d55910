import type { IncomingMessage } from "node:http";
import type { CallLog } from "./call-log.js";
import { errorTypeOf } from "./fault.js";
import { type MessagesRequest, parseMessagesRequest } from "./messages-request.js";
import { playReply } from "./play-reply.js";
import type { OpenCall, RecordedCall } from "./recorded-call.js";
import { readBody } from "./request-body.js";
import { end, errorBody, type Outlet, sendJson, unlessGone } from "./response-writing.js";
import type { Script } from "./script.js";
import { tokensOfBytes } from "./usage.js";

/** What an exchange needs of the server. */
export interface Stage {
  readonly log: CallLog;
  /** The script that is on now. */
  script(): Script;
}

/**
 * Answers one HTTP request.
 *
 * @throws when the client is gone before the answer is over
 */
export async function answer(stage: Stage, request: IncomingMessage, outlet: Outlet): Promise<void> {
  outlet.response.setHeader("x-rehearsal", "true");
  const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
  const route = `${request.method} ${pathname}`;
  if (route === "GET /" || route === "HEAD /") return greet(outlet);
  if (route !== "POST /v1/messages" && route !== "POST /v1/messages/count_tokens") {
    return sendError(outlet, 404, `Rehearsal: there is nothing at ${route}.`);
  }
  const body = await readBody(request);
  if (body === null) return sendError(outlet, 413, "Rehearsal: the request is larger than 64 MiB.");
  let parsed: MessagesRequest;
  try {
    parsed = parseMessagesRequest(body.toString("utf8"));
  } catch (error) {
    return sendError(outlet, 400, `Rehearsal: ${messageOfError(error)}`);
  }
  if (pathname !== "/v1/messages") {
    return sendJson(outlet, { status: 200, body: { input_tokens: tokensOfBytes(body.length) } });
  }
  return answerCall(stage, { request: parsed, requestBytes: body.length, headers: request.headers }, outlet);
}

async function answerCall(
  { log, script }: Stage,
  arrival: Pick<RecordedCall, "request" | "requestBytes" | "headers">,
  outlet: Outlet,
): Promise<void> {
  const current = script();
  let roleError: unknown = null;
  const roleOf = (request: MessagesRequest): string | null => {
    try {
      return current.roleOf(request);
    } catch (error) {
      roleError = error;
      return null;
    }
  };
  const { call, context } = log.open({ ...arrival, roleOf });
  outlet.response.setHeader("request-id", `req_rehearsal_${call.index + 1}`);
  let delivered = false;
  try {
    if (roleError !== null) throw roleError;
    const reply = await unlessGone(outlet.gone, current.replyTo(context));
    delivered = await playReply(outlet, call, reply);
  } catch (error) {
    if (outlet.response.headersSent) throw error;
    if (!outlet.gone.aborted) await failCall(outlet, call, error);
  } finally {
    log.end(call, delivered);
  }
}

async function failCall(outlet: Outlet, call: OpenCall, error: unknown): Promise<void> {
  call.status = 500;
  await sendError(outlet, 500, `Rehearsal: the script failed: ${messageOfError(error)}`);
}

function sendError(outlet: Outlet, status: number, message: string): Promise<void> {
  return sendJson(outlet, { status, body: errorBody(errorTypeOf(status), message) });
}

async function greet(outlet: Outlet): Promise<void> {
  outlet.response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  await end(outlet, "This is a rehearsal: the model behind this address is a script.\n");
}

function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
