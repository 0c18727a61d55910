import type { StoredEvent } from "../../domain/index.js";
import { type Html, html } from "./escape.js";
import type { TaskReportInput } from "./input.js";
import { brief, facts, note, section, table, takeSome } from "./parts.js";
import { countOf, formatTime } from "./words.js";

const MAX_WARNINGS = 100;
const MAX_ROWS = 300;

/** One thing that did not go as it should. */
interface Trouble {
  what: string;
  detail: string;
}

/** Warnings, retries and errors, in order. */
export function renderTroubles({ task, digest, events }: TaskReportInput): Html {
  const warnings = takeSome(task.warnings, MAX_WARNINGS, "warnings");
  const troubles = events.events.flatMap((event) => {
    const trouble = describeTrouble(event);
    return trouble ? [{ event, trouble }] : [];
  });
  const { shown, remark } = takeSome(troubles, MAX_ROWS, "troubles");
  const rows = shown.map(({ event, trouble }) => [
    formatTime(event.time),
    brief(event.stepKey ?? "the task", 120),
    trouble.what,
    brief(trouble.detail, 600),
  ]);
  const columns = [{ label: "Time" }, { label: "Step" }, { label: "What" }, { label: "In its own words" }];
  const isQuiet = rows.length === 0 && task.warnings.length === 0 && task.error === null;
  return section(
    "troubles",
    "Warnings, retries and errors",
    isQuiet && note("There were none."),
    task.error &&
      facts([
        ["Ended with", html`${brief(task.error.message, 4_000)} <span class="muted">(${task.error.code})</span>`],
        ["What to do", brief(task.error.hint, 2_000)],
        ["First failed", digest?.stepKey && brief(digest.stepKey, 120)],
        ["Cause", digest && digest.cause.message !== task.error.message && brief(digest.cause.message, 4_000)],
        [
          "Last tool call",
          digest?.lastTool &&
            html`${brief(digest.lastTool.name, 120)} <code>${brief(digest.lastTool.input, 600)}</code>`,
        ],
        ["Last words", digest?.logLine && brief(digest.logLine, 600)],
      ]),
    warnings.shown.length > 0 &&
      html`<h3>Warnings</h3>\n<ul>\n${warnings.shown.map((warning) => html`<li>${brief(warning, 2_000)}</li>\n`)}</ul>\n${warnings.remark}`,
    rows.length > 0 &&
      html`<h3>What happened on the way</h3>\n${table(countOf(troubles.length, "event"), columns, rows)}${remark}`,
    events.leftOut > 0 && note(`${countOf(events.leftOut, "more event")} of this kind were left out.`),
    !events.isComplete && note(`Only the first ${countOf(events.read, "event")} were looked through.`),
  );
}

/** What went wrong in an event; `null` for one that tells of no trouble. */
export function describeTrouble(event: StoredEvent): Trouble | null {
  switch (event.type) {
    case "step.attempt_failed":
      return { what: `attempt ${event.data.attempt} failed`, detail: event.data.error.message };
    case "step.agent_replaced":
      return { what: "agent replaced", detail: `Its context was ${Math.round(event.data.percentage)} % full.` };
    case "step.ended":
      return event.data.status === "failed"
        ? { what: "step failed", detail: event.data.error?.message ?? event.data.reason }
        : null;
    case "task.needs_attention":
      return { what: "needed attention", detail: event.data.reason };
    case "task.cancel_requested":
      return { what: "cancel requested", detail: event.data.reason };
    case "workflow.extended":
      return { what: "more steps", detail: event.data.reason };
    case "model_call.retried": {
      const { attempt, maxRetries, status, error } = event.data;
      return { what: `model call retried, ${attempt} of ${maxRetries}`, detail: `${status ?? "no answer"}: ${error}` };
    }
    case "tool.ended":
      return event.data.isError ? { what: `${brief(event.data.name, 80)} failed`, detail: event.data.excerpt } : null;
    case "permission.decided":
      return event.data.decision === "deny"
        ? { what: `${brief(event.data.name, 80)} refused`, detail: event.data.reason }
        : null;
    case "agent.checked":
      return event.data.finding === null
        ? null
        : { what: "status check", detail: `${event.data.finding.replaceAll("_", " ")}; done: ${event.data.action}` };
    case "agent.interrupt_requested":
    case "agent.kill_requested":
      return {
        what: event.type === "agent.kill_requested" ? "kill requested" : "interrupted",
        detail: event.data.reason,
      };
    case "workspace.rescued":
      return { what: "work kept", detail: `${countOf(event.data.files, "file")} under ${event.data.ref}` };
    default:
      return null;
  }
}
