import type { Command } from "commander";
import { formatTime, paint, plain, wrap } from "../output/format.js";
import { renderReport } from "../output/report.js";
import { renderHeading, renderStep, renderTotals } from "../output/steps.js";
import { withOrchestrator } from "../session.js";

const DEFAULT_WIDTH = 80;
const MAX_PROMPT_SHOWN = 2_000;

export function registerTaskDetails(program: Command): void {
  program
    .command("task-details")
    .description("one task: its plan, steps, agents, files and costs")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--json", "print an object")
    .action(async (taskId: string, flags: { json?: true }) => {
      const task = await withOrchestrator({}, (orchestrator) => orchestrator.getTaskDetails(taskId));
      if (flags.json) return console.log(JSON.stringify(task, null, 2));
      const width = process.stdout.columns ?? DEFAULT_WIDTH;
      const field = (name: string, value: string) => `${paint("gray", name.padEnd(10))} ${value}`;
      console.log(renderHeading(task));
      console.log(field("prompt", wrap(task.prompt.slice(0, MAX_PROMPT_SHOWN), 11).trimStart()));
      console.log(field("directory", plain(task.workingDirectory)));
      console.log(field("created", formatTime(task.createdAt)));
      for (const [position, reason] of task.complexityReasons.entries())
        console.log(field(position === 0 ? "plan" : "", wrap(reason, 11).trimStart()));
      if (task.status === "running" && !task.ownerAlive)
        console.log(paint("yellow", "The process that ran this task is gone."));
      console.log(
        `\n${task.steps.map((step) => renderStep(step, task.agents, width)).join("\n")}\n\n${renderTotals(task)}\n`,
      );
      console.log(renderReport(task));
    });
}
