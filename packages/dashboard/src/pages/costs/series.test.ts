import { describe, expect, test } from "vitest";
import type { CostRow } from "../../api/costs.ts";
import { COST_COLUMNS, dayOf, daysBetween, NO_USAGE, shareOf, stack, sumUp, toFields, valuesByDay } from "./series.ts";

const row = (key: string, fields: Partial<CostRow> = {}): CostRow => ({ ...NO_USAGE, key, ...fields });

describe("days", () => {
  test("run on over the ends of months and years", () => {
    expect(daysBetween("2026-12-30", "2027-01-02")).toEqual(["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]);
    expect(daysBetween("2028-02-28", "2028-03-01")).toEqual(["2028-02-28", "2028-02-29", "2028-03-01"]);
    expect(daysBetween("2026-11-23", "2026-11-22")).toEqual([]);
  });

  test("are those of the reader's clock", () => {
    expect(dayOf(new Date(2026, 0, 5, 0, 10))).toBe("2026-01-05");
  });
});

describe("a series", () => {
  const rows = [row("2026-11-21", { costUsd: 0.5 }), row("2026-11-23", { costUsd: null, unpricedCalls: 2 })];

  test("is zero on a day without a call, and unknown on a day without a price", () => {
    const days = daysBetween("2026-11-21", "2026-11-23");
    expect(valuesByDay(days, rows, (each) => each.costUsd, 0)).toEqual([0.5, 0, null]);
  });

  test("is unknown on a day without an end where there is nothing to measure", () => {
    expect(valuesByDay(["2026-11-22"], rows, (each) => each.costUsd, null)).toEqual([null]);
  });

  test("is drawn upon those below it", () => {
    expect(
      stack([
        [1, 2, null],
        [10, 0, 5],
      ]),
    ).toEqual([
      [1, 2, 0],
      [11, 2, 5],
    ]);
    expect(stack([])).toEqual([]);
  });
});

describe("the sum", () => {
  test("adds what is known, and counts the calls that are not", () => {
    const sum = sumUp([
      row("a", { costUsd: 0.25, modelCalls: 2, inputTokens: 10 }),
      row("b", { costUsd: null, modelCalls: 3, unpricedCalls: 3, inputTokens: 5 }),
    ]);
    expect(sum).toMatchObject({ costUsd: 0.25, modelCalls: 5, unpricedCalls: 3, inputTokens: 15 });
  });

  test("is unknown where no price is known, and nothing where nothing was called", () => {
    expect(sumUp([row("a", { costUsd: null, modelCalls: 1, unpricedCalls: 1 })]).costUsd).toBeNull();
    expect(sumUp([]).costUsd).toBe(0);
  });
});

test("a bar is as long as its share of the greatest, and what is not known has none", () => {
  expect(shareOf(5, 10)).toBe(50);
  expect(shareOf(0.001, 10)).toBe(0.5);
  expect(shareOf(null, 10)).toBe(0);
  expect(shareOf(0, 0)).toBe(0);
});

test("the fields of a CSV stand in the order of its columns", () => {
  const [fields] = toFields([row("builder", { costUsd: null, modelCalls: 4 })], COST_COLUMNS);
  expect(fields?.slice(0, 3)).toEqual(["builder", null, 4]);
});
