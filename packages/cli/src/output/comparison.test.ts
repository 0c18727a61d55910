import type { ComparedStep, ComparedTask, TaskComparison } from "@claude-orchestrator/core";
import { describe, expect, test } from "vitest";
import { renderComparison } from "./comparison.js";

function taskOf(given: Partial<ComparedTask>): ComparedTask {
  return {
    ...{ taskId: "task_aaaaaaaaaa", status: "completed", verified: true, prompt: "Fix the rounding of prices" },
    ...{ taskType: "bug_fix", model: "sonnet", rehearsal: false, forkOf: null, error: null, census: null },
    ...{ costUsd: 0.12, tokens: 57_000, modelCalls: 12, agents: 5, durationMs: 83_000, commit: "a".repeat(40) },
    ...given,
  };
}

function stepOf(given: Partial<ComparedStep>): ComparedStep {
  return {
    ...{ kind: "agent", role: "builder", status: "succeeded", verdict: null, reusedFrom: null, attempts: 1 },
    ...{ model: "sonnet", tokens: 12_345, modelCalls: 3, costUsd: 0.0248, durationMs: 64_000 },
    ...given,
  };
}

const census = {
  planned: 3,
  ran: 2,
  succeeded: 3,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  retried: 0,
  rounds: 0,
  reused: 1,
};
const run = { command: "npm test", passed: true, outcome: "passed" as const, exitCode: 0, durationMs: 900 };
const file = { kind: "modified" as const, previousPath: null, linesAdded: 3, linesRemoved: 1 };
const ownStep = { kind: "check" as const, role: "check", model: null, tokens: 0, costUsd: 0, durationMs: 900 };

const COMPARISON: TaskComparison = {
  left: taskOf({}),
  right: taskOf({
    ...{ taskId: "task_bbbbbbbbbb", model: "haiku", census, commit: "b".repeat(40), status: "failed", verified: false },
    ...{ costUsd: 0.031, tokens: 31_000, modelCalls: 9, agents: 2, durationMs: 41_000 },
    ...{ forkOf: { taskId: "task_aaaaaaaaaa", stepKey: "builder" } },
    error: { code: "check_failed", message: "It failed.", hint: "Look." },
  }),
  steps: [
    { stepKey: "planner", left: stepOf({}), right: stepOf({ reusedFrom: "task_aaaaaaaaaa" }) },
    { stepKey: "builder", left: stepOf({}), right: stepOf({ attempts: 2, tokens: 900, costUsd: null }) },
    {
      stepKey: "check-builder",
      left: stepOf({ ...ownStep, verdict: "passed" }),
      right: stepOf({ ...ownStep, status: "failed" }),
    },
    { stepKey: "a-step-with-a-very-long-key", left: stepOf({ durationMs: null }), right: null },
  ],
  checks: [
    {
      ...{ stepKey: "check-builder", name: "test" },
      left: { ...run, counts: { passed: 5, failed: 0, skipped: 0 } },
      right: { ...run, passed: false, outcome: "failed", exitCode: 1, counts: { passed: 4, failed: 1, skipped: 0 } },
    },
  ],
  files: [
    {
      path: "src/cart.js",
      left: { path: "src/cart.js", ...file },
      right: { path: "src/cart.js", ...file, linesAdded: 9 },
    },
    {
      path: "packages/core/src/somewhere/deep/down/in/the/prices.js",
      left: null,
      right: { path: "", ...file, kind: "created", linesAdded: null, linesRemoved: null },
    },
  ],
};

describe("two tasks side by side", () => {
  test("are told line by line, what is the same once", () => {
    expect(`\n${renderComparison(COMPARISON)}\n`).toBe(`
                   task_aaaaaaaaaa                task_bbbbbbbbbb
  status           completed                      failed
  error                                           check_failed
  prompt           Fix the rounding of prices
  type             bug_fix
  model            sonnet                         haiku
  forked from                                     task_aaaaaaaaaa at builder

Steps
  planner          succeeded  1:04   12k $0.0248  reused
  builder          succeeded  1:04   12k $0.0248  succeeded  1:04   900 unknown
    attempts       1                              2
  check-builder    passed     0:01                failed     0:01
  a-step-with-a-…  succeeded         12k $0.0248  –

Checks
  check-builder    passed    5 passed             failed    4 passed, 1 failed
    npm test

Files
  src/cart.js                                M +3 -1           M +9 -1
  …src/somewhere/deep/down/in/the/prices.js  –                 A binary

Totals
  cost             $0.1200                        $0.0310      -74 %
  tokens           57k                            31k          -46 %
  model calls      12                             9            -25 %
  agents           5                              2            -60 %
  time             1 min 23 s                     41 s         -51 %
  task_bbbbbbbbbb: reused steps are counted where they ran.

Next
  git diff aaaaaaaaaa bbbbbbbbbb  where their results differ
`);
  });

  test("that are the same say so once, and have nothing more to be looked at", () => {
    const { left } = COMPARISON;
    const same = { ...left, taskId: "task_cccccccccc", rehearsal: true };
    const shown = renderComparison({
      ...COMPARISON,
      left: { ...left, rehearsal: true },
      right: same,
      steps: [],
      files: [],
    });
    expect(shown).toMatch(/^ {2}status {11}completed$/m);
    expect(shown).toMatch(/^ {2}rehearsal {8}nothing charged$/m);
    expect(shown).not.toMatch(/forked|%|git diff|^Files/m);
  });

  test("with many files tell of the first, and how many there are more", () => {
    const [each] = COMPARISON.files;
    if (!each) throw new Error("there is one");
    const files = Array.from({ length: 45 }, () => each);
    expect(renderComparison({ ...COMPARISON, files })).toContain("and 5 more: --json has them all");
  });

  test("fit into 80 columns", () => {
    for (const line of renderComparison(COMPARISON).split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
