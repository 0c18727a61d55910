import { describe, expect, test } from "vitest";
import {
  AGENT_STATUSES,
  canAgentBecome,
  canStepBecome,
  canTaskBecome,
  isStepEnded,
  isTaskEnded,
  STEP_STATUSES,
  TASK_STATUSES,
} from "./status.js";

function reachable<T>(from: T, all: readonly T[], can: (from: T, to: T) => boolean): T[] {
  return all.filter((to) => can(from, to));
}

describe("statuses of a task", () => {
  test.each([
    ["queued", ["running", "failed", "cancelled"]],
    ["running", ["running", "paused", "held", "needs_attention", "completed", "unverified", "failed", "cancelled"]],
    ["paused", ["running", "paused", "completed", "unverified", "failed", "cancelled"]],
    ["held", ["running", "paused", "held", "needs_attention", "failed", "cancelled"]],
    ["needs_attention", ["running", "completed", "unverified", "failed", "cancelled"]],
    ["completed", []],
    ["unverified", []],
    ["failed", ["running"]],
    ["cancelled", ["running"]],
  ] as const)("%s leads to %j and nowhere else", (from, to) => {
    expect(reachable(from, TASK_STATUSES, canTaskBecome)).toEqual(to);
  });

  test("an ended task can only be taken up again, never change how it ended", () => {
    for (const from of TASK_STATUSES.filter(isTaskEnded)) {
      const next = reachable(from, TASK_STATUSES, canTaskBecome);
      expect(next.filter((to) => to !== "running")).toEqual([]);
    }
  });

  test("completed, unverified, failed and cancelled are ended; nothing else is", () => {
    expect(TASK_STATUSES.filter(isTaskEnded)).toEqual(["completed", "unverified", "failed", "cancelled"]);
  });

  test("every task that has not ended can still be cancelled or fail", () => {
    for (const from of TASK_STATUSES.filter((status) => !isTaskEnded(status))) {
      expect([canTaskBecome(from, "cancelled"), canTaskBecome(from, "failed")], from).toEqual([true, true]);
    }
  });
});

describe("statuses of a step", () => {
  test.each([
    ["pending", ["waiting", "running", "failed", "skipped", "cancelled"]],
    ["waiting", ["waiting", "running", "failed", "skipped", "cancelled"]],
    ["running", ["waiting", "running", "succeeded", "failed", "cancelled"]],
    ["succeeded", []],
    ["failed", ["pending", "running"]],
    ["skipped", ["pending", "running"]],
    ["cancelled", ["pending", "running"]],
  ] as const)("%s leads to %j and nowhere else", (from, to) => {
    expect(reachable(from, STEP_STATUSES, canStepBecome)).toEqual(to);
  });

  test("a finished step never runs again", () => {
    expect(reachable("succeeded", STEP_STATUSES, canStepBecome)).toEqual([]);
  });

  test("a step that never ran cannot have succeeded", () => {
    expect(STEP_STATUSES.filter((from) => canStepBecome(from, "succeeded"))).toEqual(["running"]);
  });

  test("succeeded, failed, skipped and cancelled are ended; nothing else is", () => {
    expect(STEP_STATUSES.filter(isStepEnded)).toEqual(["succeeded", "failed", "skipped", "cancelled"]);
  });
});

describe("statuses of an agent", () => {
  test.each([
    ["created", ["running", "completed", "failed", "deleted"]],
    ["running", ["running", "waiting", "completed", "failed", "deleted"]],
    ["waiting", ["running", "completed", "failed", "deleted"]],
    ["completed", ["running", "deleted"]],
    ["failed", ["running", "deleted"]],
    ["deleted", []],
  ] as const)("%s leads to %j and nowhere else", (from, to) => {
    expect(reachable(from, AGENT_STATUSES, canAgentBecome)).toEqual(to);
  });

  test("every agent that is there can be deleted, once", () => {
    expect(AGENT_STATUSES.filter((from) => canAgentBecome(from, "deleted"))).toEqual(
      AGENT_STATUSES.filter((status) => status !== "deleted"),
    );
  });
});
