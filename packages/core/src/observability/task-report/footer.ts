import type { WorkspaceRecord } from "../../store/index.js";
import { type Html, html } from "./escape.js";
import type { TaskReportInput } from "./input.js";
import { brief, facts, table, takeSome } from "./parts.js";
import { countOf, formatDuration, formatTime } from "./words.js";

const MAX_WORKSPACES = 50;
const MAX_VERSIONS = 20;

/** Where all this can be found again. */
export function renderFooter(input: TaskReportInput): Html {
  const { task, workspaces, versions, writtenAt, events } = input;
  const main = workspaces.find((each) => each.lane === null);
  const code = (value: string | null | undefined) => value && html`<code>${brief(value, 1_000)}</code>`;
  return html`<footer>
<h2>Where it comes from</h2>
${facts([
  ["Task", code(task.taskId)],
  ["Follows up", code(task.followUpOf)],
  ["Forked from", task.forkOf && html`${code(task.forkOf.taskId)} at ${brief(task.forkOf.stepKey, 120)}`],
  ["Began after", code(task.afterTaskId)],
  ["Directory", code(task.workingDirectory)],
  ["Branch", code(main?.branch) ?? (main ? "none: it worked in the directory itself" : "none yet")],
  ["Start commit", code(main?.startCommit) ?? "none"],
  ["Stands at", code(main?.tip)],
  [
    "Uncommitted files",
    main &&
      main.uncommittedFiles > 0 &&
      `${countOf(main.uncommittedFiles, "file")} ${task.uncommitted === "bring" ? "brought along" : "left out"}`,
  ],
  ["Rescued", main && main.rescued.length > 0 && brief(main.rescued.map(({ ref }) => ref).join(", "), 1_000)],
  ["Events", countOf(events.read, "event")],
])}${renderLanes(workspaces)}${facts(versions.slice(0, MAX_VERSIONS).map(({ name, version }) => [brief(name, 80), brief(version, 120)]))}<p class="note">Written ${formatTime(writtenAt)}. This file is complete in itself: it loads nothing and runs nothing.</p>
</footer>
`;
}

/** Worktrees of parallel writers, and the commands that made workspaces ready. */
function renderLanes(workspaces: readonly WorkspaceRecord[]): Html {
  const lanes = takeSome(
    workspaces.filter((each) => each.lane !== null),
    MAX_WORKSPACES,
    "workspaces",
  );
  const setup = takeSome(
    workspaces.flatMap((each) => each.prepared?.setup ?? []),
    MAX_WORKSPACES,
    "commands",
  );
  const laneRows = lanes.shown.map(({ lane, branch, startCommit }) => [
    brief(lane ?? "", 120),
    html`<code>${brief(branch ?? "none", 400)}</code>`,
    html`<code>${brief(startCommit ?? "none", 120)}</code>`,
  ]);
  const setupRows = setup.shown.map(({ command, outcome, exitCode, durationMs }) => [
    html`<code>${brief(command, 1_000)}</code>`,
    outcome.replaceAll("_", " "),
    exitCode === null ? "none" : String(exitCode),
    formatDuration(durationMs),
  ]);
  const laneColumns = [{ label: "Lane" }, { label: "Branch" }, { label: "Start commit" }];
  const setupColumns = [
    { label: "Command" },
    { label: "Outcome" },
    { label: "Exit code", isNumber: true },
    { label: "Time", isNumber: true },
  ];
  return html`${laneRows.length > 0 && html`${table("Worktrees of parallel steps", laneColumns, laneRows)}${lanes.remark}`}${
    setupRows.length > 0 && html`${table("Commands that made the files ready", setupColumns, setupRows)}${setup.remark}`
  }`;
}
