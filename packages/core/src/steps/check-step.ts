import { join } from "node:path";
import {
  checkDefinitions,
  describeDuration,
  judgeCheck,
  measureFindings,
  readTestResults,
  type TestResults,
} from "../checks/index.js";
import type { CheckCommand, ErrorRecord, EventData, TaskType } from "../domain/index.js";
import type { StepContext, StepExecutor, StepOutcome } from "../engine/index.js";
import type { CheckRecord, StepRecord, TaskRecord } from "../store/index.js";
import { detectTaskType } from "../workflows/index.js";
import type { TreeId } from "../workspaces/index.js";
import type { CommandResult, Commands } from "./commands.js";
import { findStart } from "./interrupted-step.js";
import { findLateChecks } from "./late-check.js";
import { nextRound, type RoundOptions } from "./rounds.js";
import type { StepWorkspace } from "./step-workspace.js";
import { withWorkspace } from "./with-workspace.js";

export interface CheckStepOptions extends RoundOptions {
  commands: Commands;
}

/** What one check came to. */
interface Finished {
  check: CheckCommand;
  run: CommandResult;
  results: TestResults;
  passed: boolean;
  reason: string;
  newFailures: string[];
}

/** An agent is given so much of a failed check's output. */
const MAX_OUTPUT_SHOWN = 4_000;

/**
 * Runs the steps in which the orchestrator itself runs the project's checks: before the work, to know what failed then
 * already, and after it. A check that fails sends the work back to its builder for as long as that helps.
 *
 * @param options - how commands are run, and the rules of rounds
 */
export function createCheckStepExecutor(options: CheckStepOptions): StepExecutor {
  const { resources } = options;
  return {
    run: (context) =>
      withWorkspace(context, async () => {
        const workspace = await resources.of(context.task).workspaceOf(context.step, context.signal);
        // What the step before has left is known already, as a rule.
        const before =
          (await findStart(options.store, context, workspace, false)) ?? (await workspace.trees.takeRecent());
        // A check that was interrupted has perhaps left something behind.
        if (context.step.status === "running" && workspace.worktree)
          await workspace.trees.restore(await workspace.trees.take(), before);
        const endWriting = workspace.trees.beginWriting();
        try {
          return await runChecks(context, workspace, before, options);
        } finally {
          endWriting();
        }
      }),
    // Whoever runs agents holds everything for this kind, too.
    prepare: () => {},
    finish: async () => {},
  };
}

async function runChecks(
  context: StepContext,
  workspace: StepWorkspace,
  before: TreeId | null,
  options: CheckStepOptions,
): Promise<StepOutcome> {
  const { task, step } = context;
  const { store } = options;
  const isBaseline = step.kind === "baseline";
  const checks =
    task.checkCommands.length > 0 ? task.checkCommands : findLateChecks(workspace, options.resources.variables);
  const earlier = isBaseline ? [] : await store.listChecks(task.taskId);
  const baselineStep = isBaseline ? null : await findBaseline(context, options);
  const finished: Finished[] = [];
  for (const check of checks) {
    const baseline = earlier.find((each) => each.stepKey === baselineStep?.stepKey && each.name === check.name) ?? null;
    const one = await runCheck(check, context, workspace, options, baseline);
    finished.push(one);
    const { output: _, ...evidence } = one.run;
    const { counts, failed: failedTests } = one.results;
    const { passed, reason } = one;
    const data: EventData<"check.ended"> = { ...evidence, counts, failedTests, passed, reason, tree: before };
    const subject = { taskId: task.taskId, stepKey: step.stepKey, agentId: null };
    await store.append([{ ...subject, type: "check.ended", data }]);
  }
  // In a worktree nobody but the check can have changed anything; what it left behind is no part of the work.
  if (workspace.worktree) {
    await workspace.trees.restore(await workspace.trees.take(), before);
    await workspace.mend();
  }
  if (isBaseline) return { status: "succeeded", handoff: describeBaseline(finished) };
  const ofBaseline = earlier.filter((each) => each.stepKey === baselineStep?.stepKey);
  const doubts = [
    ...redefined(checks, workspace),
    ...findLostTests(finished, ofBaseline, task.checkCommands.length === 0),
  ];
  return conclude(context, finished, doubts, options);
}

async function runCheck(
  check: CheckCommand,
  { task, step, attempt, signal }: StepContext,
  workspace: StepWorkspace,
  { commands }: CheckStepOptions,
  baseline: CheckRecord | null,
): Promise<Finished> {
  const { name, command, directory, timeoutMinutes } = check;
  const run = await commands.run({
    task,
    name,
    command,
    directory: join(workspace.root, directory),
    // An earlier attempt's evidence stays what it was.
    folder: `checks-${step.stepKey}${attempt > 1 ? `-attempt-${attempt}` : ""}`,
    timeoutMs: timeoutMinutes * 60_000,
    variables: workspace.variables,
    signal,
  });
  const results = readTestResults(run.output);
  const { outcome, failedTests: failed = [], counts = null } = baseline ?? {};
  const known = outcome ? { outcome, failed, passed: [], counts } : null;
  return { check, run, results, ...judgeCheck({ run, results, baseline: known, isFix: isFix(task) }) };
}

const FIXES: readonly TaskType[] = ["bug_fix", "simple_fix"];

/** Whether something is to be mended: of roles of the caller's own the prompt alone says it. */
function isFix({ taskType, prompt }: TaskRecord): boolean {
  if (taskType !== "custom" && taskType !== "default") return FIXES.includes(taskType);
  return FIXES.includes(detectTaskType(prompt, "simple").taskType);
}

async function findBaseline({ task }: StepContext, { store }: CheckStepOptions): Promise<StepRecord | null> {
  const steps = await store.listSteps(task.taskId);
  return steps.find((each) => each.kind === "baseline" && each.status === "succeeded") ?? null;
}

function describeBaseline(finished: readonly Finished[]): Record<string, unknown> {
  const failing = finished.filter((each) => each.run.outcome !== "passed");
  const what = failing.map(({ check, results }) => `${check.name}${countOf(results.failed.length)}`).join(", ");
  return {
    summary: failing.length === 0 ? "Before the work every check passed." : `Before the work these failed: ${what}.`,
    checks: finished.map(shorten),
  };
}

function countOf(failed: number): string {
  return failed === 0 ? "" : ` (${failed === 1 ? "1 test" : `${failed} tests`})`;
}

/**
 * Tests that were there before the work and are gone now: that nothing fails any more proves nothing then. Nor does a
 * check that the work itself has brought, where no test is seen to run.
 */
function findLostTests(finished: readonly Finished[], baseline: readonly CheckRecord[], isLate: boolean): string[] {
  return finished.flatMap(({ check, results }) => {
    const ran = countTests(results.counts);
    if (isLate)
      return results.passed.length > 0 || ran > 0 ? [] : [`${check.name}, which it made itself, runs no test`];
    const before = baseline.find((each) => each.name === check.name);
    if (!before) return [];
    const now = new Set([...results.passed, ...results.failed]);
    const gone = before.failedTests.filter((name) => !now.has(name));
    if (results.passed.length > 0 && gone.length > 0)
      return [`${gone.slice(0, 3).join(", ")} failed before, and ${gone.length === 1 ? "is" : "are"} no longer tested`];
    const ranBefore = Math.max(countTests(before.counts), before.failedTests.length);
    return Math.max(ran, now.size) < ranBefore
      ? [`${check.name} ran ${ran === 1 ? "1 test" : `${ran} tests`}, and ${ranBefore} before the work`]
      : [];
  });
}

function countTests(counts: TestResults["counts"]): number {
  return counts ? counts.passed + counts.failed + counts.skipped : 0;
}

/** Checks that are no longer what they were when the task was planned: what they say proves nothing. */
function redefined(checks: readonly CheckCommand[], workspace: StepWorkspace): string[] {
  const now = checkDefinitions({ root: workspace.root, checks });
  return checks
    .filter(({ name, definition }) => definition !== null && definition !== (now[name] ?? ""))
    .map(({ name }) => `the work has changed what ${name} runs`);
}

async function conclude(
  context: StepContext,
  finished: readonly Finished[],
  doubts: readonly string[],
  options: CheckStepOptions,
): Promise<StepOutcome> {
  const failing = finished.filter((each) => !each.passed);
  const checks = finished.map(shorten);
  if (failing.length === 0 && doubts.length > 0) {
    const summary = `Passed, but ${doubts.join("; ")}, so it proves nothing.`;
    options.resources.of(context.task).warn(`The checks passed, but ${doubts.join("; ")}: look at it yourself.`);
    return { status: "succeeded", handoff: { summary, verdict: "unproven", checks } };
  }
  if (failing.length === 0) {
    const notes = finished.flatMap(({ reason }) => reason || []);
    const summary = `${finished.map(({ check }) => check.name).join(", ")} passed${notes.length > 0 ? `: ${notes.join("; ")}` : ""}.`;
    return { status: "succeeded", handoff: { summary, verdict: "passed", checks } };
  }
  const measure = measureFindings(
    failing.map(({ check, run, results, newFailures }) => ({
      name: check.name,
      passed: false,
      results: newFailures.length > 0 ? { ...results, failed: newFailures } : results,
      output: run.output,
    })),
  );
  const summary = failing.map(describeFailure).join("; ");
  const next = await nextRound(context, measure, options);
  if (next.isPlanned) {
    const handoff = { summary: `${summary}.`, verdict: "failed", checks, measure };
    return { status: "succeeded", handoff, extension: next.extension };
  }
  return { status: "failed", error: checkFailed(context, summary, next.why, failing) };
}

function describeFailure({ check, run, results, reason, newFailures }: Finished): string {
  const failed = newFailures.length > 0 ? newFailures : results.failed;
  const names = failed.slice(0, 5).join(", ");
  const more = failed.length > 5 ? ` and ${failed.length - 5} more` : "";
  const how = reason || (run.exitCode === null ? "was ended by a signal" : `ended with exit code ${run.exitCode}`);
  return `${check.name} (\`${check.command}\`): ${how}${names ? `; failing: ${names}${more}` : ""}`;
}

function checkFailed(
  { task }: StepContext,
  summary: string,
  why: string | null,
  failing: readonly Finished[],
): ErrorRecord {
  const log = failing[0]?.run.logPath ?? "";
  return {
    code: "check_failed",
    message: `The work does not pass: ${summary}${why ? `, and ${why}` : ""}.`,
    hint: `The log is ${log}; all the evidence: orchestrator checks ${task.taskId}`,
  };
}

/** What is passed on of a check: enough for whoever has to mend it. */
function shorten({ check, run, results, passed, reason }: Finished) {
  return {
    name: check.name,
    command: check.command,
    passed,
    ...(reason ? { reason } : {}),
    exitCode: run.exitCode,
    duration: describeDuration(run.durationMs),
    ...(results.counts ? { tests: results.counts } : {}),
    ...(results.failed.length > 0 ? { failedTests: results.failed.slice(0, 50) } : {}),
    ...(passed ? {} : { output: lastOf(run.output) }),
  };
}

function lastOf(output: string): string {
  const text = output.trim();
  return text.length <= MAX_OUTPUT_SHOWN ? text : `[…]\n${text.slice(-MAX_OUTPUT_SHOWN)}`;
}
