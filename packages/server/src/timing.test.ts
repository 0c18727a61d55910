import type { StoredEvent } from "@claude-orchestrator/core";
import { describe, expect, test } from "vitest";
import { spansOf } from "./timing.js";

/** An event at a second, of one step and one agent unless told. */
function at(second: number, type: StoredEvent["type"], data: object = {}, about: object = {}): StoredEvent {
  const time = new Date(second * 1_000).toISOString();
  const subject = { taskId: "task", stepKey: "builder", agentId: null, ...about };
  return { seq: second, time, version: 4, type, data, ...subject } as unknown as StoredEvent;
}
const ofAgent = { agentId: "agent" };
const error = { code: "step_failed", message: "It broke.", hint: "" };

/** Each span as `kind name: begin-end`, with `!` for a failure and `…` where it lasts. */
function drawn(events: readonly StoredEvent[]): string[] {
  const second = (time: string | null) => (time === null ? "…" : String(Date.parse(time) / 1_000));
  return spansOf(events).map(
    ({ kind, name, startedAt, endedAt, isError }) =>
      `${kind} ${name}: ${second(startedAt)}-${second(endedAt)}${isError ? "!" : ""}`,
  );
}

describe("steps", () => {
  test("a step lasts from its first start to its end, and each attempt for itself", () => {
    expect(
      drawn([
        at(1, "step.started", { attempt: 1 }),
        at(2, "step.attempt_failed", { attempt: 1, error }),
        at(4, "step.started", { attempt: 2 }),
        at(6, "step.ended", { status: "succeeded", reason: "" }),
      ]),
    ).toEqual(["step builder: 1-6", "attempt builder, attempt 1: 1-2!", "attempt builder, attempt 2: 4-6"]);
  });

  test("waiting is apart from working, and one wait though it is told again", () => {
    expect(
      drawn([
        at(1, "step.waiting", { reason: "no slot" }),
        at(2, "step.waiting", { reason: "no slot" }),
        at(3, "step.started", { attempt: 1 }),
        at(4, "step.waiting", { reason: "held" }),
        at(6, "step.started", { attempt: 1 }),
        at(7, "step.ended", { status: "failed", reason: "broke" }),
      ]),
    ).toEqual([
      "waiting builder: 1-3",
      "step builder: 3-7!",
      "attempt builder, attempt 1: 3-4",
      "waiting builder: 4-6",
      "attempt builder, attempt 1: 6-7!",
    ]);
  });

  test("one that is skipped has never begun", () => {
    expect(drawn([at(1, "step.ended", { status: "skipped", reason: "" })])).toEqual([]);
  });

  test("one that runs has no end", () => {
    expect(drawn([at(1, "step.started", { attempt: 1 })])).toEqual([
      "step builder: 1-…",
      "attempt builder, attempt 1: 1-…",
    ]);
  });

  test("what a killed process left open ends where its successor begins", () => {
    expect(
      drawn([
        at(1, "step.started", { attempt: 1 }),
        at(2, "tool.started", { toolUseId: "t", name: "Bash", input: "sleep" }, ofAgent),
        at(9, "agent.ended", { status: "failed", error: null }, ofAgent),
        at(9, "step.started", { attempt: 1 }),
        at(12, "step.ended", { status: "succeeded", reason: "" }),
      ]),
    ).toEqual([
      "step builder: 1-12",
      "attempt builder, attempt 1: 1-9",
      "tool Bash: 2-9",
      "attempt builder, attempt 1: 9-12",
    ]);
  });

  test("the end of a task, or a pause, ends everything", () => {
    for (const type of ["task.ended", "task.paused"] as const)
      expect(drawn([at(1, "step.started", { attempt: 1 }), at(3, type)])).toEqual([
        "step builder: 1-3",
        "attempt builder, attempt 1: 1-3",
      ]);
  });
});

describe("what an agent does", () => {
  test("tools and model calls, side by side", () => {
    expect(
      drawn([
        at(1, "model_call.started", { callId: "c", model: "sonnet" }, ofAgent),
        at(2, "tool.started", { toolUseId: "t1", name: "Read", input: "a" }, ofAgent),
        at(2, "tool.started", { toolUseId: "t2", name: "Bash", input: "b" }, ofAgent),
        at(3, "model_call.ended", { callId: "c", state: "failed" }, ofAgent),
        at(4, "tool.ended", { toolUseId: "t2", isError: true }, ofAgent),
        at(5, "tool.ended", { toolUseId: "t1", isError: false }, ofAgent),
      ]),
    ).toEqual(["model_call sonnet: 1-3!", "tool Read: 2-5", "tool Bash: 2-4!"]);
  });

  test("two agents with the same id of a call do not meddle with each other", () => {
    const other = { agentId: "other" };
    expect(
      drawn([
        at(1, "tool.started", { toolUseId: "t", name: "Read", input: "" }, ofAgent),
        at(2, "tool.started", { toolUseId: "t", name: "Bash", input: "" }, other),
        at(3, "tool.ended", { toolUseId: "t", isError: false }, other),
      ]),
    ).toEqual(["tool Read: 1-…", "tool Bash: 2-3"]);
  });

  test("a long input is told by its beginning", () => {
    const [span] = spansOf([at(1, "tool.started", { toolUseId: "t", name: "Bash", input: "x".repeat(9_000) })]);
    expect(span?.detail).toHaveLength(200);
  });
});

test("a check lasts for what it took", () => {
  expect(
    drawn([at(9, "check.ended", { name: "test", command: "npm test", durationMs: 4_000, passed: false })]),
  ).toEqual(["check test: 5-9!"]);
});

test("an end without a beginning, as of a task that began before, is nothing", () => {
  expect(drawn([at(1, "tool.ended", { toolUseId: "t", isError: false }, ofAgent)])).toEqual([]);
});
