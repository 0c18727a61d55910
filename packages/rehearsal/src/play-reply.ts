import { type HttpFault, statusOfErrorType } from "./fault.js";
import { type Message, messageOf } from "./message.js";
import { type BodyFault, bodyPerformance, type Performance, streamPerformance } from "./performance.js";
import type { OpenCall } from "./recorded-call.js";
import type { Reply } from "./reply.js";
import { end, errorBody, type Outlet, pause, sendJson, silence, write } from "./response-writing.js";

/**
 * Answers a call with a reply, faults and all, and notes in the call what reached the client.
 *
 * @returns whether the client got a whole message; false when the script had something else in mind
 * @throws when the client is gone before the reply is over
 */
export async function playReply(outlet: Outlet, call: OpenCall, reply: Reply): Promise<boolean> {
  const { fault, delayMs, delayBetweenEventsMs } = reply.plan;
  await pause(outlet, delayMs);
  if (fault?.kind === "hang") return silence(outlet);
  if (fault?.kind === "http") return playError(outlet, call, fault);
  if (fault?.kind === "reset" || (fault?.kind === "cut" && fault.where === "before-headers")) {
    return breakConnection(outlet, fault.kind);
  }
  const streams = call.request.stream === true;
  if (fault?.kind === "error-event" && !streams) {
    return playError(outlet, call, { ...fault, kind: "http", status: statusOfErrorType(fault.type), headers: {} });
  }
  const message = messageOf(reply, call);
  call.messageId = message.id;
  call.usage = message.usage;
  const ending = await playBody(outlet, call, performanceOf(message, fault, streams), delayBetweenEventsMs);
  return ending === "end" && fault === null;
}

function performanceOf(message: Message, fault: BodyFault | null, streams: boolean): Performance {
  return streams ? streamPerformance(message, fault) : bodyPerformance(message, fault);
}

async function playBody(
  outlet: Outlet,
  call: OpenCall,
  { contentType, contentLength, parts, ending }: Performance,
  delayMs: number,
): Promise<Performance["ending"]> {
  call.status = 200;
  outlet.response.writeHead(200, {
    "content-type": contentType,
    "cache-control": "no-cache",
    ...(contentLength === null ? {} : { "content-length": contentLength }),
  });
  for (const [position, part] of parts.entries()) {
    if (position > 0) await pause(outlet, delayMs);
    await write(outlet, part.text);
    if (part.carries !== null) call.usageDelivered = part.carries;
  }
  if (ending === "silence") return silence(outlet);
  if (ending === "break") outlet.response.destroy();
  else await end(outlet);
  return ending;
}

async function playError(outlet: Outlet, call: OpenCall, fault: HttpFault): Promise<false> {
  call.status = fault.status;
  await sendJson(outlet, {
    status: fault.status,
    body: errorBody(fault.type, fault.message),
    headers: fault.headers,
  });
  return false;
}

function breakConnection({ response }: Outlet, how: "reset" | "cut"): false {
  if (how === "reset") response.socket?.resetAndDestroy();
  else response.destroy();
  return false;
}
