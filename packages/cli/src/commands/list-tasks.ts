import { OrchestratorError, TASK_STATUSES, type TaskStatus } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { formatCost, formatTime, oneLine, paintStatus } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";
import { parseLimit } from "./options.js";

export function registerListTasks(program: Command): void {
  program
    .command("list-tasks")
    .description("the tasks, newest first")
    .option("--status <status>", `only those that are ${TASK_STATUSES.join(", ")}`)
    .option("--limit <count>", "at most so many", "50")
    .option("--json", "print an array")
    .action(async (flags: { status?: string; limit: string; json?: true }) => {
      const status = TASK_STATUSES.find((each) => each === flags.status);
      if (flags.status !== undefined && !status) throw unknownStatus(flags.status, TASK_STATUSES);
      const filter: { status?: TaskStatus; limit: number } = { limit: parseLimit(flags.limit) };
      if (status) filter.status = status;
      const tasks = await withOrchestrator({}, (orchestrator) => orchestrator.listTasks(filter));
      if (flags.json) return console.log(JSON.stringify(tasks, null, 2));
      if (tasks.length === 0) return console.log("No tasks yet. Begin with: orchestrator demo");
      const rows = tasks.map((task) => [
        task.taskId,
        paintStatus(task.status),
        task.taskType,
        formatTime(task.createdAt).slice(5, 16),
        formatCost(task.costUsd),
        oneLine(`${task.rehearsal ? "[rehearsal] " : ""}${task.prompt}`, 30),
      ]);
      console.log(renderTable(["task", "status", "type", "created", ">cost", "prompt"], rows));
    });
}

/** The error for a status that there is not. */
export function unknownStatus(value: string, known: readonly string[]): OrchestratorError {
  return new OrchestratorError(
    "invalid_input",
    `"${value}" is not a status.`,
    `The statuses are: ${known.join(", ")}.`,
  );
}
