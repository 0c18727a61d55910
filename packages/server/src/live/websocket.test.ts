import { EventEmitter } from "node:events";
import type { WebSocket } from "@fastify/websocket";
import { describe, expect, test } from "vitest";
import type { LiveEvent } from "./hub.js";
import type { StreamSource } from "./stream-source.js";
import { streamTo } from "./websocket.js";

/** A client whose line takes a message when the test says so. */
class Line extends EventEmitter {
  readonly sent: string[] = [];
  readonly closes: number[] = [];
  #take: (error?: Error) => void = () => {};
  #arrived = () => {};

  send(text: string, taken: (error?: Error) => void): void {
    this.sent.push(text);
    this.#take = taken;
    this.#arrived();
  }
  close(code: number): void {
    this.closes.push(code);
    this.emit("close");
  }
  terminate(): void {
    this.emit("close");
  }
  ping(): void {}

  /** Resolves when so many messages were sent. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#arrived = () => {
        if (this.sent.length >= count) resolve();
      };
      this.#arrived();
    });
  }
  take(error?: Error): void {
    this.#take(error);
  }
}

/** Streams five batches; tells how many were read. */
function streamed(isAllowed = () => true) {
  const line = new Line();
  const read: number[] = [];
  const troubles: string[] = [];
  let stop = () => {};
  const context = {
    orchestrator: { lastEvent: async () => 10, databaseId: async () => "db" },
    hub: {
      async *follow({ signal }: { signal: AbortSignal }): AsyncGenerator<LiveEvent[]> {
        for (let seq = 1; seq <= 5 && !signal.aborted; seq += 1) {
          read.push(seq);
          yield [{ seq, taskId: null, agentId: null, json: `{"seq":${seq}}` }];
        }
      },
    },
    drafts: { async *follow() {} },
    trouble: (message: string) => troubles.push(message),
    onClosing(listener: () => void) {
      stop = listener;
      return () => {};
    },
  } as unknown as StreamSource;
  const wanted = { after: 0, taskId: undefined, agentId: undefined };
  const done = streamTo(line as unknown as WebSocket, context, wanted, isAllowed);
  return { line, read, troubles, done, stop: () => stop() };
}

describe("a client that takes nothing", () => {
  test("is read nothing for until it has taken what was sent", async () => {
    const { line, read, done, stop } = streamed();
    await line.until(1);
    expect(read).toEqual([]);
    line.take();
    await line.until(2);
    expect(read).toEqual([1]);
    line.take();
    await line.until(3);
    expect(read).toEqual([1, 2]);
    expect(line.sent.slice(1)).toEqual([1, 2].map((seq) => `{"type":"events","events":[{"seq":${seq}}]}`));
    stop();
    line.take();
    await done;
  });

  test("and goes away in between is no trouble", async () => {
    const { line, read, troubles, done } = streamed();
    await line.until(1);
    line.emit("close");
    line.take(new Error("not open"));
    await done;
    expect([read, troubles]).toEqual([[], []]);
  });
});

test("a line that fails is a trouble, and closed", async () => {
  const { line, troubles, done } = streamed();
  await line.until(1);
  line.take(new Error("it broke"));
  await done;
  expect([line.closes, troubles]).toEqual([[1011], ["a stream of events was broken off"]]);
});

test("whoever is allowed no more is told nothing more", async () => {
  let isAllowed = true;
  const { line, done } = streamed(() => isAllowed);
  await line.until(1);
  isAllowed = false;
  line.take();
  await done;
  expect(line.closes).toEqual([4401]);
  expect(line.sent).toHaveLength(1);
});

test("the stop of the server is told once", async () => {
  const { line, done, stop } = streamed();
  await line.until(1);
  stop();
  line.take();
  await done;
  expect(line.closes).toEqual([1001]);
});
