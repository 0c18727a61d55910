import { array, assert, constant, nat, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { addUsage, isNoUsage, NO_USAGE, subtractUsage, totalTokens, type Usage, usageSchema } from "./usage.js";

/** The same examples at every run. */
const RUNS = { seed: 1 };

const tokens = nat(10_000_000);
const usage = record<Usage>({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWriteOneHourTokens: tokens,
  webSearches: nat(100),
});

describe("adding usages", () => {
  test("does not depend on the order", () => {
    assert(
      property(usage, usage, usage, (a, b, c) => {
        expect(addUsage(a, b)).toEqual(addUsage(b, a));
        expect(addUsage(addUsage(a, b), c)).toEqual(addUsage(a, addUsage(b, c)));
      }),
      RUNS,
    );
  });

  test("leaves a usage as it is when nothing is added", () => {
    assert(
      property(usage, constant(NO_USAGE), (a, none) => {
        expect(addUsage(a, none)).toEqual(a);
      }),
      RUNS,
    );
  });

  test("changes neither of the two", () => {
    const left = { ...NO_USAGE, inputTokens: 1 };
    addUsage(left, left);
    expect(left).toEqual({ ...NO_USAGE, inputTokens: 1 });
    expect(isNoUsage(NO_USAGE)).toBe(true);
  });

  test("counts every token once in the total", () => {
    assert(
      property(array(usage), (usages) => {
        const sum = usages.reduce(addUsage, NO_USAGE);
        expect(totalTokens(sum)).toBe(usages.reduce((total, each) => total + totalTokens(each), 0));
      }),
      RUNS,
    );
  });
});

describe("subtracting usages", () => {
  test("undoes adding", () => {
    assert(
      property(usage, usage, (a, b) => {
        expect(subtractUsage(addUsage(a, b), b)).toEqual(a);
      }),
      RUNS,
    );
  });

  test("never goes below zero, so that the result is always a usage", () => {
    assert(
      property(usage, usage, (a, b) => {
        expect(usageSchema.safeParse(subtractUsage(a, b)).success).toBe(true);
      }),
      RUNS,
    );
  });

  test("leaves nothing of a usage taken from itself", () => {
    assert(
      property(usage, (a) => {
        expect(isNoUsage(subtractUsage(a, a))).toBe(true);
      }),
      RUNS,
    );
  });
});

test("the one-hour part of the cache writes is not counted twice in the total", () => {
  const usage = { ...NO_USAGE, inputTokens: 1, outputTokens: 2, cacheReadTokens: 4, cacheWriteTokens: 8 };
  expect(totalTokens({ ...usage, cacheWriteOneHourTokens: 8, webSearches: 3 })).toBe(15);
});

test("a usage with a web search and no tokens is still a usage", () => {
  expect(isNoUsage({ ...NO_USAGE, webSearches: 1 })).toBe(false);
});
