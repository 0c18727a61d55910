import type { FleetStatus } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { countOf, formatCost, formatCount, paint, terminalWidth, tokensOf } from "../output/format.js";
import { describeHold, describeOtherHold, describeStandstill } from "../output/standstill.js";
import { renderHeading, renderSteps, renderTotals } from "../output/steps.js";
import { withOrchestrator } from "../session.js";

export function registerStatus(program: Command): void {
  program
    .command("status")
    .description("the fleet: what runs, and what it has cost so far")
    .option("--json", "print an object")
    .action(async (flags: { json?: true }) => {
      const status = await withOrchestrator({}, (orchestrator) => orchestrator.getStatus());
      console.log(flags.json ? JSON.stringify(status, null, 2) : renderStatus(status));
    });
}

/** The fleet as text. */
export function renderStatus({ tasks, agents, totals, files, holds, running }: FleetStatus): string {
  const width = terminalWidth();
  const counts = (by: object) =>
    Object.entries(by)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  const line = (name: string, value: string) => `${paint("gray", name.padEnd(8))} ${value}`;
  const lines = [
    line("tasks", tasks.total === 0 ? "none yet" : `${tasks.total} (${counts(tasks.byStatus)})`),
    line("agents", agents.total === 0 ? "none yet" : `${agents.total} (${counts(agents.byStatus)})`),
    line(
      "used",
      `${formatCount(tokensOf(totals))} tokens in ${countOf(totals.modelCalls, "call")}, ${formatCost(totals.costUsd)} (rehearsals not counted)`,
    ),
  ];
  lines.push(line("files", `${files.consumed} read, ${files.produced} changed`));
  for (const hold of holds) {
    const text = hold.isOurs ? describeHold(hold) : describeOtherHold(hold);
    if (text) lines.push("", paint(hold.isOurs ? "yellow" : "gray", text));
  }
  for (const task of running) {
    lines.push("", renderHeading(task), ...describeStandstill(task), renderSteps(task, width), renderTotals(task));
  }
  if (running.length === 0) lines.push("", "Nothing runs now.");
  return lines.join("\n");
}
