import { describe, expect, test } from "vitest";
import { NO_USAGE, type Usage } from "../domain/index.js";
import { costOf, findPrice, PRICES_DATE } from "./prices.js";

const OWN = { input: 7, output: 8, cacheRead: 1, cacheWrite: 2, cacheWriteOneHour: 3 };
const SONNET = { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5, cacheWriteOneHour: 4 };

const usage = (given: Partial<Usage>): Usage => ({ ...NO_USAGE, ...given });

describe("the price of a model", () => {
  test.each([
    ["sonnet", "an alias"],
    ["claude-sonnet-5-5", "an id"],
    ["claude-sonnet-5-5-20261001", "an id with a date"],
    ["sonnet[1m]", "an alias with a window"],
    ["claude-sonnet-5-5[1m]", "an id with a window"],
    ["claude-sonnet-5-5-20261001[1m]", "an id with both"],
  ])("is found for %s: %s", (model) => {
    expect(findPrice(model)).toEqual(SONNET);
  });

  test.each([
    ["opus", "claude-opus-5-5"],
    ["haiku", "claude-haiku-5-5"],
    ["fable", "claude-fable-5-2"],
  ])("%s is %s", (alias, id) => {
    expect(findPrice(alias)).toEqual(findPrice(id));
    expect(findPrice(alias)).not.toBeNull();
  });

  test.each([
    "gpt-9",
    "claude",
    "",
    "claude-sonnet-5-5-2026",
    "my-claude-sonnet-5-5",
    "constructor",
    "toString",
    "__proto__",
  ])("is not guessed for %j", (model) => {
    expect(findPrice(model)).toBeNull();
    expect(costOf(model, usage({ inputTokens: 5 }))).toBeNull();
  });

  test("knows the day on which the list was read", () => {
    expect(PRICES_DATE).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  test("of every model makes reading the cache cheaper and writing it dearer than plain input", () => {
    for (const model of ["opus", "sonnet", "haiku", "fable", "claude-opus-4-5", "claude-haiku-4-5"]) {
      const price = findPrice(model);
      expect(price?.cacheRead, model).toBeLessThan(price?.input ?? 0);
      expect(price?.cacheWrite, model).toBeGreaterThan(price?.input ?? 0);
      expect(price?.cacheWriteOneHour, model).toBeGreaterThan(price?.cacheWrite ?? 0);
    }
  });
});

describe("a price of the repository's own", () => {
  test.each([
    ["my-model", "my-model"],
    ["my-model[1m]", "my-model"],
    ["my-model-20261001", "my-model"],
  ])("for %s given as %s is taken where we know none", (model, name) => {
    expect(findPrice(model, { [name]: OWN })).toEqual(OWN);
  });

  test.each(["sonnet", "claude-sonnet-5-5", "sonnet[1m]", "claude-sonnet-5-5-20261001"])(
    "for %s, which we know, is not: it could make a budget void",
    (name) => {
      expect(findPrice(name, { [name]: OWN })).toEqual(SONNET);
    },
  );
});

describe("what a call costs", () => {
  test.each([
    ["a thousand tokens in", { inputTokens: 1_000 }, 0.002],
    ["a thousand tokens out", { outputTokens: 1_000 }, 0.01],
    ["a thousand tokens from the cache", { cacheReadTokens: 1_000 }, 0.0001],
    ["a thousand tokens into the cache", { cacheWriteTokens: 1_000 }, 0.0025],
    ["the same for an hour", { cacheWriteTokens: 1_000, cacheWriteOneHourTokens: 1_000 }, 0.004],
    ["half of them for an hour", { cacheWriteTokens: 1_000, cacheWriteOneHourTokens: 500 }, 0.00325],
    ["two searches", { webSearches: 2 }, 0.02],
    ["nothing", {}, 0],
    [
      "all of it",
      { inputTokens: 100, outputTokens: 50, cacheReadTokens: 10_000, cacheWriteTokens: 200, webSearches: 1 },
      0.0002 + 0.0005 + 0.001 + 0.0005 + 0.01,
    ],
  ])("%s", (_, given, expected) => {
    expect(costOf("sonnet", usage(given))).toBeCloseTo(expected, 12);
  });

  test("uses the user's own price", () => {
    expect(costOf("mine", usage({ inputTokens: 1_000_000, outputTokens: 1_000_000 }), { mine: OWN })).toBeCloseTo(
      15,
      9,
    );
  });

  test("rises fivefold on the input side of haiku 5.5 from 190 000 prompt tokens on", () => {
    const short = costOf("haiku", usage({ inputTokens: 189_999, outputTokens: 1_000 })) ?? 0;
    const long = costOf("haiku", usage({ inputTokens: 100_000, cacheReadTokens: 90_000, outputTokens: 1_000 })) ?? 0;
    expect(short).toBeCloseTo(0.0189999 + 0.0005, 12);
    expect(long).toBeCloseTo((0.01 + 0.0009) * 5 + 0.0005, 12);
  });
});
