import { expect, test } from "vitest";
import { countFailures } from "./failures.js";

function counted() {
  const clock = { nowMs: 0 };
  return { clock, failures: countFailures(() => clock.nowMs) };
}

function fail(failures: ReturnType<typeof countFailures>, address: string, times: number): void {
  for (let time = 0; time < times; time += 1) failures.note(address);
}

test("twenty failures of one address are borne, and then it waits", () => {
  const { failures } = counted();
  fail(failures, "a", 19);
  expect(failures.waitSeconds("a")).toBe(0);
  fail(failures, "a", 1);
  expect(failures.waitSeconds("a")).toBe(60);
});

test("other addresses do not wait for it", () => {
  const { failures } = counted();
  fail(failures, "a", 100);
  expect(failures.waitSeconds("b")).toBe(0);
});

test("a minute after its first failure it may try again", () => {
  const { failures, clock } = counted();
  fail(failures, "a", 20);
  clock.nowMs = 59_001;
  expect(failures.waitSeconds("a")).toBe(1);
  clock.nowMs = 60_000;
  expect(failures.waitSeconds("a")).toBe(0);
  fail(failures, "a", 19);
  expect(failures.waitSeconds("a")).toBe(0);
});

test("failures during the wait do not make it longer", () => {
  const { failures, clock } = counted();
  fail(failures, "a", 20);
  clock.nowMs = 30_000;
  fail(failures, "a", 20);
  expect(failures.waitSeconds("a")).toBe(30);
});

test("so many addresses are remembered, and no more", () => {
  const { failures } = counted();
  fail(failures, "first", 20);
  for (let address = 0; address < 10_000; address += 1) failures.note(String(address));
  expect(failures.waitSeconds("first")).toBe(0);
});
