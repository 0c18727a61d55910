import { expect, test } from "vitest";
import { formatNumber, formatUsd } from "../../format/amounts.ts";
import { describeDifference } from "./difference.ts";

test("a difference has the sign of what the right one has more", () => {
  expect(describeDifference(100, 1_350, formatNumber)).toBe("+1,250");
  expect(describeDifference(0.5, 0.25, formatUsd)).toBe("−$0.2500");
});

test("what cannot be told apart when it is written is the same", () => {
  expect(describeDifference(0.1, 0.100001, formatUsd)).toBe("same");
});

test("what is not known has no difference that is known", () => {
  expect(describeDifference(null, 3, formatUsd)).toBe("unknown");
  expect(describeDifference(3, null, formatUsd)).toBe("unknown");
});
