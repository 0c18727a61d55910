import { describe, expect, test } from "vitest";
import { InputQueue } from "./input-queue.js";

async function collect<T>(queue: InputQueue<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

describe("an input queue", () => {
  test("gives what was pushed before it is read, in order", async () => {
    const queue = new InputQueue<number>();
    for (const item of [1, 2, 3]) queue.push(item);
    queue.close();
    expect(await collect(queue)).toEqual([1, 2, 3]);
  });

  test("gives what is pushed while the reader waits", async () => {
    const queue = new InputQueue<string>();
    const collected = collect(queue);
    await Promise.resolve();
    queue.push("a");
    await new Promise((resolve) => setImmediate(resolve));
    queue.push("b");
    queue.push("c");
    queue.close();
    expect(await collected).toEqual(["a", "b", "c"]);
  });

  test("keeps its reader waiting until it is closed", async () => {
    const queue = new InputQueue<string>();
    let hasEnded = false;
    const collected = collect(queue).finally(() => {
      hasEnded = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasEnded).toBe(false);
    queue.close();
    expect(await collected).toEqual([]);
  });

  test("may hold values that count as false", async () => {
    const queue = new InputQueue<unknown>();
    for (const item of [0, "", null, false]) queue.push(item);
    queue.close();
    expect(await collect(queue)).toEqual([0, "", null, false]);
  });

  test("may be closed twice", async () => {
    const queue = new InputQueue<string>();
    queue.close();
    queue.close();
    expect(await collect(queue)).toEqual([]);
  });
});
