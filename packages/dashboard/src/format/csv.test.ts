import { expect, test } from "vitest";
import { toCsv } from "./csv.ts";

test("a table begins with its columns, and what is not known is empty", () => {
  expect(
    toCsv(
      ["day", "costUsd"],
      [
        ["2026-11-23", 0.5],
        ["2026-11-24", null],
      ],
    ),
  ).toBe("day,costUsd\r\n2026-11-23,0.5\r\n2026-11-24,\r\n");
});

test("texts with commas, quotes and line ends stay one field", () => {
  expect(toCsv(["prompt"], [['Say "hi", then\nstop']])).toBe('prompt\r\n"Say ""hi"", then\nstop"\r\n');
});

test("a text is never a formula, and a number below zero stays a number", () => {
  expect(toCsv(["a", "b"], [["=1+1", -2]])).toBe("a,b\r\n'=1+1,-2\r\n");
});
