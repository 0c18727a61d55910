import type { CheckOutcome } from "../../domain/index.js";
import type { CheckRecord } from "../../store/index.js";
import { type Html, html, NOTHING } from "./escape.js";
import type { ReportLog, TaskReportInput } from "./input.js";
import { brief, code, facts, foldable, note, section, takeSome, toned } from "./parts.js";
import { countOf, formatNumber, formatTime } from "./words.js";

const MAX_CHECKS = 200;
const MAX_FAILED_TESTS = 100;
const MAX_LOG = 12_000;
/** All logs together. */
const MAX_LOGS = 400_000;

/** Every run of a check: what was run, how it ended, and where that can be looked up. */
export function renderChecks({ task, checks, logs, steps }: TaskReportInput): Html {
  const title = "Checks";
  if (checks.length === 0) {
    const isPlanned = task.checkCommands.length > 0;
    const commands = task.checkCommands
      .slice(0, MAX_CHECKS)
      .map(({ command }) => html`<li><code>${brief(command)}</code></li>\n`);
    const words = isPlanned
      ? "No check has run yet. These were found:"
      : "No check has run: nothing here is proven by one.";
    return section("checks", title, note(words), isPlanned && html`<ul>\n${commands}</ul>\n`);
  }
  const { shown, remark } = takeSome(checks, MAX_CHECKS, "checks");
  let room = MAX_LOGS;
  const items = shown.map((check) => {
    const log = hasFailed(check) ? logs.get(check.logHash) : undefined;
    const limit = Math.min(MAX_LOG, room);
    room -= Math.min(limit, log?.text.length ?? 0);
    const isBaseline = steps.some((step) => step.stepKey === check.stepKey && step.kind === "baseline");
    return renderCheck(check, log, limit, isBaseline);
  });
  return section("checks", title, note(INTRODUCTION), items, remark);
}

const INTRODUCTION =
  "These commands were run by the orchestrator itself. Their exit codes are the evidence, not what an agent says.";

function renderCheck(check: CheckRecord, log: ReportLog | undefined, limit: number, isBaseline: boolean): Html {
  const { name, command, stepKey, passed, exitCode, durationMs, counts, failedTests, reason } = check;
  const verdict = toned(passed ? "good" : isBaseline ? "warn" : "bad", OUTCOMES[passed ? "passed" : failing(check)]);
  const tests = counts
    ? `${countOf(counts.passed, "test")} passed, ${formatNumber(counts.failed)} failed, ${formatNumber(counts.skipped)} skipped`
    : "not counted";
  const { shown, remark } = takeSome(failedTests, MAX_FAILED_TESTS, "failing tests");
  const failed = shown.map((each) => html`<li>${brief(each)}</li>\n`);
  return foldable(
    html`<strong>${brief(name, 80)}</strong> in ${brief(stepKey, 120)}${isBaseline && " (before the work)"}: ${verdict}, ${exitOf(exitCode)}, ${formatSeconds(durationMs)}`,
    html`${facts([
      ["Command", html`<code>${brief(command, 2_000)}</code>`],
      ["Step", brief(stepKey, 120)],
      ["Outcome", `${OUTCOMES[check.outcome]}${passed && check.outcome !== "passed" ? ", and taken as passed" : ""}`],
      ["Exit code", exitCode === null ? "none: a signal ended it" : String(exitCode)],
      ["Seconds", formatSeconds(durationMs)],
      ["Tests", tests],
      ["Reason", brief(reason, 2_000)],
      ["Ended", formatTime(check.endedAt)],
      ["Log", html`<code>${brief(check.logPath, 1_000)}</code>`],
      ["SHA-256 of the log", html`<code>${brief(check.logHash, 200)}</code>`],
      ["Printed", countOf(check.outputBytes, "byte")],
      ["Files it ran on", check.tree && html`tree <code>${brief(check.tree, 200)}</code>`],
    ])}${failed.length > 0 && html`<h3>Failing tests</h3>\n<ul>\n${failed}</ul>\n${remark}`}${hasFailed(check) ? renderLog(log, limit) : NOTHING}`,
    !passed && !isBaseline,
  );
}

/** Whether a check's log is worth a look: also where the exit code was not what decided. */
export function hasFailed({ passed, outcome }: Pick<CheckRecord, "passed" | "outcome">): boolean {
  return !passed || outcome !== "passed";
}

/** A check whose command ended well may have failed all the same, measured against the baseline. */
function failing({ outcome }: CheckRecord): CheckOutcome {
  return outcome === "passed" ? "failed" : outcome;
}

const OUTCOMES: Readonly<Record<CheckOutcome, string>> = {
  passed: "passed",
  failed: "failed",
  timed_out: "took too long",
  not_found: "no such command",
};

function exitOf(exitCode: number | null): string {
  return exitCode === null ? "ended by a signal" : `exit code ${exitCode}`;
}

function formatSeconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(1)} s`;
}

function renderLog(log: ReportLog | undefined, limit: number): Html {
  if (!log || log.state === "gone")
    return note("The log file is not there any more; its hash above is what is left of it.");
  return html`<h3>The last lines of its log</h3>
${log.state === "altered" && html`<p class="note bad">The log file has been changed or written anew since: it no longer has the hash that was recorded.</p>\n`}${
  log.leftOutBytes > 0 && note(`${countOf(log.leftOutBytes, "byte")} before this are in the log file only.`)
}${limit > 0 ? code(log.text, limit, "end") : note("Left out: the logs above take up all the room that there is.")}`;
}
