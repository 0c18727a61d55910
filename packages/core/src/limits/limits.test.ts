import { describe, expect, test } from "vitest";
import { checkBudget } from "./budget.js";
import { Semaphore } from "./semaphore.js";

describe("a semaphore", () => {
  test("lets so many in and the next when one leaves, in the order in which they asked", async () => {
    const semaphore = new Semaphore(2);
    const order: string[] = [];
    const enter = async (name: string) => {
      const release = await semaphore.acquire();
      order.push(name);
      return release;
    };
    const first = await enter("a");
    const second = await enter("b");
    const waiting = [enter("c"), enter("d")];
    await Promise.resolve();
    expect(order).toEqual(["a", "b"]);
    first();
    const third = await waiting[0];
    expect(order).toEqual(["a", "b", "c"]);
    second();
    await waiting[1];
    expect(order).toEqual(["a", "b", "c", "d"]);
    third?.();
  });

  test("takes a permit back once: giving it back again lets nobody in", async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const entered: string[] = [];
    const next = semaphore.acquire().then((given) => {
      entered.push("b");
      return given;
    });
    void semaphore.acquire().then(() => entered.push("c"));
    release();
    release();
    await next;
    release();
    await Promise.resolve();
    await Promise.resolve();
    expect(entered).toEqual(["b"]);
  });

  test("has all its permits again when everybody has left", async () => {
    const semaphore = new Semaphore(2);
    for (const release of [await semaphore.acquire(), await semaphore.acquire()]) release();
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const release = await semaphore.acquire();
        inside += 1;
        most = Math.max(most, inside);
        await Promise.resolve();
        inside -= 1;
        release();
      }),
    );
    expect(most).toBe(2);
  });
});

describe("a budget", () => {
  test.each([
    [0, 1],
    [0.9999, 1],
    [5, null],
    [null, 1],
    [null, null],
  ])("of which %j is spent out of %j is not reached", (spent, budget) => {
    expect(checkBudget({ costUsd: spent, unpricedCalls: 0 }, budget)).toBeNull();
  });

  test.each([
    [1, 1],
    [1.5, 1],
    [0.01, 0.001],
  ])("of which %d is spent out of %d is reached", (spent, budget) => {
    expect(checkBudget({ costUsd: spent, unpricedCalls: 0 }, budget)).toMatchObject({
      code: "budget_reached",
      exitCode: 4,
      message: `The task has spent $${spent.toFixed(4)} of its budget of $${budget.toFixed(4)}.`,
    });
  });

  test("ends the task when the endpoint answers as a model without a price: it could not be kept", () => {
    const totals = { costUsd: 0.1, unpricedCalls: 1 };
    expect(checkBudget(totals, 1)).toMatchObject({
      code: "budget_reached",
      message: expect.stringMatching(/price is not known/),
    });
    expect(checkBudget(totals, null)).toBeNull();
  });
});
