import type { StepRecord } from "../../store/index.js";
import { type Html, html, NOTHING } from "./escape.js";
import type { TaskReportInput } from "./input.js";
import { brief, code, facts, foldable, note, prose, section, table, takeSome, toned } from "./parts.js";
import { toneOf } from "./plan.js";
import { formatNumber } from "./words.js";

const MAX_STEPS = 200;
const MAX_SUMMARY = 8_000;
const MAX_FINDINGS = 100;
const MAX_LINES = 100;
const MAX_VALUE = 8_000;
/** Said elsewhere in the report. */
const SHOWN_ELSEWHERE = new Set(["summary", "findings", "checks", "measure", "definitions"]);

/** What reviewers have found, and what each step handed over to those after it. */
export function renderHandoffs({ steps }: TaskReportInput): Html {
  const speaking = steps.filter((step) => step.handoff !== null || step.error !== null);
  if (speaking.length === 0)
    return section("handoffs", "Findings and handovers", note("No step has handed anything over yet."));
  const { shown, remark } = takeSome(speaking, MAX_STEPS, "steps");
  const reviews = shown.filter((step) => findingsOf(step).length > 0);
  return section(
    "handoffs",
    "Findings and handovers",
    html`<h3>What reviewers found</h3>\n`,
    reviews.length === 0 ? note("No reviewer has found anything.") : reviews.map(renderFindings),
    html`<h3>What each step handed over</h3>\n`,
    shown.map(renderStep),
    remark,
  );
}

function findingsOf({ handoff }: StepRecord): readonly Record<string, unknown>[] {
  const findings = handoff?.findings;
  return Array.isArray(findings) ? findings.filter((each) => typeof each === "object" && each !== null) : [];
}

function renderFindings(step: StepRecord): Html {
  const { shown, remark } = takeSome(findingsOf(step), MAX_FINDINGS, "findings");
  const verdict = typeof step.handoff?.verdict === "string" ? `: ${toWords(step.handoff.verdict)}` : "";
  const rows = shown.map(({ file, line, severity, message }) => [
    html`<code>${brief(toText(file), 400)}</code>`,
    typeof line === "number" ? formatNumber(line) : "not given",
    toned(severity === "blocker" ? "bad" : severity === "major" ? "warn" : "plain", brief(toText(severity), 40)),
    brief(toText(message), 2_000),
  ]);
  const columns = [{ label: "File" }, { label: "Line", isNumber: true }, { label: "Severity" }, { label: "Message" }];
  return html`${table(`Findings of ${brief(step.stepKey, 120)}${brief(verdict, 80)}`, columns, rows)}${remark}`;
}

function renderStep(step: StepRecord): Html {
  const { stepKey, status, handoff, error } = step;
  const { summary, ...rest } = handoff ?? {};
  const others = Object.entries(rest).filter(([name]) => !SHOWN_ELSEWHERE.has(name));
  const { shown, remark } = takeSome(others, MAX_LINES, "fields");
  return foldable(
    html`<strong>${brief(stepKey, 120)}</strong> ${toned(toneOf(status), status)}: ${brief(error?.message ?? toText(summary), 160)}`,
    html`${
      error &&
      facts([
        ["Error", brief(error.message, 4_000)],
        ["What to do", brief(error.hint, 2_000)],
      ])
    }${prose(toText(summary), MAX_SUMMARY)}${shown.map(([name, value]) => renderField(name, value))}${remark}`,
  );
}

function renderField(name: string, value: unknown): Html {
  const label = html`<h4>${brief(toWords(name), 80)}</h4>\n`;
  if (value === null || value === undefined || value === "") return NOTHING;
  if (Array.isArray(value)) {
    if (value.length === 0) return NOTHING;
    const { shown, remark } = takeSome(value, MAX_LINES, "lines");
    return html`${label}<ul>\n${shown.map((each) => html`<li>${renderItem(each)}</li>\n`)}</ul>\n${remark}`;
  }
  return typeof value === "object"
    ? html`${label}${code(toText(value), MAX_VALUE)}`
    : html`${label}${prose(String(value), MAX_VALUE)}`;
}

/** One of several: a line, or a step of a plan with its title and detail. */
function renderItem(value: unknown): Html {
  if (typeof value !== "object" || value === null) return html`${brief(String(value), 2_000)}`;
  const { title, detail, ...rest } = value as Record<string, unknown>;
  if (title === undefined) return html`${brief(toText(value), 2_000)}`;
  const more = Object.keys(rest).length > 0 ? ` ${toText(rest)}` : "";
  return html`<strong>${brief(toText(title), 500)}</strong> ${brief(toText(detail) + more, 2_000)}`;
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}

/** `filesCreated` and `changes_requested` as words. */
function toWords(name: string): string {
  const words = name
    .slice(0, 200)
    .replaceAll("_", " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
