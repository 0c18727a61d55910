import { describe, expect, test } from "vitest";
import { countFilters, type HistorySearch, parseHistorySearch, sortBy, toPage, toTaskQuery } from "./history-search.ts";

const everything: HistorySearch = {
  status: "failed,cancelled",
  taskType: "bug_fix",
  directory: "/code/app",
  search: "rounding",
  since: "2026-11-01",
  until: "2026-11-23",
  minCostUsd: 0.5,
  maxCostUsd: 2,
  rehearsal: "none",
  sort: "costUsd",
  order: "asc",
  page: 3,
};

describe("the address of the history", () => {
  test("says every filter, and says it again when it is read", () => {
    expect(parseHistorySearch({ ...everything })).toEqual(everything);
  });

  test("is empty for the newest tasks of all kinds", () => {
    expect(parseHistorySearch({})).toEqual({});
    expect(parseHistorySearch({ sort: "createdAt", order: "desc", page: 1, status: "", search: "  " })).toEqual({});
  });

  test("leaves out what nobody can mean", () => {
    const odd = {
      status: "failed,unheard_of,failed",
      taskType: ["bug_fix"],
      directory: {},
      since: "yesterday",
      until: "2026-13-45",
      minCostUsd: "-1",
      maxCostUsd: "much",
      rehearsal: true,
      sort: "name",
      order: "up",
      page: 1.5,
    };
    expect(parseHistorySearch(odd)).toEqual({ status: "failed" });
  });

  test("takes a number for a word to search, as the router reads it", () => {
    expect(parseHistorySearch({ search: 404 })).toEqual({ search: "404" });
  });
});

describe("what the server is asked", () => {
  test("is the newest fifty without a filter", () => {
    expect(toTaskQuery({})).toMatchObject({ sort: "createdAt", order: "desc", limit: 50, offset: 0 });
  });

  test("has the range of days from its first to its last moment", () => {
    const { since, until } = toTaskQuery({ since: "2026-11-01", until: "2026-11-23" });
    expect(since).toBe(new Date(2026, 10, 1).toISOString());
    expect(until).toBe(new Date(2026, 10, 24).toISOString());
  });

  test("tells rehearsals apart only where that was asked", () => {
    expect(toTaskQuery({}).rehearsal).toBeUndefined();
    expect(toTaskQuery({ rehearsal: "only" }).rehearsal).toBe("true");
    expect(toTaskQuery({ rehearsal: "none" }).rehearsal).toBe("false");
  });

  test("begins where the page begins", () => {
    expect(toTaskQuery({ page: 3 })).toMatchObject({ limit: 50, offset: 100 });
  });
});

describe("a column's heading", () => {
  test("sorts by it from the greatest, then the other way, and goes to the first page", () => {
    const first = sortBy({ page: 4, search: "x" }, "costUsd");
    expect(first).toEqual({ search: "x", sort: "costUsd" });
    expect(sortBy(first, "costUsd")).toEqual({ search: "x", sort: "costUsd", order: "asc" });
    expect(sortBy(sortBy(first, "costUsd"), "costUsd")).toEqual(first);
    expect(sortBy({}, "createdAt")).toEqual({ order: "asc" });
  });
});

test("another page keeps the filters, and the first has no number", () => {
  expect(toPage({ search: "x" }, 2)).toEqual({ search: "x", page: 2 });
  expect(toPage({ search: "x", page: 2 }, 1)).toEqual({ search: "x" });
});

test("the order and the page are no filters", () => {
  expect(countFilters({ sort: "tokens", order: "asc", page: 2 })).toBe(0);
  expect(countFilters(everything)).toBe(9);
});
