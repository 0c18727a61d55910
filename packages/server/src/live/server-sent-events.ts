import { once } from "node:events";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { StreamSource } from "./stream-source.js";

/** A comment that keeps proxies from thinking that nobody is there. */
const BEAT_MS = 15_000;

/**
 * Streams events to a program or to curl, each with its number as id: whoever comes back says the last one that it has
 * in `Last-Event-ID`.
 */
export async function streamEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  source: StreamSource,
  wanted: { after: number | undefined; taskId: string | undefined; agentId: string | undefined },
  isAllowed: () => boolean,
): Promise<void> {
  const gone = new AbortController();
  const { raw } = reply;
  const headers = { ...reply.getHeaders(), "content-type": "text/event-stream", "cache-control": "no-store" };
  reply.hijack();
  raw.writeHead(200, headers as Record<string, string>);
  request.raw.on("close", () => gone.abort());
  raw.on("error", () => gone.abort());
  const stopHearing = source.onClosing(() => gone.abort());
  const beat = setInterval(() => {
    if (isAllowed()) raw.write(": still here\n\n");
    else gone.abort();
  }, BEAT_MS);
  try {
    const seq = await source.orchestrator.lastEvent();
    const after = Math.min(wanted.after ?? seq, seq);
    raw.write(`retry: 1000\nevent: cursor\nid: ${after}\ndata: {"seq":${seq}}\n\n`);
    for await (const batch of source.hub.follow({ ...wanted, after, signal: gone.signal })) {
      if (!isAllowed()) return;
      const text = batch.map(({ seq: id, json }) => `id: ${id}\ndata: ${json}\n\n`).join("");
      // What the client has not taken yet stays with the system; the next batch waits for it.
      if (!raw.write(text)) await once(raw, "drain", { signal: gone.signal });
    }
  } catch (error) {
    if (!gone.signal.aborted) source.trouble("a stream of events was broken off", error);
  } finally {
    clearInterval(beat);
    stopHearing();
    raw.end();
  }
}
