import { describe, expect, it } from "vitest";
import { durationOf, formatAbsolute, formatDuration, formatRelative } from "./moments.ts";

const NOW = "2026-11-23T12:00:00.000Z";
const nowMs = Date.parse(NOW);
const ago = (ms: number) => formatRelative(new Date(nowMs - ms).toISOString(), nowMs);

describe("durations", () => {
  it("uses the units that a reader would", () => {
    const written = [0, 340, 4_200, 9_990, 48_000, 200_000, 7_500_000, 273_600_000].map(formatDuration);
    expect(written).toEqual(["0 ms", "340 ms", "4.2 s", "10 s", "48 s", "3 min 20 s", "2 h 5 min", "3 d 4 h"]);
  });

  it("is unknown where nobody knows", () => {
    expect(formatDuration(null)).toBe("unknown");
  });

  it("runs on until the end, and is nothing before the beginning", () => {
    expect(durationOf({ startedAt: null, endedAt: null }, nowMs)).toBeNull();
    expect(durationOf({ startedAt: "2026-11-23T11:59:58.000Z", endedAt: null }, nowMs)).toBe(2_000);
    expect(durationOf({ startedAt: "2026-11-23T11:59:50.000Z", endedAt: "2026-11-23T11:59:51.000Z" }, nowMs)).toBe(
      1_000,
    );
  });
});

describe("moments", () => {
  it("are told by one unit", () => {
    expect([0, 12_000, 200_000, 7_300_000, 500_000_000].map(ago)).toEqual([
      "just now",
      "12 s ago",
      "3 min ago",
      "2 h ago",
      "5 d ago",
    ]);
    expect(ago(-90_000)).toBe("in 1 min");
  });

  it("stand as they are when they are no moments", () => {
    expect(formatRelative("soon", nowMs)).toBe("soon");
    expect(formatAbsolute("soon")).toBe("soon");
  });
});
