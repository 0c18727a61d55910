import type { Estimate, TaskDetails } from "@claude-orchestrator/core";
import { describeCheckCommands } from "./checks.js";
import { countOf, formatTime } from "./format.js";

/** Where agents will work, said before they begin. */
export function describePlace(kind: Estimate["workspaceKind"], directory: string): string {
  return kind === "worktree"
    ? `Agents work on a copy of ${directory}; your files stay as they are until: orchestrator apply`
    : `Agents work in ${directory} itself, one writer at a time. Commit or stash what you want to keep apart.`;
}

/** The checks that will prove the work, each with its source, or what it means that there are none. */
export function describeProof(
  { taskType, steps, checks }: Pick<Estimate, "taskType" | "steps" | "checks">,
  { isPlannedByAgent, requireChecks }: { isPlannedByAgent: boolean; requireChecks: boolean },
): string {
  if (taskType === "code_review") return "Checks: none, for a review changes nothing that they could prove";
  if (!isPlannedByAgent && !steps.some((step) => step.writes))
    return "Checks: none, for no step writes; the task can end unverified at best";
  if (checks.length > 0) return `Checks: ${describeCheckCommands(checks)}`;
  const outcome = requireChecks
    ? "and one is required, so the task will fail"
    : "so the task can end unverified at best";
  return `Checks: none found, ${outcome}; name some under checks: in .orchestrator/config.yaml`;
}

/** What became of the user's uncommitted files; `null` where there were none. */
export function describeUncommitted(files: number, choice: TaskDetails["uncommitted"]): string | null {
  if (files === 0) return null;
  const became = choice === "bring" ? "brought along" : "left out";
  return `${countOf(files, "uncommitted file")} of yours ${files === 1 ? "was" : "were"} ${became}`;
}

/** Where the agents of a task worked, and what has become of it: names and values. */
export function describeWorkspaces(task: TaskDetails): [string, string][] {
  const fields: [string, string][] = [];
  for (const each of task.workspaces) {
    const where = each.removedAt === null ? each.directory : "removed";
    const name = each.lane === null ? "workspace" : `lane ${each.lane}`;
    if (each.kind === "in_place") fields.push([name, "the directory itself"]);
    else fields.push([name, `${where}, branch ${each.branch ?? "none"}, from ${short(each.startCommit)}`]);
    for (const { ref, files } of each.rescued) fields.push(["rescued", `${countOf(files, "file")}: ${ref}`]);
  }
  const [main] = task.workspaces;
  const uncommitted = main ? describeUncommitted(main.uncommittedFiles, task.uncommitted) : null;
  if (uncommitted) fields.push(["", uncommitted]);
  const { applied, undoneAt } = task;
  if (applied)
    fields.push([
      "applied",
      `${formatTime(applied.time)}, ${applied.mode}${applied.commit ? ` ${short(applied.commit)}` : ""}`,
    ]);
  if (undoneAt) fields.push(["undone", formatTime(undoneAt)]);
  return fields;
}

/** A commit's name as git shortens it. */
export function short(commit: string | null): string {
  return commit?.slice(0, 10) ?? "none";
}

/** Whether a task's agents have left anything that is different. */
export function hasChanges({ workspaces, files }: TaskDetails): boolean {
  const main = workspaces.find((each) => each.lane === null);
  if (main?.kind === "worktree") return main.tip !== null && main.tip !== main.startCommit;
  return files.produced.length > 0;
}
