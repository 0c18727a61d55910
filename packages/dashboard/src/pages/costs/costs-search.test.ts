import { expect, test } from "vitest";
import { parseCostsSearch, periodOf, startOf } from "./costs-search.ts";

test("an address says only what is not as usual", () => {
  expect(parseCostsSearch({ days: 30, by: "role", durations: "role" })).toEqual({});
  expect(periodOf({})).toBe(30);
  const chosen = { days: "all", by: "agent", durations: "taskType", rehearsals: "only" } as const;
  expect(parseCostsSearch(chosen)).toEqual(chosen);
  expect(parseCostsSearch({ days: "7" })).toEqual({ days: 7 });
});

test("what cannot be used in an address is left out", () => {
  expect(parseCostsSearch({ days: 8, by: "colour", durations: "day", rehearsals: true })).toEqual({});
});

test("a period ends with today and has as many days as it says", () => {
  const today = new Date(2026, 10, 23, 15, 30);
  expect(startOf(7, today)).toBe(new Date(2026, 10, 17).toISOString());
  expect(startOf("all", today)).toBeUndefined();
});
