import type { Command } from "commander";
import { renderComparison } from "../output/comparison.js";
import { withOrchestrator } from "../session.js";

export function registerCompare(program: Command): void {
  program
    .command("compare")
    .description("two tasks side by side: steps, checks, files, cost, time")
    .argument("<task-id>", "one: the id, or the beginning of it")
    .argument("<other-task-id>", "the other")
    .option("--json", "print an object")
    .action(async (left: string, right: string, flags: { json?: true }) => {
      const comparison = await withOrchestrator({}, (orchestrator) => orchestrator.compare(left, right));
      console.log(flags.json ? JSON.stringify(comparison, null, 2) : renderComparison(comparison));
    });
}
