import type { CheckCommand, CheckRecord, StepRecord, TaskDetails } from "@claude-orchestrator/core";
import { formatDuration, indent, markOf, paint, wrap } from "./format.js";
import { renderTable } from "./table.js";

/** `5 passed, 1 failed`: what a check's own output says of single tests. */
export function formatTests(counts: CheckRecord["counts"]): string {
  if (!counts) return "–";
  const rest = [
    counts.failed > 0 ? `${counts.failed} failed` : "",
    counts.skipped > 0 ? `${counts.skipped} skipped` : "",
  ];
  return [`${counts.passed} passed`, ...rest.filter(Boolean)].join(", ");
}

/** Checks are often quick: `0.3 s`, `12.0 s`, `3 min 20 s`. */
export function formatSeconds(durationMs: number): string {
  return durationMs < 60_000 ? `${(durationMs / 1_000).toFixed(1)} s` : formatDuration(durationMs);
}

/** `passed` or `failed`, or in which other way a check did not pass. */
export function resultOf({ passed, outcome }: Pick<CheckRecord, "passed" | "outcome">): string {
  if (passed) return "passed";
  return outcome === "timed_out" || outcome === "not_found" ? outcome.replace("_", " ") : "failed";
}

/** Which commands prove the work, each with the file that it was found in. */
export function describeCheckCommands(checks: readonly CheckCommand[]): string {
  return checks
    .map(({ command, source }) => `\`${command}\` (${source === "config" ? ".orchestrator/config.yaml" : source})`)
    .join(", ");
}

/**
 * The runs that count in the end: those of check steps after which no other check has run. Parallel writers that were
 * never joined have one each.
 */
export function findLastChecks({ steps, checks }: Pick<TaskDetails, "steps" | "checks">): CheckRecord[] {
  const ran = steps.filter(({ kind, stepKey }) => kind === "check" && checks.some((each) => each.stepKey === stepKey));
  const last = ran.filter(({ stepKey }) => !ran.some((other) => isBefore(steps, stepKey, other.stepKey)));
  return checks.filter((check) => last.some(({ stepKey }) => stepKey === check.stepKey));
}

/** Whether one step leads to the other in the graph. */
function isBefore(steps: readonly StepRecord[], key: string, later: string): boolean {
  const seen = new Set<string>();
  const open = [later];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const each of steps.find((step) => step.stepKey === next)?.dependsOn ?? []) {
      if (each === key) return true;
      if (!seen.has(each)) open.push(each);
      seen.add(each);
    }
  }
  return false;
}

/** The evidence of a report: a line for each check of the last round. Empty where none has run. */
export function renderLastChecks(task: Pick<TaskDetails, "steps" | "checks">): string {
  const checks = findLastChecks(task);
  if (checks.length === 0) return "";
  const keys = new Set(checks.map((check) => check.stepKey));
  const rows = checks.map((check) => [
    `${markOf(check.passed ? "passed" : "failed")} ${check.name}${keys.size > 1 ? ` (${check.stepKey})` : ""}`,
    resultOf(check),
    check.exitCode === null ? "–" : String(check.exitCode),
    formatSeconds(check.durationMs),
    formatTests(check.counts),
  ]);
  const round = Math.max(...task.steps.filter(({ stepKey }) => keys.has(stepKey)).map((step) => step.round));
  const notes = checks.filter((check) => check.reason).map(({ name, reason }) => wrap(`${name}: ${reason}`, 2));
  const heading = `${paint("bold", "Checks")}${round > 0 ? `  after round ${round}` : ""}`;
  return [heading, indent(renderTable(["  check", "result", ">exit", ">time", "tests"], rows)), ...notes].join("\n");
}
