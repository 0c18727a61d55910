import { renderAgents, renderCosts } from "./agents.js";
import { renderChecks } from "./checks.js";
import { renderDiff } from "./diff.js";
import { Html, html } from "./escape.js";
import { renderFiles } from "./files.js";
import { renderFooter } from "./footer.js";
import { renderHandoffs } from "./handoffs.js";
import { renderHeader, titleOf } from "./header.js";
import type { TaskReportInput } from "./input.js";
import { renderPlan } from "./plan.js";
import { STYLE } from "./style.js";
import { renderTimeline } from "./timeline.js";
import { renderTroubles } from "./troubles.js";

/** Nothing may be loaded and nothing may run; the style is the document's own. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'none'; base-uri 'none'; form-action 'none'";

const CONTENTS: readonly [id: string, title: string][] = [
  ["plan", "Plan"],
  ["timeline", "When it ran"],
  ["checks", "Checks"],
  ["handoffs", "Findings and handovers"],
  ["files", "Files"],
  ["diff", "What has changed"],
  ["agents", "Agents"],
  ["costs", "Costs"],
  ["troubles", "Warnings and errors"],
];

/**
 * Writes the report of a task: one HTML file that loads nothing, runs nothing and can be kept, mailed or printed. It has
 * a limit however much there is to tell, and says what it leaves out.
 *
 * @param input - everything that it shows
 * @returns the document
 */
export function renderTaskReport(input: TaskReportInput): string {
  const links = CONTENTS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>\n`);
  const page = html`<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${new Html(POLICY)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="referrer" content="no-referrer"/>
<meta name="color-scheme" content="light dark"/>
<title>${titleOf(input)} \u2013 task report</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<main id="content">
${renderHeader(input)}<nav aria-label="Contents">
<ul>
${links}</ul>
</nav>
${renderPlan(input)}${renderTimeline(input)}${renderChecks(input)}${renderHandoffs(input)}${renderFiles(input)}${renderDiff(input)}${renderAgents(input)}${renderCosts(input)}${renderTroubles(input)}</main>
${renderFooter(input)}</body>
</html>
`;
  return `<!doctype html>\n${page.source}`;
}
