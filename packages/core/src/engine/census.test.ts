import { expect, test } from "vitest";
import { takeCensus } from "./census.js";

test("a task without steps counts nothing", () => {
  expect(takeCensus([])).toEqual({
    planned: 0,
    ran: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    retried: 0,
    rounds: 0,
    reused: 0,
  });
});

test("every step is counted by how it ended, every attempt beyond the first as a retry, and the rounds by the last", () => {
  expect(
    takeCensus([
      { status: "succeeded", attempt: 1, round: 0, reusedFrom: null },
      { status: "succeeded", attempt: 3, round: 1, reusedFrom: null },
      { status: "failed", attempt: 2, round: 2, reusedFrom: null },
      { status: "skipped", attempt: 0, round: 0, reusedFrom: null },
      { status: "cancelled", attempt: 1, round: 0, reusedFrom: null },
      { status: "cancelled", attempt: 0, round: 0, reusedFrom: null },
    ]),
  ).toEqual({
    planned: 6,
    ran: 4,
    succeeded: 2,
    failed: 1,
    skipped: 1,
    cancelled: 2,
    retried: 3,
    rounds: 2,
    reused: 0,
  });
});

test("a step that still runs has run and has not ended", () => {
  expect(takeCensus([{ status: "running", attempt: 1, round: 0, reusedFrom: null }])).toMatchObject({
    planned: 1,
    ran: 1,
    succeeded: 0,
  });
});

test("a step whose result comes from another task has succeeded, and has not run", () => {
  const reused = { status: "succeeded", attempt: 0, round: 0, reusedFrom: "task_a" } as const;
  expect(takeCensus([reused, { ...reused, attempt: 1, reusedFrom: null }])).toMatchObject({
    planned: 2,
    ran: 1,
    succeeded: 2,
    reused: 1,
  });
});
