import type { TestCounts } from "../domain/index.js";
import { readGoResults } from "./go-results.js";
import { TEST_FORMATS, type TestFormat, type TestResults } from "./test-formats.js";
import { createOutlineReader, type OutlineNames } from "./test-outline.js";

const MOST_NAMES = 500;
const LONGEST_NAME_CHARACTERS = 300;
/** Longer lines are data, and no test runner's. */
const LONGEST_LINE_CHARACTERS = 1_000;
const DURATION = / (?:\(\d+(?:\.\d+)? ?m?s\)|\d+(?:\.\d+)?m?s)$/;

/**
 * Reads which tests passed and failed from what a check printed, in the formats of common test runners. Where several
 * ran, they are added up.
 *
 * @param output - the text of its log
 * @returns what it says; nothing known is no counts and no names
 */
export function readTestResults(output: string): TestResults {
  const lines = output
    .split("\n")
    .filter((line) => line.length <= LONGEST_LINE_CHARACTERS)
    .map((line) => line.trimEnd());
  const found = [...Object.values(TEST_FORMATS).map((format) => readFormat(format, lines)), readGoResults(lines)];
  const known = found.filter((results) => results !== null);
  const counts = known.map((results) => results.counts).filter((each) => each !== null);
  const failed = boundNames(known.flatMap((results) => results.failed));
  return {
    counts: counts.length > 0 ? counts.reduce(addCounts) : null,
    failed,
    passed: boundNames(known.flatMap((results) => results.passed)).filter((name) => !failed.includes(name)),
  };
}

function readFormat(format: TestFormat, lines: readonly string[]): TestResults | null {
  const counts = readCounts(lines.flatMap((line) => countTexts(format, line)));
  if (!counts) return null;
  const names: OutlineNames = { failed: [], passed: [], failedSuites: [] };
  const readOutline = format.outline ? createOutlineReader(format.outline, names, cleanName) : null;
  let file = "";
  let uncounted = 0;
  for (const line of lines) {
    readOutline?.(line);
    for (const expression of format.tests ?? []) {
      const { failed, passed } = expression.exec(line)?.groups ?? {};
      if (failed) names.failed.push(cleanName(failed));
      if (passed) names.passed.push(cleanName(passed));
    }
    file = format.file?.exec(line)?.groups?.file ?? file;
    for (const expression of format.uncounted ?? []) {
      const { failed } = expression.exec(line)?.groups ?? {};
      if (!failed) continue;
      names.failed.push(`${file} ${failed}`.trim());
      uncounted += 1;
    }
  }
  const failed = counts.failed + uncounted;
  // A test with tests inside is printed like a suite; only the number of failures tells that it counts.
  const isShort = new Set(names.failed).size < failed;
  return {
    counts: { ...counts, failed },
    failed: isShort ? [...names.failed, ...names.failedSuites] : names.failed,
    passed: names.passed,
  };
}

function countTexts(format: TestFormat, line: string): string[] {
  const groups = format.summary.exec(line)?.groups;
  const text = groups?.counts ?? groups?.details;
  return text ? [text] : [];
}

const KINDS: Readonly<Record<string, "passed" | "failed" | "skipped" | "total">> = {
  ...{ pass: "passed", passed: "passed", passing: "passed", xpassed: "passed" },
  ...{ fail: "failed", failed: "failed", failing: "failed", failures: "failed", cancelled: "failed" },
  ...{ error: "failed", errors: "failed", "unexpected successes": "failed" },
  ...{ skip: "skipped", skipped: "skipped", ignored: "skipped", pending: "skipped", todo: "skipped" },
  ...{ xfailed: "skipped", "expected failures": "skipped" },
  ...{ total: "total", test: "total", tests: "total", "tests run": "total" },
};

/** Adds up texts such as `1 failed, 2 passed`, `failures=1` and `Tests run: 3, Failures: 1`. */
function readCounts(texts: readonly string[]): TestCounts | null {
  if (texts.length === 0) return null;
  const sums = { passed: 0, failed: 0, skipped: 0, total: 0 };
  for (const text of texts) {
    const isNumberFirst = /^\d/.test(text);
    const pairs = isNumberFirst ? text.matchAll(/(\d+) ([a-z]+)/g) : text.matchAll(/([a-z][a-z ]*)[ :=]+(\d+)/gi);
    for (const [, first = "", second = ""] of pairs) {
      const [word, number] = isNumberFirst ? [second, first] : [first, second];
      const kind = KINDS[word.trim().toLowerCase()];
      if (kind) sums[kind] += Number(number);
    }
  }
  const { passed, failed, skipped, total } = sums;
  return { passed: total > 0 ? Math.max(0, total - failed - skipped) : passed, failed, skipped };
}

function addCounts(one: TestCounts, other: TestCounts): TestCounts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** The same test has the same name in every run: how long it took is no part of it. */
function cleanName(name: string): string {
  return name.replace(DURATION, "").replaceAll("\\#", "#").trim().slice(0, LONGEST_NAME_CHARACTERS);
}

function boundNames(names: readonly string[]): string[] {
  return [...new Set(names)].slice(0, MOST_NAMES);
}
