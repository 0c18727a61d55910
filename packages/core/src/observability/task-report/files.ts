import { type Html, html } from "./escape.js";
import type { TaskReportInput } from "./input.js";
import { brief, foldable, note, section, table, takeSome } from "./parts.js";
import { countOf, formatLines } from "./words.js";

const MAX_FILES = 500;
/** More are folded away. */
const FEW_FILES = 20;

/** The files that the task has changed, and those that it has read. */
export function renderFiles({ files }: TaskReportInput): Html {
  const produced = takeSome(files.produced, MAX_FILES, "files");
  const rows = produced.shown.map((file) => [
    html`<code>${brief(file.path, 1_000)}</code>`,
    file.previousPath === null ? file.kind : html`${file.kind} from <code>${brief(file.previousPath, 1_000)}</code>`,
    formatLines(file),
  ]);
  const columns = [{ label: "File" }, { label: "Change" }, { label: "Lines", isNumber: true }];
  const caption = `${countOf(files.produced.length, "file")} changed`;
  const consumed = takeSome(files.consumed, MAX_FILES, "files");
  const list = html`<ul>
${consumed.shown.map((path) => html`<li><code>${brief(path, 1_000)}</code></li>\n`)}</ul>
${consumed.remark}`;
  return section(
    "files",
    "Files",
    rows.length === 0 ? note("No file was changed.") : html`${table(caption, columns, rows)}${produced.remark}`,
    files.consumed.length === 0
      ? note("No file was read that the orchestrator knows of.")
      : foldable(`${countOf(files.consumed.length, "file")} read`, list, files.consumed.length <= FEW_FILES),
  );
}
