import { describe, expect, test } from "vitest";
import { sampleTask } from "./sample-task.testsuite.js";
import { describeStandstill } from "./standstill.js";

const open = { taskId: "task_a", endedAt: null, attention: null, ownerAlive: true } as const;
const attention = { reason: "a conflict is open", hint: "Settle it." };

describe("a task that", () => {
  test.each([
    ["runs", { ...open, status: "running" } as const, []],
    ["has ended", { status: "completed" } as const, []],
    [
      "is paused",
      { ...open, status: "paused", ownerAlive: false } as const,
      ["It is paused. Go on with it: orchestrator resume task_a"],
    ],
    [
      "has lost its process",
      { ...open, status: "running", ownerAlive: false } as const,
      ["The process that ran it is gone. Go on with it: orchestrator resume task_a"],
    ],
  ])("%s is told about as that", (_, given, lines) => {
    expect(describeStandstill(sampleTask(given))).toEqual(lines);
  });

  test("waits for a person says for what", () => {
    const lines = describeStandstill(sampleTask({ ...open, status: "needs_attention", attention }));
    expect(lines.join("\n")).toContain("a conflict is open");
  });
});
