import { describe, expect, it } from "vitest";
import type { OrchestratorEvent } from "../api/types.ts";
import { acceptEvents, acceptSnapshot, type Cursor, NO_CURSOR } from "./cursor.ts";

const at = (seq: number): OrchestratorEvent => ({
  ...{ seq, time: "2026-11-23T12:00:00.000Z", type: "task.released" },
  ...{ taskId: "t1", stepKey: null, agentId: null, data: {} },
});
const seqs = (events: readonly OrchestratorEvent[]) => events.map((event) => event.seq);
const CURSOR: Cursor = { seq: 10, databaseId: "one" };

describe("a cursor", () => {
  it("begins where the first snapshot stands", () => {
    const { cursor, verdict } = acceptSnapshot(NO_CURSOR, { seq: 7, databaseId: "one" });
    expect([cursor, verdict]).toEqual([{ seq: 7, databaseId: "one" }, "first"]);
  });

  it("stays where it is when the log goes on, so that what was missed is still to come", () => {
    const { cursor, verdict } = acceptSnapshot(CURSOR, { seq: 25, databaseId: "one" });
    expect([cursor, verdict]).toEqual([CURSOR, "resumed"]);
  });

  it.each([
    ["another database", { seq: 25, databaseId: "two" }],
    ["a log that ends before the cursor", { seq: 3, databaseId: "one" }],
  ])("notices %s", (_, snapshot) => {
    expect(acceptSnapshot(CURSOR, snapshot).verdict).toBe("replaced");
  });

  it("takes no event twice", () => {
    const first = acceptEvents(CURSOR, [at(9), at(10), at(11), at(12)]);
    expect(seqs(first.events)).toEqual([11, 12]);
    const second = acceptEvents(first.cursor, [at(12), at(12), at(14)]);
    expect(seqs(second.events)).toEqual([14]);
    expect(second.cursor.seq).toBe(14);
  });

  it("takes numbers that were skipped for what they are: events of others", () => {
    expect(acceptEvents(CURSOR, [at(90)]).cursor.seq).toBe(90);
  });
});
