import type { WebSocket } from "@fastify/websocket";
import { readFleet } from "./fleet.js";
import type { LiveEvent } from "./hub.js";
import type { StreamSource } from "./stream-source.js";

/** Close codes of our own. */
const SIGNED_OUT = 4401;
const GOING_AWAY = 1001;
const INTERNAL = 1011;

/** How often it is looked whether a client is still there and still allowed, and how long it may take to answer. */
const BEAT_MS = 5_000;
const SILENT_BEATS = 6;
/** A client that takes nothing for this long is let go; it comes back with its cursor. */
const SEND_LIMIT_MS = 30_000;

interface Stream {
  after: number | undefined;
  taskId: string | undefined;
  agentId: string | undefined;
}

/**
 * Streams events to one client: first where the log stands (with the fleet, for whoever has no cursor yet), then every
 * event after the cursor, each once and in order, and beside them what agents are writing. The next batch is read when the one before has left: a slow client
 * costs no memory.
 */
export async function streamTo(
  socket: WebSocket,
  source: StreamSource,
  wanted: Stream,
  isAllowed: () => boolean,
): Promise<void> {
  const gone = new AbortController();
  socket.on("close", () => gone.abort());
  socket.on("error", () => gone.abort());
  const signOut = () => {
    socket.close(SIGNED_OUT, "signed out");
    gone.abort();
  };
  // What a client says has no meaning, but that it is there.
  let missedBeats = 0;
  socket.on("pong", () => {
    missedBeats = 0;
  });
  const beat = setInterval(() => {
    missedBeats += 1;
    if (!isAllowed()) signOut();
    else if (missedBeats > SILENT_BEATS) socket.terminate();
    else socket.ping();
  }, BEAT_MS);
  const stopHearing = source.onClosing(() => {
    socket.close(GOING_AWAY, "the server stops");
    gone.abort();
  });
  try {
    const { orchestrator, hub, drafts } = source;
    const { after, ...about } = wanted;
    const fleet = after === undefined ? await readFleet(orchestrator) : undefined;
    const seq = fleet?.seq ?? (await orchestrator.lastEvent());
    const databaseId = await orchestrator.databaseId();
    await send(socket, JSON.stringify({ type: "snapshot", seq, databaseId, time: new Date().toISOString(), fleet }));
    // A cursor of another log: it is for the client to begin anew.
    const cursor = Math.min(after ?? seq, seq);
    const { signal } = gone;
    const sendEvents = async () => {
      for await (const batch of hub.follow({ ...about, after: cursor, signal })) {
        if (!isAllowed()) return signOut();
        await send(socket, toMessage(batch));
      }
    };
    const sendDrafts = async () => {
      for await (const pieces of drafts.follow({ ...about, signal })) {
        if (!isAllowed()) return signOut();
        await send(socket, JSON.stringify({ type: "drafts", drafts: pieces }));
      }
    };
    await Promise.all([sendEvents(), sendDrafts()]);
    if (!gone.signal.aborted) socket.close(GOING_AWAY, "the server stops");
  } catch (error) {
    // A client that leaves while something is on its way to it is no trouble of ours.
    if (!gone.signal.aborted && socket.readyState === socket.OPEN) {
      source.trouble("a stream of events was broken off", error);
      socket.close(INTERNAL, "the stream was broken off");
    }
  } finally {
    clearInterval(beat);
    stopHearing();
  }
}

function toMessage(batch: readonly LiveEvent[]): string {
  return `{"type":"events","events":[${batch.map(({ json }) => json).join(",")}]}`;
}

/** Resolves when the message has left this process. */
function send(socket: WebSocket, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.terminate();
      reject(new Error("the client takes nothing"));
    }, SEND_LIMIT_MS);
    socket.send(message, (error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}
