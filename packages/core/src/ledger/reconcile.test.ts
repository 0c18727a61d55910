import { array, assert, constantFrom, dictionary, nat, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { addUsage, isNoUsage, NO_USAGE, type Usage } from "../domain/index.js";
import { findUnseenUsage } from "./reconcile.js";

const RUNS = { seed: 1 };
const MODELS = ["a", "b", "c"];
const tokens = nat(1_000_000);
const usage = record<Usage>({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWriteOneHourTokens: tokens,
  webSearches: nat(9),
});
const rows = array(record({ model: constantFrom(...MODELS), usage }));

function sumByModel(observed: readonly { model: string; usage: Usage }[]): Map<string, Usage> {
  const sums = new Map<string, Usage>();
  for (const { model, usage } of observed) sums.set(model, addUsage(sums.get(model) ?? NO_USAGE, usage));
  return sums;
}

describe("usage that was not seen", () => {
  test("is nothing where the runtime counted what we saw", () => {
    assert(
      property(rows, (observed) => {
        expect(findUnseenUsage(sumByModel(observed), observed)).toEqual(new Map());
      }),
      RUNS,
    );
  });

  test("is exactly what the runtime counted beyond it", () => {
    assert(
      property(rows, dictionary(constantFrom(...MODELS), usage), (observed, extra) => {
        const hidden = Object.entries(extra).filter(([, each]) => !isNoUsage(each));
        const reported = sumByModel([...observed, ...hidden.map(([model, each]) => ({ model, usage: each }))]);
        expect(findUnseenUsage(reported, observed)).toEqual(new Map(hidden));
      }),
      RUNS,
    );
  });

  test("with what was seen is never less than what the runtime counted", () => {
    assert(
      property(rows, dictionary(constantFrom(...MODELS), usage), (observed, counted) => {
        const unseen = findUnseenUsage(new Map(Object.entries(counted)), observed);
        const seen = sumByModel(observed);
        for (const [model, total] of Object.entries(counted)) {
          const both = addUsage(seen.get(model) ?? NO_USAGE, unseen.get(model) ?? NO_USAGE);
          for (const key of Object.keys(NO_USAGE) as (keyof Usage)[])
            expect(both[key]).toBe(Math.max(total[key], seen.get(model)?.[key] ?? 0));
        }
      }),
      RUNS,
    );
  });

  test("is not looked for in models that the runtime does not name", () => {
    const observed = [{ model: "a", usage: { ...NO_USAGE, inputTokens: 5 } }];
    expect(findUnseenUsage(new Map(), observed)).toEqual(new Map());
  });
});
