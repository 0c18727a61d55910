import type { TaskDetails } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { describeCheckCommands } from "../output/checks.js";
import { renderField } from "../output/fields.js";
import { formatCost, formatTime, terminalWidth, wrap } from "../output/format.js";
import { renderReport } from "../output/report.js";
import { describeStandstill } from "../output/standstill.js";
import { renderHeading, renderSteps, renderTotals } from "../output/steps.js";
import { describeWorkspaces, short } from "../output/workspace.js";
import { withOrchestrator } from "../session.js";

const MAX_PROMPT_SHOWN = 2_000;
const FIELD_INDENT = 11;

export function registerTaskDetails(program: Command): void {
  program
    .command("task-details")
    .description("one task: its plan, steps, agents, files and costs")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--json", "print an object")
    .action(async (taskId: string, flags: { json?: true }) => {
      const task = await withOrchestrator({}, (orchestrator) => orchestrator.getTaskDetails(taskId));
      if (flags.json) return console.log(JSON.stringify(task, null, 2));
      const width = terminalWidth();
      const field = (name: string, value: string) => renderField(name, wrap(value, FIELD_INDENT).trimStart());
      console.log(renderHeading(task));
      console.log(field("prompt", task.prompt.slice(0, MAX_PROMPT_SHOWN)));
      console.log(field("directory", task.workingDirectory));
      console.log(field("created", formatTime(task.createdAt)));
      for (const [position, reason] of task.complexityReasons.entries())
        console.log(field(position === 0 ? "plan" : "", reason));
      for (const [name, value] of describePlan(task)) console.log(field(name, value));
      for (const [name, value] of describeWorkspaces(task)) console.log(field(name, value));
      // A step that wrote nothing has a commit all the same: of nobody's interest.
      for (const { stepKey, commit } of task.steps.filter((step) => step.commit && step.fromTree !== step.toTree))
        console.log(field("commit", `${short(commit)} ${stepKey}`));
      if (!task.attention) for (const line of describeStandstill(task)) console.log(line);
      console.log(`\n${renderSteps(task, width)}\n\n${renderTotals(task)}\n`);
      console.log(renderReport(task));
    });
}

/** Where the plan comes from, beyond what the prompt was seen to say. */
function describePlan(task: TaskDetails): [string, string][] {
  const fields: [string, string | null][] = [
    ["planned by", task.planMode === "ai" ? "an agent" : null],
    ["workflow", task.workflow],
    ["rationale", task.rationale || null],
    ["left out", task.skippedRoles.map(({ role, reason }) => `${role}: ${reason}`).join("\n") || null],
    ["fallback", task.fallbackReason && `the template is used: ${task.fallbackReason}`],
    ["checks", describeCheckCommands(task.checkCommands) || null],
    ["budget", task.budgetUsd === null ? null : formatCost(task.budgetUsd)],
    ["priority", task.priority === 0 ? null : String(task.priority)],
    ["after", task.afterTaskId],
    ["follows up", task.followUpOf],
    ["forked from", task.forkOf && `${task.forkOf.taskId} at ${task.forkOf.stepKey}`],
  ];
  return fields.filter((field): field is [string, string] => field[1] !== null);
}
