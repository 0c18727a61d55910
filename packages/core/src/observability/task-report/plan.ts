import { isOfAgent } from "../../domain/index.js";
import type { StepRecord } from "../../store/index.js";
import { type Html, html } from "./escape.js";
import type { TaskReportInput } from "./input.js";
import { brief, facts, note, section, type Tone, takeSome, toned } from "./parts.js";
import { durationOf, formatCost, formatDuration, sumSpending } from "./words.js";

const MAX_STEPS = 200;
const MAX_WAITS = 20;

/** The graph of steps: stage by stage, and side by side what does not wait for one another. */
export function renderPlan(input: TaskReportInput): Html {
  const { task, steps } = input;
  if (steps.length === 0) return section("plan", "The plan", note("No step is planned yet."));
  const { shown, remark } = takeSome(steps, MAX_STEPS, "steps");
  const stages = toStages(shown);
  const reasons = [...task.complexityReasons, task.rationale, task.fallbackReason ?? ""].filter(Boolean).slice(0, 20);
  const skipped = task.skippedRoles.slice(0, 20).map(({ role, reason }) => `${role}: ${reason}`);
  return section(
    "plan",
    "The plan",
    note("From top to bottom. Steps side by side do not wait for one another."),
    html`<ol class="stages">
${stages.map((stage) => html`<li><ul>\n${stage.map((step) => renderStep(step, input))}</ul></li>\n`)}</ol>
${remark}`,
    reasons.length > 0 && html`<p class="note">Why so: ${brief(reasons.join("; "), 2_000)}</p>\n`,
    skipped.length > 0 && html`<p class="note">Left out: ${brief(skipped.join("; "), 2_000)}</p>\n`,
  );
}

/** Where a step stands in the report, by its key: keys are somebody's words and make no ids. */
export function anchorOf(steps: readonly StepRecord[], stepKey: string): string | null {
  const position = steps.findIndex((step) => step.stepKey === stepKey);
  return position === -1 || position >= MAX_STEPS ? null : `step-${position + 1}`;
}

function renderStep(step: StepRecord, input: TaskReportInput): Html {
  const { task, steps, agents, writtenAt } = input;
  const { stepKey, kind, role, lane, round, attempt, status, reason, reusedFrom } = step;
  const duration = durationOf(step, writtenAt);
  const own = agents.filter((agent) => agent.stepKey === stepKey);
  const byAgent = isOfAgent(kind);
  const waits = step.dependsOn.slice(0, MAX_WAITS).map((key, position) => {
    const anchor = anchorOf(steps, key);
    return html`${position > 0 && ", "}${anchor ? html`<a href="#${anchor}">${brief(key, 80)}</a>` : brief(key, 80)}`;
  });
  const more = step.dependsOn.length > MAX_WAITS && `, and ${step.dependsOn.length - MAX_WAITS} more`;
  const tone = toneOf(status);
  return html`<li class="step ${tone}" id="${anchorOf(steps, stepKey)}">
<p><strong>${brief(stepKey, 120)}</strong> ${toned(tone, status)}</p>
${facts([
  ["Kind", KINDS[kind]],
  ["Role", brief(role, 80)],
  ["Waits for", waits.length > 0 ? [waits, more] : "nothing"],
  ["Works in", lane === null ? "the task's own files" : `a lane of its own: ${brief(lane, 120)}`],
  ["Round", round === 0 ? "the first" : `further round ${round}`],
  ["Reused from", reusedFrom && html`<code>${reusedFrom}</code>: it did not run here`],
  ["Attempts", reusedFrom ? null : attempt === 0 ? "none yet" : String(attempt)],
  ["Duration", reusedFrom ? null : duration === null ? "not begun" : formatDuration(duration)],
  ["Cost", reusedFrom ? null : byAgent ? formatCost(sumSpending(own), task.rehearsal) : "no model is asked"],
  ["Reason", brief(reason, 500)],
])}</li>
`;
}

const KINDS: Readonly<Record<StepRecord["kind"], string>> = {
  agent: "an agent works",
  plan: "an agent plans",
  conflict: "an agent settles a merge",
  baseline: "checks before the work",
  check: "checks after the work",
  merge: "parallel work is joined",
};

/** How a step's status is to be taken. */
export function toneOf(status: StepRecord["status"]): Tone {
  if (status === "succeeded") return "good";
  if (status === "failed") return "bad";
  return status === "cancelled" || status === "skipped" || status === "waiting" ? "warn" : "plain";
}

/** Steps by how many others must have ended before them. A circle, which no sound plan has, is cut where it is met. */
function toStages(steps: readonly StepRecord[]): StepRecord[][] {
  const byKey = new Map(steps.map((step) => [step.stepKey, step]));
  const known = new Map<string, number>();
  const depthOf = (key: string): number => {
    const depth = known.get(key);
    if (depth !== undefined) return depth;
    known.set(key, 0);
    const before = (byKey.get(key)?.dependsOn ?? []).filter((each) => byKey.has(each));
    const own = before.reduce((deepest, each) => Math.max(deepest, depthOf(each) + 1), 0);
    known.set(key, own);
    return own;
  };
  const stages: StepRecord[][] = [];
  for (const step of steps) {
    const depth = depthOf(step.stepKey);
    stages[depth] = [...(stages[depth] ?? []), step];
  }
  return stages.filter(Boolean);
}
