import { describe, expect, test } from "vitest";
import {
  describeCheckCommands,
  findLastChecks,
  formatSeconds,
  formatTests,
  renderLastChecks,
  resultOf,
} from "./checks.js";
import { sampleCheck, sampleStep } from "./sample-task.testsuite.js";

test("says what a check came to, in words and figures", () => {
  expect(formatTests(null)).toBe("–");
  expect(formatTests({ passed: 5, failed: 0, skipped: 0 })).toBe("5 passed");
  expect(formatTests({ passed: 0, failed: 2, skipped: 1 })).toBe("0 passed, 2 failed, 1 skipped");
  expect([320, 12_000, 200_000].map(formatSeconds)).toEqual(["0.3 s", "12.0 s", "3 min 20 s"]);
  expect(resultOf({ passed: true, outcome: "failed" })).toBe("passed");
  expect(resultOf({ passed: false, outcome: "failed" })).toBe("failed");
  expect(resultOf({ passed: false, outcome: "timed_out" })).toBe("timed out");
  expect(resultOf({ passed: false, outcome: "not_found" })).toBe("not found");
});

test("names each command with the file that it comes from", () => {
  const common = { directory: "", timeoutMinutes: 15 };
  const checks = [
    { name: "test", command: "npm test", source: "package.json", definition: null, ...common },
    { name: "types", command: "tsc", source: "config", definition: null, ...common },
  ];
  expect(describeCheckCommands(checks)).toBe("`npm test` (package.json), `tsc` (.orchestrator/config.yaml)");
});

describe("the checks that count in the end", () => {
  const check = (stepKey: string, dependsOn: string[], round = 0) =>
    sampleStep({ stepKey, dependsOn, kind: "check", round });
  const failed = { passed: false, outcome: "failed", exitCode: 1 } as const;

  test("are those of the last round, not the baseline nor a round before", () => {
    const steps = [
      sampleStep({ stepKey: "baseline", kind: "baseline" }),
      sampleStep({ stepKey: "builder", dependsOn: ["baseline"] }),
      check("check-builder", ["builder"]),
      sampleStep({ stepKey: "builder#2", dependsOn: ["check-builder"], round: 1 }),
      check("check-builder#2", ["builder#2"], 1),
    ];
    const checks = [
      sampleCheck({ stepKey: "baseline", ...failed }),
      sampleCheck({ stepKey: "check-builder", ...failed }),
      sampleCheck({ stepKey: "check-builder#2" }),
    ];
    expect(findLastChecks({ steps, checks }).map((each) => each.stepKey)).toEqual(["check-builder#2"]);
    expect(renderLastChecks({ steps, checks })).toBe(
      "Checks  after round 1\n    check  result  exit   time  tests\n  ✓ test   passed     0  1.5 s  5 passed",
    );
  });

  test("are those that ran, where a later one was never reached", () => {
    const steps = [check("check-builder", []), check("check-tester", ["check-builder"])];
    const checks = [
      sampleCheck({ stepKey: "check-builder", ...failed, exitCode: null, reason: "no test ran any more" }),
    ];
    expect(renderLastChecks({ steps, checks })).toMatch(
      /\n {2}✗ test +failed +– +1\.5 s {2}5 passed\n {2}test: no test ran any more$/,
    );
  });

  test("are those of every parallel writer, each with its step", () => {
    const steps = [check("check-a", []), check("check-b", [])];
    const checks = [sampleCheck({ stepKey: "check-a", ...failed }), sampleCheck({ stepKey: "check-b" })];
    expect(renderLastChecks({ steps, checks })).toMatch(/✗ test \(check-a\) .*\n {2}✓ test \(check-b\) /);
  });

  test("are none where none has run", () => {
    expect(renderLastChecks({ steps: [check("check-a", [])], checks: [] })).toBe("");
  });
});
