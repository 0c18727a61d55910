import { type Html, html, NOTHING } from "./escape.js";
import type { ReportDiff, TaskReportInput } from "./input.js";
import { brief, foldable, note, section, takeSome } from "./parts.js";
import { type FilePatch, readPatch, type Stretch, toStretches } from "./patch.js";
import { countOf, formatLines, formatNumber } from "./words.js";

/** Characters of the whole diff, and of those of the steps together, and of one of these. */
const MAX_WHOLE = 600_000;
const MAX_STEPS = 400_000;
const MAX_STEP = 100_000;
const MAX_STEPS_SHOWN = 200;
/** Of this many lines, a file is folded away. */
const LONG_FILE_LINES = 400;
/** A carriage return at the end of a line is a change like any other, and is seen. */
const SIGN_OF_RETURN = "\u240d";

/** What the task has changed: all of it, and then step by step. */
export function renderDiff({ diff, stepDiffs, steps }: TaskReportInput): Html {
  let room = MAX_STEPS;
  const changing = steps.filter((step) => stepDiffs.has(step.stepKey));
  const { shown, remark } = takeSome(changing, MAX_STEPS_SHOWN, "steps");
  const byStep = shown.map((step, position) => {
    const own = stepDiffs.get(step.stepKey) ?? diff;
    const isWhole = own.patch !== "" && own.patch === diff.patch;
    const limit = Math.min(MAX_STEP, room);
    if (!isWhole) room -= Math.min(limit, own.patch.length);
    const body = isWhole
      ? note("It is the whole of what is shown above.")
      : renderPatch(own, `diff-step-${position + 1}`, limit, NOT_CHANGED);
    return foldable(html`<strong>${brief(step.stepKey, 120)}</strong>: ${sizeOf(own)}`, body);
  });
  return section(
    "diff",
    "What has changed",
    renderPatch(diff, WHOLE, MAX_WHOLE, "Nothing has changed, as far as steps have ended."),
    byStep.length > 0 && html`<h3>Step by step</h3>\n${byStep}${remark}`,
  );
}

const WHOLE = "diff-file";
const NOT_CHANGED = "It has changed nothing.";

function sizeOf({ changes, problem }: ReportDiff): string {
  return problem === null ? `${countOf(changes.length, "file")} changed` : "not to be read";
}

function renderPatch({ patch, problem, changes }: ReportDiff, prefix: string, room: number, nothing: string): Html {
  if (problem !== null) return note(`It cannot be shown: ${brief(problem, 1_000)}`);
  if (patch === "") return note(nothing);
  if (room <= 0) return note("Left out: the diffs above take up all the room that there is.");
  const { files, filesLeftOut } = readPatch(patch, room);
  const counts = new Map(changes.map((change) => [change.path, change]));
  const linesOf = (file: FilePatch) => formatLines(counts.get(file.path) ?? file);
  const contents = files.map(
    (file, position) =>
      html`<li><a href="#${prefix}-${position + 1}"><code>${brief(file.path, 1_000)}</code></a> <span class="muted">${linesOf(file)}</span></li>\n`,
  );
  return html`${files.length > 1 && html`<ul>\n${contents}</ul>\n`}${files.map((file, position) =>
    renderFile(file, `${prefix}-${position + 1}`, linesOf(file), prefix === WHOLE),
  )}${filesLeftOut > 0 && note(`${countOf(filesLeftOut, "more file")} of ${formatNumber(patch.length)} characters in all were left out. To see everything: orchestrator diff.`)}`;
}

function renderFile({ path, text, leftOut }: FilePatch, id: string, lines: string, isWhole: boolean): Html {
  const stretches = toStretches(text);
  const length = text.split("\n").length;
  const block = html`<pre class="diff" tabindex="0"><code>${stretches.map(renderStretch)}</code></pre>
${leftOut > 0 ? note(`The rest of this file's diff was left out: ${formatNumber(leftOut)} characters or more.`) : NOTHING}`;
  const heading = html`<code>${brief(path, 1_000)}</code> <span class="muted">${lines}</span>`;
  return html`${isWhole ? html`<h3 id="${id}">${heading}</h3>` : html`<h4 id="${id}">${heading}</h4>`}
${length > LONG_FILE_LINES ? foldable(`${countOf(length, "line")}`, block) : block}`;
}

/** Added and removed lines are marked as such for readers who do not see the colours, too. */
function renderStretch({ kind, text }: Stretch): Html {
  const shown = `${text.replaceAll("\r", SIGN_OF_RETURN)}\n`;
  if (kind === "added") return html`<ins>${shown}</ins>`;
  if (kind === "removed") return html`<del>${shown}</del>`;
  return html`<span class="${kind}">${shown}</span>`;
}
