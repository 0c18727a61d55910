import type { IncomingHttpHeaders } from "node:http";
import { type CallContext, callContextOf } from "./call-context.js";
import { defaultMessageId } from "./message.js";
import { isJsonObject, type MessagesRequest } from "./messages-request.js";
import type { OpenCall, RecordedCall } from "./recorded-call.js";
import type { RoleOf } from "./script.js";
import { NO_USAGE, totalUsage, type UsageTotals } from "./usage.js";

/** A model request that has arrived. */
export interface Arrival {
  readonly request: MessagesRequest;
  readonly requestBytes: number;
  readonly headers: IncomingHttpHeaders;
  readonly roleOf: RoleOf;
}

/** Remembers every model call of a server and adds up the usage that was delivered. */
export class CallLog {
  readonly #calls: OpenCall[] = [];
  readonly #attempts = new Map<string, number>();

  /** All calls in order of arrival; grows while the server runs. */
  get calls(): readonly RecordedCall[] {
    return this.#calls;
  }

  /** Records a call at its arrival. */
  open(arrival: Arrival): { readonly call: OpenCall; readonly context: CallContext } {
    const { request, requestBytes, headers } = arrival;
    const index = this.#calls.length;
    const sessionId = sessionIdOf(headers, request);
    const role = arrival.roleOf(request);
    const attempt = this.#countAttempt([sessionId, role, request.messages.length]);
    const context = callContextOf(request, { role, attempt, sessionId, index });
    const call: OpenCall = {
      index,
      sessionId,
      role,
      turn: context.turn,
      attempt,
      model: request.model,
      startedAtMs: Date.now(),
      endedAtMs: null,
      requestBytes,
      request,
      headers,
      outcome: "pending",
      usageDelivered: "none",
      usage: NO_USAGE,
      status: 0,
      messageId: defaultMessageId(index),
    };
    this.#calls.push(call);
    return { call, context };
  }

  /**
   * Notes that the answer to a call is over.
   *
   * @param delivered - whether the client got a whole message
   */
  end(call: OpenCall, delivered: boolean): void {
    // Only a message has the status 200: one that was begun and not delivered is a part of one.
    const broken = call.status === 200 ? "partial" : "failed";
    call.outcome = delivered ? "delivered" : broken;
    call.endedAtMs = Date.now();
  }

  /** Usage of all calls whose final usage was delivered. */
  usage(): UsageTotals {
    return totalUsage(this.#delivered().map((call) => call.usage));
  }

  /** The same by session; calls that name no session are under the empty string. */
  usageBySession(): ReadonlyMap<string, UsageTotals> {
    const calls = this.#delivered();
    const sessions = new Set(calls.map((call) => call.sessionId ?? ""));
    return new Map(
      Array.from(sessions, (session) => {
        const own = calls.filter((call) => (call.sessionId ?? "") === session);
        return [session, totalUsage(own.map((call) => call.usage))];
      }),
    );
  }

  #delivered(): readonly RecordedCall[] {
    return this.#calls.filter((call) => call.usageDelivered === "final");
  }

  // The role belongs to the key because a subagent or a probe shares the session but not the system prompt.
  #countAttempt(key: readonly [string | null, string | null, number]): number {
    const name = JSON.stringify(key);
    const attempt = this.#attempts.get(name) ?? 0;
    this.#attempts.set(name, attempt + 1);
    return attempt;
  }
}

function sessionIdOf(headers: IncomingHttpHeaders, request: MessagesRequest): string | null {
  const header = headers["x-claude-code-session-id"];
  if (typeof header === "string" && header !== "") return header;
  const metadata = request.metadata;
  const userId = isJsonObject(metadata) ? metadata.user_id : null;
  return typeof userId === "string" ? sessionInUserId(userId) : null;
}

// Claude Code puts a small JSON object into metadata.user_id; other clients put anything there.
function sessionInUserId(userId: string): string | null {
  if (!userId.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(userId);
    const session = isJsonObject(value) ? value.session_id : null;
    return typeof session === "string" ? session : null;
  } catch {
    return null;
  }
}
