import { createHash } from "node:crypto";
import { type Findings, isProgress } from "../checks/index.js";
import type { ErrorRecord } from "../domain/index.js";
import type { StepContext, StepOutcome } from "../engine/index.js";
import type { RoleKind } from "../roles/index.js";
import { type Role, resolveRole } from "../roles/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import { findAncestors, planRound } from "../workflows/index.js";
import { planLateCheck } from "./late-check.js";
import { toPlannedStep } from "./planned-step.js";
import type { ResourcePool } from "./resource-pool.js";

export interface RoundOptions {
  store: Store;
  resources: ResourcePool;
  rolesOf(task: TaskRecord): ReadonlyMap<string, Role>;
}

/** What becomes of a step that is not content with the work: a further round, or the end. */
export type NextRound =
  | { isPlanned: true; extension: NonNullable<ReturnType<typeof planRound>> }
  /** `null`: nobody before it has built anything that could be mended. */
  | { isPlanned: false; why: string | null };

/**
 * Decides whether a builder gets another round. It does not when the findings are the same as before the last round, or
 * not fewer; and not when the rounds are used up.
 *
 * @param context - the check or review that is not content
 * @param measure - how much is wrong
 */
export async function nextRound(
  { task, step }: StepContext,
  measure: Findings,
  { store, resources, rolesOf }: RoundOptions,
): Promise<NextRound> {
  const steps = await store.listSteps(task.taskId);
  const roles = rolesOf(task);
  const kindOf = (name: string, overrides: StepRecord["overrides"]): RoleKind =>
    resolveRole(roles, name, overrides).kind;
  const graph = steps.map(toPlannedStep);
  const before = findAncestors(graph, step.stepKey);
  const builds = steps.some((each) => each.kind === "agent" && each.writes && before.includes(each.stepKey));
  if (!builds) return { isPlanned: false, why: null };
  // One that was content in between has ended what was wrong then.
  const earlier = before
    .flatMap((key) => steps.find((each) => each.stepKey === key) ?? [])
    .find((each) => each.role === step.role && each.kind === step.kind);
  const last = earlier ? readFindings(earlier) : null;
  if (last && !isProgress(last, measure))
    return { isPlanned: false, why: `the last round has not helped: ${compare(last, measure)}` };
  const { maxRounds } = resources.configOf(task);
  const rules = {
    maxRounds,
    hasChecks: steps.some((each) => each.kind === "check"),
    isBuilder: (each: { role: string; overrides: StepRecord["overrides"] }) =>
      kindOf(each.role, each.overrides) === "build",
  };
  const extension = planRound(graph, step.stepKey, rules);
  if (extension) return { isPlanned: true, extension };
  const count = maxRounds === 1 ? "1 round" : `${maxRounds} rounds`;
  return { isPlanned: false, why: maxRounds === 0 ? "no further round is allowed" : `${count} did not suffice` };
}

function compare(before: Findings, now: Findings): string {
  if (before.fingerprint === now.fingerprint) return "the findings are the same";
  return `there were ${before.size} findings, and there are ${now.size}`;
}

/** What a check or review has found wrong when it asked for a round; `null` when it was content. */
function readFindings({ handoff }: StepRecord): Findings | null {
  if (handoff?.verdict === "changes_requested") return measureReview(handoff);
  return handoff?.verdict === "failed" ? ((handoff.measure as Findings | undefined) ?? null) : null;
}

interface ReviewFinding {
  file: string;
  line?: number;
  severity: string;
  message: string;
}

function measureReview(handoff: Record<string, unknown>): Findings {
  const findings = (handoff.findings as ReviewFinding[] | undefined) ?? [];
  const lines = findings.map(({ file, message }) => `${file} ${message.toLowerCase().replace(/\W+/g, " ").trim()}`);
  const fingerprint = createHash("sha256")
    .update([...lines].sort().join("\n"))
    .digest("hex");
  return { size: Math.max(1, findings.length), fingerprint, isExact: true };
}

/**
 * What follows from how an agent's step has ended: a review that asks for changes begins another round or fails, and
 * the last writer of a project that had no checks may have made some.
 */
export async function continueAfter(
  context: StepContext,
  outcome: StepOutcome,
  options: RoundOptions,
): Promise<StepOutcome> {
  if (outcome.status !== "succeeded") return outcome;
  const { handoff } = outcome;
  if (handoff.verdict !== "changes_requested") return planLateCheck(context, outcome, options);
  const next = await nextRound(context, measureReview(handoff), options);
  if (next.isPlanned) return { ...outcome, extension: next.extension };
  return next.why === null ? outcome : { status: "failed", error: changesRequested(handoff, next.why) };
}

function changesRequested(handoff: Record<string, unknown>, why: string): ErrorRecord {
  const findings = (handoff.findings as ReviewFinding[] | undefined) ?? [];
  const shown = findings
    .slice(0, 3)
    .map(({ file, line, message }) => `${file}${line ? `:${line}` : ""} ${message}`)
    .join("; ");
  const more = findings.length > 3 ? ` and ${findings.length - 3} more` : "";
  return {
    code: "changes_requested",
    message: `The reviewer still asks for changes, and ${why}. Left: ${shown || String(handoff.summary)}${more}.`,
    hint: "Look at the review in the task's details, and follow the task up.",
  };
}
