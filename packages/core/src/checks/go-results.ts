import type { TestResults } from "./test-formats.js";

const RESULT = /^ *--- (?<verdict>FAIL|PASS|SKIP): (?<name>\S+) \(/;
const PACKAGE = /^(?<verdict>ok {2}|FAIL)\t(?<name>\S+)(?:\t| (?=\[))(?<note>[\d.]+s|\(cached\)|\[.+\])/;

/**
 * Reads what `go test` prints: it sums nothing up, and names the package after its tests.
 *
 * @param lines - the output
 * @returns what ran, or `null` where no Go test did; counts only where every test is named (`-v`)
 */
export function readGoResults(lines: readonly string[]): TestResults | null {
  const results: TestResults = { counts: null, failed: [], passed: [] };
  let isGo = false;
  let isVerbose = false;
  let skipped = 0;
  /** Of the package whose name is yet to come. */
  let failed: string[] = [];
  let passed: string[] = [];
  for (const line of lines) {
    if (line.startsWith("=== RUN ")) isVerbose = true;
    const { verdict, name = "" } = RESULT.exec(line)?.groups ?? {};
    if (verdict) isGo = true;
    if (verdict === "FAIL") failed.push(name);
    else if (verdict === "PASS") passed.push(name);
    else if (verdict === "SKIP") skipped += 1;
    const ended = PACKAGE.exec(line)?.groups;
    if (!ended) continue;
    isGo = true;
    // A package may fail before or without any of its tests.
    if (ended.verdict === "FAIL" && failed.length === 0) failed.push(ended.note?.startsWith("[") ? ended.note : "");
    results.failed.push(...failed.map((test) => `${ended.name} ${test}`.trim()));
    results.passed.push(...passed.map((test) => `${ended.name} ${test}`));
    failed = [];
    passed = [];
  }
  results.failed.push(...failed);
  results.passed.push(...passed);
  if (isVerbose) results.counts = { passed: results.passed.length, failed: results.failed.length, skipped };
  return isGo ? results : null;
}
