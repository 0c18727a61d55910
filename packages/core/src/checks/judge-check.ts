import { createHash } from "node:crypto";
import type { CommandRun, TestCounts } from "../domain/index.js";
import { describeDuration } from "./describe-duration.js";
import type { TestResults } from "./test-formats.js";

/** How the same check ended before the task began. */
export interface Baseline extends TestResults {
  outcome: CommandRun["outcome"];
}

/**
 * Decides whether a check is passed: by its exit code, or because nothing fails that did not fail before.
 *
 * @param options.run - how it ended
 * @param options.results - what it says of single tests
 * @param options.baseline - the same from before the task, or `null` where there is none
 * @param options.isFix - a fix must make something pass that failed
 * @returns the verdict, why, and the tests that fail now and did not before
 */
export function judgeCheck(options: {
  run: Pick<CommandRun, "outcome" | "exitCode" | "durationMs">;
  results: TestResults;
  baseline: Baseline | null;
  isFix: boolean;
}): { passed: boolean; reason: string; newFailures: string[] } {
  const { run, results, baseline, isFix } = options;
  const failedBefore = new Set(baseline?.failed);
  const newFailures = results.failed.filter((name) => !failedBefore.has(name));
  const verdict = (passed: boolean, reason: string) => ({ passed, reason, newFailures });

  if (run.outcome === "timed_out") return verdict(false, `it ran for more than ${describeDuration(run.durationMs)}`);
  if (run.outcome === "not_found") return verdict(false, "the command was not found");
  if (run.outcome === "passed") {
    const hasLostTests = totalOf(baseline?.counts) > 0 && results.counts !== null && totalOf(results.counts) === 0;
    if (hasLostTests) return verdict(false, "no test ran any more");
    // An exit code can be forced; what the same run says of its tests cannot be had both ways.
    const failed = Math.max(results.failed.length, results.counts?.failed ?? 0);
    if (failed > 0)
      return verdict(false, `it ended with the exit code 0, and says that ${describeTests(failed)} failed`);
    return verdict(true, "");
  }
  const ended = run.exitCode === null ? "it was ended by a signal" : `it ended with the exit code ${run.exitCode}`;
  if (!baseline) return verdict(false, ended);
  if (newFailures.length > 0) return verdict(false, `${describeTests(newFailures.length)} failed that did not before`);
  if (!namesEveryFailure(baseline) || !namesEveryFailure(results)) return verdict(false, ended);
  const before = `${describeTests(results.failed.length)} failed before the task as well`;
  const passedNow = new Set(results.passed);
  if (isFix && !baseline.failed.some((name) => passedNow.has(name)))
    return verdict(false, `${before}, and none that failed then passes now`);
  return verdict(true, before);
}

/** Only then a failure that has no name cannot hide behind those that have one. */
function namesEveryFailure({ failed, counts }: TestResults): boolean {
  return failed.length > 0 && failed.length >= (counts?.failed ?? 0);
}

function totalOf(counts: TestCounts | null | undefined): number {
  return counts ? counts.passed + counts.failed + counts.skipped : 0;
}

function describeTests(count: number): string {
  return count === 1 ? "1 test" : `${count} tests`;
}

/** How much is wrong after a round of checks. */
export interface Findings {
  /** Failing tests, or failing checks where nobody counts tests. */
  size: number;
  /** The same when the same is wrong. */
  fingerprint: string;
  /** Whether `size` counts tests in every failing check. */
  isExact: boolean;
}

/**
 * Measures what fails, so that one round can be compared with the next.
 *
 * @param checks - every check of the round
 */
export function measureFindings(
  checks: readonly { name: string; passed: boolean; results: TestResults; output: string }[],
): Findings {
  const failing = checks
    .filter((check) => !check.passed)
    .map(({ name, results, output }) => {
      const { failed, counts } = results;
      return {
        size: failed.length || counts?.failed || 1,
        isExact: failed.length > 0 || (counts?.failed ?? 0) > 0,
        text: `${name}: ${failed.length > 0 ? [...failed].sort().join("\n") : hashEnd(output)}`,
      };
    });
  return {
    size: failing.reduce((sum, { size }) => sum + size, 0),
    fingerprint: failing
      .map(({ text }) => text)
      .sort()
      .join("\n\n"),
    isExact: failing.every(({ isExact }) => isExact),
  };
}

const LAST_LINES = 40;

/** The end of an output, without what differs from run to run: times, ids, numbers and temporary files. */
function hashEnd(output: string): string {
  const end = output.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  const stable = end
    .replace(/\/tmp\/[^\s:'")]+/g, "/tmp")
    .replace(/\b(?:0x)?(?=[a-f]{0,64}\d)[0-9a-f]{6,}\b/gi, "#")
    .replace(/\d+(?:\.\d+)?/g, "#")
    .replace(/# ?(?:ms|s|m|seconds?|minutes?)\b/g, "#");
  return createHash("sha256").update(stable).digest("hex");
}

/**
 * Whether a round has brought the work forward.
 *
 * @param before - what was wrong after the round before
 * @param now - what is wrong now
 * @returns false when the same is wrong, or provably no less
 */
export function isProgress(before: Findings, now: Findings): boolean {
  if (now.fingerprint === before.fingerprint) return false;
  return !(before.isExact && now.isExact && now.size >= before.size);
}
