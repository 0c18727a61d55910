import { describe, expect, test } from "vitest";
import type { StepStatus, TaskStatus } from "./domain/index.js";
import type { TaskDetails } from "./task-details.js";
import { reopen } from "./task-retry.js";

/** A task of steps given as `key: [status, what it depends on]`. */
function taskOf(status: TaskStatus, steps: Readonly<Record<string, [StepStatus, ...string[]]>>): TaskDetails {
  const records = Object.entries(steps).map(([stepKey, [stepStatus, ...dependsOn]]) => ({
    stepKey,
    status: stepStatus,
    dependsOn,
  }));
  return { taskId: "task_1", status, steps: records } as unknown as TaskDetails;
}

const keysOf = (task: TaskDetails, stepKey: string) => reopen(task, stepKey).map((event) => event.stepKey);

describe("a step that failed", () => {
  test("is run again, with what was skipped because of it", () => {
    const task = taskOf("failed", {
      planner: ["succeeded"],
      builder: ["failed", "planner"],
      tester: ["skipped", "builder"],
      reviewer: ["skipped", "tester"],
    });
    expect(reopen(task, "builder").map((event) => [event.type, event.stepKey])).toEqual([
      ["task.reopened", null],
      ["step.reopened", "builder"],
      ["step.reopened", "tester"],
      ["step.reopened", "reviewer"],
    ]);
  });

  test("leaves alone what another failure keeps from running", () => {
    const task = taskOf("failed", {
      one: ["failed"],
      two: ["failed"],
      both: ["skipped", "one", "two"],
      after: ["skipped", "one"],
    });
    expect(keysOf(task, "one")).toEqual([null, "one", "after"]);
  });

  test("may be one that was cancelled", () => {
    expect(keysOf(taskOf("cancelled", { builder: ["cancelled"] }), "builder")).toEqual([null, "builder"]);
  });
});

describe("is refused", () => {
  test("for a task that has not ended", () => {
    expect(() => reopen(taskOf("running", { builder: ["failed"] }), "builder")).toThrow(/is running/);
  });

  test("for a step that there is not, naming those that there are", () => {
    const task = taskOf("failed", { builder: ["failed"] });
    expect(() => reopen(task, "nobody")).toThrow(expect.objectContaining({ hint: "Its steps are: builder." }));
  });

  test("for a step that succeeded", () => {
    expect(() => reopen(taskOf("failed", { planner: ["succeeded"], builder: ["failed"] }), "planner")).toThrow(
      /succeeded/,
    );
  });
});
