import { expect, test } from "vitest";
import { parseAgentsSearch, toAgentQuery } from "./agents-search.ts";

test("an address says its filters again when it is read, and leaves out what nobody can mean", () => {
  const search = { status: "running", role: "scout", deleted: "too" } as const;
  expect(parseAgentsSearch(search)).toEqual(search);
  expect(parseAgentsSearch({ status: "asleep", role: " ", deleted: true })).toEqual({});
});

test("the living are asked for, unless the deleted are wanted too", () => {
  expect(toAgentQuery({})).toMatchObject({ isDeleted: "false" });
  expect(toAgentQuery({ deleted: "too" }).isDeleted).toBeUndefined();
  expect(toAgentQuery({ status: "deleted" })).toEqual({ status: "deleted", limit: 1_000 });
});
