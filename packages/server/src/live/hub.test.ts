import type { Orchestrator, StoredEvent } from "@claude-orchestrator/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Hub, openHub } from "./hub.js";

type EventLog = Pick<Orchestrator, "events" | "lastEvent" | "listEvents">;

/** A log in memory: what the hub reads, told as the store would tell it. */
function createLog(begun = 0) {
  const all: StoredEvent[] = [];
  const pages: number[] = [];
  let wake = () => {};
  let failure: Error | null = null;
  const append = (count: number, about: object = {}) => {
    for (let index = 0; index < count; index += 1) {
      const seq = (all.at(-1)?.seq ?? 0) + 1;
      const subject = { taskId: null, stepKey: null, agentId: null, type: "task.warned", data: { message: "m" } };
      all.push({ seq, time: "2026-01-01T00:00:00.000Z", version: 4, ...subject, ...about } as unknown as StoredEvent);
    }
    wake();
  };
  append(begun);
  const log: EventLog = {
    lastEvent: async () => all.at(-1)?.seq ?? 0,
    async listEvents({ after = 0, taskId, agentId, types, search, limit = 1_000 } = {}) {
      const found = all
        .filter(({ seq }) => seq > after)
        .filter((event) => taskId === undefined || event.taskId === taskId)
        .filter((event) => agentId === undefined || event.agentId === agentId)
        .filter((event) => types === undefined || types.includes(event.type))
        .filter((event) => search === undefined || JSON.stringify(event.data).includes(search))
        .slice(0, limit);
      pages.push(found.length);
      return found;
    },
    async *events({ after = 0, signal } = {}) {
      let position = all.findIndex(({ seq }) => seq > after);
      if (position === -1) position = all.length;
      signal?.addEventListener("abort", () => wake());
      while (!signal?.aborted) {
        if (failure) throw failure;
        const event = all[position];
        if (event) {
          position += 1;
          yield event;
        } else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
  return {
    log,
    append,
    pages,
    fail(error: Error) {
      failure = error;
      wake();
    },
  };
}

async function opened(begun = 0) {
  const { log, ...rest } = createLog(begun);
  const troubles: unknown[] = [];
  const hub = await openHub(log, (error) => troubles.push(error));
  onTestFinished(() => hub.close());
  return { hub, troubles, ...rest };
}

/** Follows until so many events have come. */
async function take(hub: Hub, count: number, query: { after: number; taskId?: string; agentId?: string }) {
  const gone = new AbortController();
  const seqs: number[] = [];
  for await (const batch of hub.follow({ ...query, signal: gone.signal })) {
    seqs.push(...batch.map(({ seq }) => seq));
    if (seqs.length >= count) break;
  }
  return seqs;
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("whoever follows", () => {
  test("is told what is there and what comes, once and in order", async () => {
    const { hub, append } = await opened(300);
    const taken = take(hub, 900, { after: 0 });
    append(600);
    expect(await taken).toEqual(upTo(900));
  });

  test("is told what comes only, with a cursor at the end", async () => {
    const { hub, append } = await opened(10);
    const taken = take(hub, 2, { after: 10 });
    append(2);
    expect(await taken).toEqual([11, 12]);
  });

  test("comes back fifty times and misses nothing", async () => {
    const { hub, append } = await opened(100);
    const seen: number[] = [];
    for (let time = 0; time < 50; time += 1) {
      const taken = take(hub, 1, { after: seen.at(-1) ?? 0 });
      append(40);
      seen.push(...(await taken));
    }
    seen.push(...(await take(hub, 2_100 - seen.length, { after: seen.at(-1) ?? 0 })));
    expect(seen).toEqual(upTo(2_100));
  });

  test("is told of one task, or of one agent", async () => {
    const { hub, append } = await opened();
    const [ofTask, ofAgent] = [take(hub, 2, { after: 0, taskId: "a" }), take(hub, 1, { after: 0, agentId: "x" })];
    append(1, { taskId: "a" });
    append(1, { taskId: "b", agentId: "x" });
    append(1, { taskId: "a" });
    expect(await ofTask).toEqual([1, 3]);
    expect(await ofAgent).toEqual([2]);
  });

  test.each([
    ["live", 0],
    ["out of the log", 1],
  ])("a task hears that it was removed, %s", async (_, removedBefore) => {
    const { log, append } = createLog();
    if (removedBefore) append(1, { type: "task.removed", data: { taskId: "a" } });
    const hub = await openHub(log, () => {});
    onTestFinished(() => hub.close());
    const taken = take(hub, 1, { after: 0, taskId: "a" });
    if (!removedBefore) append(1, { type: "task.removed", data: { taskId: "a" } });
    expect(await taken).toEqual([1]);
  });

  test("an agent hears that it was removed", async () => {
    const { hub, append } = await opened();
    const taken = take(hub, 1, { after: 0, agentId: "x" });
    append(1, { type: "agent.removed", data: { agentId: "x" } });
    expect(await taken).toEqual([1]);
  });
});

describe("whoever is slow", () => {
  test("is told everything, out of the log where it is long past", async () => {
    const { hub, append, pages } = await opened();
    const gone = new AbortController();
    const slow = hub.follow({ after: 0, signal: gone.signal });
    append(1);
    await slow.next();
    append(12_000);
    await take(hub, 1, { after: 12_000 });
    expect(pages, "the quick need no log").toEqual([]);
    const seqs: number[] = [];
    for await (const batch of slow) {
      seqs.push(...batch.map(({ seq }) => seq));
      if (seqs.at(-1) === 12_001) break;
    }
    expect(seqs).toEqual(upTo(12_001, 2));
    expect(pages.length).toBeGreaterThan(0);
  });

  test("is told no more at a time than a message holds", async () => {
    const { hub, append } = await opened();
    append(1_000);
    append(40, { data: { message: "x".repeat(100_000) } });
    const gone = new AbortController();
    let [events, largest, seq] = [0, 0, 0];
    for await (const batch of hub.follow({ after: 0, signal: gone.signal })) {
      events = Math.max(events, batch.length);
      largest = Math.max(
        largest,
        batch.map(({ json }) => json.length).reduce((a, b) => a + b, 0),
      );
      seq = batch.at(-1)?.seq ?? seq;
      if (seq === 1_040) break;
    }
    expect(events).toBe(200);
    expect(largest).toBeLessThan(256 * 1024);
  });
});

describe("the end", () => {
  test("comes to all when the hub is closed", async () => {
    const { hub, append } = await opened();
    const all = [take(hub, 100, { after: 0 }), take(hub, 100, { after: 0, taskId: "a" })];
    append(1);
    await hub.close();
    expect((await Promise.all(all)).flat().length).toBeLessThanOrEqual(1);
  });

  test("comes to whoever goes, while it waits", async () => {
    const { hub } = await opened();
    const gone = new AbortController();
    const following = hub.follow({ after: 0, signal: gone.signal }).next();
    gone.abort();
    expect(await following).toMatchObject({ done: true });
  });

  test("is told as a trouble where the log cannot be followed any more", async () => {
    const { hub, troubles, append, fail } = await opened();
    const taken = take(hub, 1, { after: 0 });
    append(1);
    await taken;
    fail(new Error("the disk is gone"));
    await new Promise(setImmediate);
    expect(troubles).toEqual([new Error("the disk is gone")]);
  });
});
