import { describe, expect, it } from "vitest";
import { explainSpending, formatBytes, formatShort, formatUsd, totalTokens } from "./amounts.ts";

describe("amounts", () => {
  it("writes a cost with four places while it is small", () => {
    expect([0, 0.0123, 9.5, 12.345].map(formatUsd)).toEqual(["$0.0000", "$0.0123", "$9.5000", "$12.35"]);
  });

  it("never turns an unknown cost into nothing", () => {
    expect(formatUsd(null)).toBe("unknown");
  });

  it("says what a figure leaves out", () => {
    const spending = { costUsd: 1, modelCalls: 4, incompleteCalls: 1, unpricedCalls: 2 };
    expect(explainSpending(spending)).toBe("at least; 2 calls of unknown price, 1 call cut off or in flight");
    expect(explainSpending({ ...spending, incompleteCalls: 0, unpricedCalls: 0 })).toBe("");
  });

  it("counts every kind of token once", () => {
    expect(totalTokens({ inputTokens: 1, outputTokens: 20, cacheReadTokens: 300, cacheWriteTokens: 4_000 })).toBe(
      4_321,
    );
  });

  it("shortens numbers for narrow places", () => {
    expect([999, 1_000, 12_345, 234_567, 4_560_000].map(formatShort)).toEqual([
      "999",
      "1.0k",
      "12.3k",
      "235k",
      "4.56M",
    ]);
    expect([12, 4_200, 1_300_000].map(formatBytes)).toEqual(["12 B", "4.2 kB", "1.3 MB"]);
  });
});
