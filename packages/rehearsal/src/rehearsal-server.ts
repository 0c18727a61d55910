import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { CallLog } from "./call-log.js";
import { answer, type Stage } from "./exchange.js";
import type { RecordedCall } from "./recorded-call.js";
import type { Script } from "./script.js";
import type { UsageTotals } from "./usage.js";

/** A running rehearsal: the address to give to a client, and what has happened so far. */
export interface RehearsalServer {
  /** Address of the server, e.g. `http://127.0.0.1:41234`: the value for `ANTHROPIC_BASE_URL`. */
  readonly url: string;
  /** The model calls in order of arrival (requests that count tokens are not model calls). Grows. */
  readonly calls: readonly RecordedCall[];
  /** Usage of all calls whose final usage was written to the client in full. */
  usage(): UsageTotals;
  /** The same by session id; calls that name no session are under the empty string. */
  usageBySession(): ReadonlyMap<string, UsageTotals>;
  /** Plays another script from the next call on; attempts go on counting. */
  setScript(script: Script): void;
  /** Breaks all connections, also those that hang, and stops listening. Never fails; may be called again. */
  close(): Promise<void>;
}

/** What {@link startRehearsalServer} needs. */
export interface RehearsalOptions {
  /** What the model answers. */
  readonly script: Script;
  /** TCP port; 0, the default, takes one that is free. */
  readonly port?: number;
}

/**
 * Starts a Messages API on loopback whose model is a script.
 *
 * @returns the server, listening
 * @throws {Error} when the port cannot be bound, e.g. `EADDRINUSE`
 * @example
 * const server = await startRehearsalServer({ script: lookAround() });
 * process.env.ANTHROPIC_BASE_URL = server.url;
 * await server.close();
 */
export async function startRehearsalServer(options: RehearsalOptions): Promise<RehearsalServer> {
  const log = new CallLog();
  const running = new Set<Promise<void>>();
  let current = options.script;
  const stage: Stage = { log, script: () => current };

  const server = createServer((request, response) => {
    const exchange = settle(stage, request, response);
    running.add(exchange);
    void exchange.finally(() => running.delete(exchange));
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  // A connection dropped between two calls would look to the client like a failure nobody scripted.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the rehearsal server has no port");

  const close = async (): Promise<void> => {
    if (server.listening) {
      const closed = once(server, "close");
      server.close();
      // Every exchange sees its connection break and ends: also those that wait, hang or ask a slow script.
      server.closeAllConnections();
      await closed;
    }
    await Promise.all(running);
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    get calls() {
      return log.calls;
    },
    usage: () => log.usage(),
    usageBySession: () => log.usageBySession(),
    setScript: (script) => {
      current = script;
    },
    close,
  };
}

// Never rejects: a client that goes away is part of the play.
async function settle(stage: Stage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const left = new AbortController();
  // Node says "close" before it calls back for the end of a response that went out in full.
  response.on("close", () => {
    if (!response.writableFinished) left.abort();
  });
  response.on("error", () => left.abort());
  try {
    await answer(stage, request, { response, gone: left.signal });
  } catch {
    response.destroy();
  }
}
