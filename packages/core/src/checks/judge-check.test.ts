import { describe, expect, test } from "vitest";
import { isProgress, judgeCheck, measureFindings } from "./judge-check.js";
import type { TestResults } from "./test-formats.js";

const NOTHING: TestResults = { counts: null, failed: [], passed: [] };
const FAILED = { outcome: "failed", exitCode: 1, durationMs: 5 } as const;
const PASSED = { outcome: "passed", exitCode: 0, durationMs: 5 } as const;

function results(failed: string[], passed: string[] = []): TestResults {
  return { counts: { failed: failed.length, passed: passed.length, skipped: 0 }, failed, passed };
}

function judge(given: Partial<Parameters<typeof judgeCheck>[0]>) {
  return judgeCheck({ run: FAILED, results: NOTHING, baseline: null, isFix: false, ...given });
}

describe("a check", () => {
  test("is passed when it ends with 0", () => {
    expect(judge({ run: PASSED })).toEqual({ passed: true, reason: "", newFailures: [] });
  });

  test("is not passed by running no test any more", () => {
    const baseline = { outcome: "passed", ...results([], ["a"]) } as const;
    expect(judge({ run: PASSED, results: results([]), baseline })).toMatchObject({
      passed: false,
      reason: "no test ran any more",
    });
    expect(judge({ run: PASSED, results: NOTHING, baseline })).toMatchObject({ passed: true });
  });

  test("is not passed when it fails and nothing tells why", () => {
    expect(judge({ baseline: { outcome: "failed", ...NOTHING } })).toMatchObject({
      passed: false,
      reason: "it ended with the exit code 1",
    });
    expect(judge({ run: { ...FAILED, exitCode: null } }).reason).toBe("it was ended by a signal");
  });

  test("is passed when only tests fail that failed before", () => {
    const baseline = { outcome: "failed", ...results(["a", "b"]) } as const;
    expect(judge({ results: results(["b"]), baseline })).toEqual({
      passed: true,
      reason: "1 test failed before the task as well",
      newFailures: [],
    });
  });

  test("is not passed when another test fails", () => {
    const baseline = { outcome: "failed", ...results(["a"]) } as const;
    expect(judge({ results: results(["a", "b"]), baseline })).toEqual({
      passed: false,
      reason: "1 test failed that did not before",
      newFailures: ["b"],
    });
  });

  test("is not passed when a failure has no name", () => {
    const counts = { failed: 2, passed: 0, skipped: 0 };
    const baseline = { outcome: "failed", ...results(["a"]) } as const;
    expect(judge({ results: { ...results(["a"]), counts }, baseline })).toMatchObject({ passed: false });
    expect(judge({ results: results(["a"]), baseline: { ...baseline, counts } })).toMatchObject({ passed: false });
  });

  test("of a bug fix must besides pass a test that failed before", () => {
    const baseline = { outcome: "failed", ...results(["a", "b"]) } as const;
    expect(judge({ results: results(["b"], ["c"]), baseline, isFix: true })).toMatchObject({
      passed: false,
      reason: "1 test failed before the task as well, and none that failed then passes now",
    });
    expect(judge({ results: results(["b"], ["a"]), baseline, isFix: true })).toMatchObject({ passed: true });
  });

  test("is never passed when it ran too long or was not found, whatever failed before", () => {
    const baseline = { outcome: "failed", ...results(["a"]) } as const;
    const timedOut = { outcome: "timed_out", exitCode: null, durationMs: 900_123 } as const;
    expect(judge({ run: timedOut, results: results(["a"]), baseline })).toMatchObject({
      passed: false,
      reason: "it ran for more than 15 minutes",
    });
    const notFound = { outcome: "not_found", exitCode: 127, durationMs: 3 } as const;
    expect(judge({ run: notFound, results: results(["a"]), baseline })).toMatchObject({
      passed: false,
      reason: "the command was not found",
    });
  });

  test("without a baseline counts every failure as new", () => {
    expect(judge({ results: results(["a"]) }).newFailures).toEqual(["a"]);
  });
});

describe("what fails", () => {
  const check = (given: TestResults, output = "", name = "test") => ({ name, passed: false, results: given, output });

  test("is measured in tests, where they are known", () => {
    expect(measureFindings([check(results(["b", "a"]))])).toEqual({
      size: 2,
      fingerprint: "test: a\nb",
      isExact: true,
    });
    const counted = { ...NOTHING, counts: { failed: 3, passed: 0, skipped: 0 } };
    expect(measureFindings([check(counted)])).toMatchObject({ size: 3, isExact: true });
  });

  test("is one per check otherwise; what passed does not count", () => {
    const passed = { name: "lint", passed: true, results: NOTHING, output: "" };
    expect(measureFindings([check(NOTHING), passed])).toMatchObject({ size: 1, isExact: false });
    expect(measureFindings([passed])).toEqual({ size: 0, fingerprint: "", isExact: true });
  });

  test("is the same whatever the times, ids and temporary files are", () => {
    const one = check(NOTHING, "error in /tmp/a1/x.js line 12\nid 3f2a9c81be after 1.25s\n");
    const other = check(NOTHING, "error in /tmp/b2/y.js line 14\nid 0b1c2d3e4f after 350ms\n");
    expect(measureFindings([one]).fingerprint).toBe(measureFindings([other]).fingerprint);
    const different = check(NOTHING, "another error\n");
    expect(measureFindings([one]).fingerprint).not.toBe(measureFindings([different]).fingerprint);
  });
});

test.each([
  ["the same fails", ["a"], ["a"], false],
  ["less fails", ["a", "b"], ["c"], true],
  ["something else fails, and as much", ["a"], ["b"], false],
  ["more fails", ["a"], ["a", "b"], false],
])("when %s, progress is as expected", (_case, before, now, expected) => {
  const measure = (failed: string[]) =>
    measureFindings([{ name: "test", passed: false, results: results(failed), output: "" }]);
  expect(isProgress(measure(before), measure(now))).toBe(expected);
});

test("another failure that cannot be counted may be progress", () => {
  const measure = (output: string) => measureFindings([{ name: "test", passed: false, results: NOTHING, output }]);
  expect(isProgress(measure("one error"), measure("another error"))).toBe(true);
  expect(isProgress(measure("one error"), measure("one error"))).toBe(false);
});
