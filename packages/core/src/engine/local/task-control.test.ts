import { describe, expect, test } from "vitest";
import { OrchestratorError } from "../../domain/index.js";
import { TaskControl } from "./task-control.js";

const reason = new OrchestratorError("cancelled", "It was interrupted.", "Resume it.");

describe("a task that is paused", () => {
  test("may start nothing until it is resumed", async () => {
    const control = new TaskControl();
    const told: string[] = [];
    control.pause();
    const waiting = control.mayStart().then(() => told.push("started"));
    await Promise.resolve();
    expect([control.isPaused, told]).toEqual([true, []]);
    control.resume();
    await waiting;
    expect([control.isPaused, told]).toEqual([false, ["started"]]);
  });

  test("waits for nothing any more when it is over", async () => {
    for (const end of ["abort", "suspend", "lose"] as const) {
      const control = new TaskControl();
      control.pause();
      const waiting = control.mayStart();
      control[end](reason);
      await waiting;
      expect(control.signal.aborted).toBe(true);
    }
  });
});

describe("a task that is suspended", () => {
  test("is over without an end", () => {
    const control = new TaskControl();
    control.suspend(reason);
    expect([control.isSuspended, control.signal.reason]).toEqual([true, reason]);
  });

  test("stays cancelled when it was cancelled before", () => {
    const control = new TaskControl();
    control.abort(reason);
    control.suspend(reason);
    expect(control.isSuspended).toBe(false);
  });
});
