import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredEvent } from "../../domain/index.js";
import type { Store } from "../store.js";
import { makeFolder, taskCreated, warned } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let other: Store;

beforeEach(async () => {
  folder = makeFolder();
  store = await openSqliteStore({ path: folder.database });
  other = await openSqliteStore({ path: folder.database });
});
afterEach(async () => {
  await store.close();
  await other.close();
  folder.remove();
});

/** Takes so many events, then ends the subscription. */
async function take(events: AsyncIterable<StoredEvent>, count: number): Promise<number[]> {
  const seqs: number[] = [];
  for await (const event of events) {
    seqs.push(event.seq);
    if (seqs.length === count) break;
  }
  return seqs;
}

const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

describe("a subscription", () => {
  test("begins with what is there and goes on with what comes", async () => {
    await store.append([taskCreated("task_a")]);
    const taken = take(store.subscribe({}), 3);
    await store.append([warned("task_a", "two")]);
    await store.append([warned("task_a", "three")]);
    expect(await taken).toEqual([1, 2, 3]);
  });

  test("begins behind its cursor", async () => {
    await store.append([taskCreated("task_a"), warned("task_a", "two"), warned("task_a", "three")]);
    expect(await take(store.subscribe({ after: 2 }), 1)).toEqual([3]);
  });

  test("keeps to one task", async () => {
    const taken = take(store.subscribe({ taskId: "task_b" }), 2);
    await store.append([taskCreated("task_a"), taskCreated("task_b"), warned("task_a", "no"), warned("task_b", "yes")]);
    expect(await taken).toEqual([2, 4]);
  });

  test("hears what another connection writes", async () => {
    const taken = take(store.subscribe({}), 2);
    await other.append([taskCreated("task_a")]);
    await other.append([warned("task_a", "two")]);
    expect(await taken).toEqual([1, 2]);
  });

  test("misses and repeats nothing while two connections write at once", async () => {
    const taken = [take(store.subscribe({}), 151), take(other.subscribe({ after: 0 }), 151)];
    await store.append([taskCreated("task_a")]);
    for (let round = 0; round < 75; round += 1) {
      await Promise.all([store.append([warned("task_a", "ours")]), other.append([warned("task_a", "theirs")])]);
    }
    expect(await Promise.all(taken)).toEqual([upTo(151), upTo(151)]);
  });

  test("reads on page by page when much is there", async () => {
    await store.append([taskCreated("task_a"), ...upTo(1_199).map((each) => warned("task_a", String(each)))]);
    expect(await take(store.subscribe({}), 1_200)).toEqual(upTo(1_200));
  });

  test("a slow reader still gets everything", async () => {
    const seqs: number[] = [];
    await store.append([taskCreated("task_a")]);
    for await (const event of store.subscribe({})) {
      seqs.push(event.seq);
      if (event.seq < 5) await other.append([warned("task_a", `after ${event.seq}`)]);
      else break;
    }
    expect(seqs).toEqual(upTo(5));
  });
});

describe("the end of a subscription", () => {
  test("comes with its signal, while it waits", async () => {
    const controller = new AbortController();
    const taken = take(store.subscribe({ signal: controller.signal }), 100);
    await store.append([taskCreated("task_a")]);
    controller.abort();
    expect((await taken).length).toBeLessThanOrEqual(1);
  });

  test("comes with its signal, between two events that are there", async () => {
    await store.append([taskCreated("task_a"), warned("task_a", "two")]);
    const controller = new AbortController();
    const seqs: number[] = [];
    for await (const event of store.subscribe({ signal: controller.signal })) {
      seqs.push(event.seq);
      controller.abort();
    }
    expect(seqs).toEqual([1]);
  });

  test("comes at once when the signal was aborted before", async () => {
    await store.append([taskCreated("task_a")]);
    expect(await take(store.subscribe({ signal: AbortSignal.abort() }), 1)).toEqual([]);
  });

  test("comes when the store is closed", async () => {
    await store.append([taskCreated("task_a")]);
    const taken = take(store.subscribe({}), 100);
    await store.close();
    expect((await taken).length).toBeLessThanOrEqual(1);
  });

  test("of one reader leaves the others alone", async () => {
    const controller = new AbortController();
    const ended = take(store.subscribe({ signal: controller.signal }), 100);
    const living = take(store.subscribe({}), 1);
    controller.abort();
    await ended;
    await store.append([taskCreated("task_a")]);
    expect(await living).toEqual([1]);
  });
});
