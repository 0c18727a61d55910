import { describe, expect, test } from "vitest";
import { NO_OVERRIDES, OrchestratorError, type StepKind, type StepStatus, type TaskType } from "../domain/index.js";
import type { StepRecord } from "../store/index.js";
import { composeOutput, judge, toEndData } from "./task-verdict.js";

interface Given {
  kind?: StepKind;
  writes?: boolean;
  status?: StepStatus;
  verdict?: string;
  summary?: string;
}

type Graph = Readonly<Record<string, readonly [dependsOn: readonly string[], given?: Given]>>;

/** Steps that have succeeded, where nothing else is said. */
function stepsOf(graph: Graph): StepRecord[] {
  return Object.entries(graph).map(([stepKey, [dependsOn, given = {}]]): StepRecord => {
    const { kind = "agent", writes = kind !== "agent", status = "succeeded", verdict, summary } = given;
    return {
      taskId: "task_a",
      stepKey,
      kind,
      role: kind,
      instructions: "",
      dependsOn: [...dependsOn],
      writes,
      overrides: NO_OVERRIDES,
      round: 0,
      lane: null,
      fromTree: null,
      toTree: null,
      commit: null,
      reusedFrom: null,
      status,
      attempt: 1,
      ownerId: null,
      agentId: null,
      reason: "",
      error: status === "failed" ? { code: "agent_failed", message: "It broke.", hint: "Mend it." } : null,
      handoff: { summary: summary ?? `${stepKey} is done`, ...(verdict ? { verdict } : {}) },
      startedAt: null,
      endedAt: null,
    };
  });
}

const WRITER: Given = { writes: true };
const PASSED: Given = { kind: "check", verdict: "passed" };
const FAILED: Given = { kind: "check", verdict: "failed" };
const UNPROVEN: Given = { kind: "check", verdict: "unproven" };

const CANCELLED = new OrchestratorError("cancelled", "Enough.", "");

function verdictOf(steps: Graph, task: { taskType?: TaskType; requireChecks?: boolean } = {}, reason = CANCELLED) {
  return judge({ taskType: "feature_implementation", requireChecks: false, ...task }, stepsOf(steps), reason);
}

const PROVEN = { builder: [[], WRITER], check: [["builder"], PASSED] } satisfies Graph;

describe("a task all of whose steps succeeded", () => {
  test("is completed when a check has passed after the writer", () => {
    expect(verdictOf(PROVEN)).toEqual({ status: "completed", error: null });
  });

  test("is completed when readers come after the check", () => {
    expect(verdictOf({ ...PROVEN, reviewer: [["check"]] }).status).toBe("completed");
  });

  test("is unverified without a check", () => {
    expect(verdictOf({ builder: [[], WRITER] })).toEqual({ status: "unverified", error: null });
  });

  test("is unverified when nobody has written anything", () => {
    expect(verdictOf({ scout: [[]] }).status).toBe("unverified");
  });

  test("is unverified when the check proves nothing, because it was changed", () => {
    expect(verdictOf({ builder: [[], WRITER], check: [["builder"], UNPROVEN] }).status).toBe("unverified");
  });

  test("is unverified when the check gave no verdict at all", () => {
    expect(verdictOf({ builder: [[], WRITER], check: [["builder"], { kind: "check" }] }).status).toBe("unverified");
  });

  test("is unverified when somebody has written after the check", () => {
    expect(verdictOf({ ...PROVEN, tester: [["check"], WRITER] }).status).toBe("unverified");
  });

  test("is unverified when the baseline alone has passed", () => {
    const baseline: Given = { kind: "baseline", verdict: "passed" };
    expect(verdictOf({ baseline: [[], baseline], builder: [["baseline"], WRITER] }).status).toBe("unverified");
  });

  test("is completed when a check has passed after a baseline that had failed", () => {
    expect(
      verdictOf({
        baseline: [[], { kind: "baseline" }],
        builder: [["baseline"], WRITER],
        check: [["builder"], PASSED],
      }).status,
    ).toBe("completed");
  });
});

describe("several checks", () => {
  test("of writers in a row count by the last", () => {
    const steps = { ...PROVEN, tester: [["check"], WRITER], "check-tester": [["tester"], PASSED] } satisfies Graph;
    expect(verdictOf(steps).status).toBe("completed");
  });

  test("of rounds count by the last, whatever those before have said", () => {
    expect(
      verdictOf({
        builder: [[], WRITER],
        check: [["builder"], FAILED],
        "builder#2": [["check"], WRITER],
        "check#2": [["builder#2"], PASSED],
      }).status,
    ).toBe("completed");
  });

  test("do not make up for the last that proves nothing", () => {
    expect(verdictOf({ ...PROVEN, tester: [["check"], WRITER], "check-tester": [["tester"], UNPROVEN] }).status).toBe(
      "unverified",
    );
  });

  test("of parallel writers must all have passed", () => {
    const steps = { left: [[], WRITER], right: [[], WRITER], "check-left": [["left"], PASSED] } satisfies Graph;
    expect(verdictOf(steps).status).toBe("unverified");
    expect(verdictOf({ ...steps, "check-right": [["right"], UNPROVEN] }).status).toBe("unverified");
    expect(verdictOf({ ...steps, "check-right": [["right"], PASSED] }).status).toBe("completed");
  });

  test("before a merge do not prove what came out of it", () => {
    const sides = {
      left: [[], WRITER],
      "check-left": [["left"], PASSED],
      right: [[], WRITER],
      "check-right": [["right"], PASSED],
      merge: [["check-left", "check-right"], { kind: "merge" }],
    } satisfies Graph;
    expect(verdictOf(sides).status).toBe("unverified");
    expect(verdictOf({ ...sides, "check-merge": [["merge"], PASSED] }).status).toBe("completed");
  });

  test("before a conflict was settled do not prove what came out of it", () => {
    const steps = {
      left: [[], WRITER],
      right: [[], WRITER],
      merge: [["left", "right"], { kind: "merge" }],
      conflict: [["merge"], { kind: "conflict" }],
    } satisfies Graph;
    expect(verdictOf({ ...steps, check: [["merge"], PASSED] }).status).toBe("unverified");
    expect(verdictOf({ ...steps, check: [["conflict"], PASSED] }).status).toBe("completed");
  });
});

describe("a review of code", () => {
  test("is completed without a check: it changes nothing that one could prove", () => {
    expect(verdictOf({ reviewer: [[]] }, { taskType: "code_review" })).toEqual({ status: "completed", error: null });
  });

  test("that fails is failed all the same", () => {
    expect(verdictOf({ reviewer: [[], { status: "failed" }] }, { taskType: "code_review" }).status).toBe("failed");
  });
});

describe("a task that requires checks", () => {
  test.each<[string, Graph]>([
    ["has none", { builder: [[], WRITER] }],
    ["has one that proves nothing", { builder: [[], WRITER], check: [["builder"], UNPROVEN] }],
    ["has one of only one of two writers", { ...PROVEN, other: [[], WRITER] }],
  ])("fails when it %s", (_, steps) => {
    expect(verdictOf(steps, { requireChecks: true })).toMatchObject({
      status: "failed",
      error: { code: "checks_missing", hint: expect.stringContaining("checks:") },
    });
  });

  test("is completed when they have passed", () => {
    expect(verdictOf(PROVEN, { requireChecks: true })).toEqual({ status: "completed", error: null });
  });

  test("keeps the word of the step that failed", () => {
    expect(verdictOf({ builder: [[], { ...WRITER, status: "failed" }] }, { requireChecks: true }).error).toMatchObject({
      code: "agent_failed",
      message: 'The step "builder" failed: It broke.',
    });
  });
});

describe("a task some of whose steps did not succeed", () => {
  test("fails with the first that failed, though checks have passed", () => {
    expect(verdictOf({ ...PROVEN, tester: [["check"], { status: "failed" }] })).toMatchObject({
      status: "failed",
      error: { code: "agent_failed", message: 'The step "tester" failed: It broke.', hint: "Mend it." },
    });
  });

  test("is cancelled where the user wished it", () => {
    expect(verdictOf({ builder: [[], { status: "cancelled" }] })).toMatchObject({
      status: "cancelled",
      error: { code: "cancelled", message: "Enough." },
    });
  });

  test("fails where we ended it", () => {
    const spent = new OrchestratorError("budget_reached", "All spent.", "Give more.");
    expect(verdictOf({ builder: [[], { status: "cancelled" }] }, {}, spent)).toMatchObject({
      status: "failed",
      error: { code: "budget_reached" },
    });
  });
});

describe("what a task has to say", () => {
  const output = (steps: Graph) => composeOutput(stepsOf(steps));

  test("is what its last agents say, not the checks and merges behind them", () => {
    expect(output({ ...PROVEN })).toBe("builder is done");
    expect(output({ left: [[], WRITER], right: [[], WRITER], merge: [["left", "right"], { kind: "merge" }] })).toBe(
      "left is done\n\nright is done",
    );
  });

  test("is what the last round says", () => {
    expect(
      output({
        builder: [[], WRITER],
        check: [["builder"], FAILED],
        "builder#2": [["check"], WRITER],
        "check#2": [["builder#2"], PASSED],
      }),
    ).toBe("builder#2 is done");
  });

  test("is nothing where nobody says anything", () => {
    expect(output({ builder: [[], { writes: true, summary: "" }] })).toBe("");
  });
});

describe("what is recorded of a step's end", () => {
  test.each([
    [
      { status: "succeeded" as const, handoff: { summary: "done" } },
      { status: "succeeded", reason: "", error: null, handoff: { summary: "done" } },
    ],
    [
      { status: "failed" as const, error: { code: "agent_failed" as const, message: "It broke.", hint: "" } },
      {
        status: "failed",
        reason: "It broke.",
        error: { code: "agent_failed", message: "It broke.", hint: "" },
        handoff: null,
      },
    ],
    [
      { status: "cancelled" as const, reason: "enough" },
      { status: "cancelled", reason: "enough", error: null, handoff: null },
    ],
  ])("%j", (outcome, data) => {
    expect(toEndData(outcome)).toEqual(data);
  });
});
