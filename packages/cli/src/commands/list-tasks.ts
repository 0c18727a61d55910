import { isTaskEnded, TASK_STATUSES, type TaskStatus, type TaskSummary } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { formatCostOf, formatTime, paint, paintStatus } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";
import { parseChoice, parseLimit } from "./options.js";

export function registerListTasks(program: Command): void {
  program
    .command("list-tasks")
    .description("the tasks, newest first")
    .option("--status <status>", `only those that are ${TASK_STATUSES.join(", ")}`)
    .option("--limit <count>", "at most so many", "50")
    .option("--json", "print an array")
    .action(async (flags: { status?: string; limit: string; json?: true }) => {
      const status = flags.status === undefined ? undefined : parseChoice(flags.status, TASK_STATUSES, "a status");
      const filter: { status?: TaskStatus; limit: number } = { limit: parseLimit(flags.limit) };
      if (status) filter.status = status;
      const tasks = await withOrchestrator({}, (orchestrator) => orchestrator.listTasks(filter));
      if (flags.json) return console.log(JSON.stringify(tasks, null, 2));
      if (tasks.length === 0) return console.log("No tasks yet. Begin with: orchestrator demo");
      const rows = tasks.map((task) => [
        task.taskId,
        isGone(task) ? paint("yellow", "gone") : paintStatus(task.status),
        task.taskType,
        formatTime(task.createdAt).slice(5, 16),
        formatCostOf(task),
        `${task.rehearsal ? "[rehearsal] " : ""}${task.prompt}`,
      ]);
      console.log(renderTable(["task", "status", "type", "created", ">cost", "prompt"], rows));
      if (tasks.some(isGone))
        console.log("gone: the process that ran it is not there any more; resume goes on with it");
      if (tasks.some((task) => task.status === "needs_attention"))
        console.log("needs_attention: what it waits for is in task-details; then resume goes on with it");
    });
}

/** One that needs attention, or is paused, waits for its user, without a process. */
function isGone({ ownerAlive, status }: TaskSummary): boolean {
  return !ownerAlive && !isTaskEnded(status) && status !== "needs_attention" && status !== "paused";
}
