import type { Command } from "commander";
import { oneLine } from "../output/format.js";
import { withOrchestrator } from "../session.js";

const MAX_PATH_SHOWN = 400;

export function registerUndo(program: Command): void {
  program
    .command("undo")
    .description("put back what a task has changed in the directory itself")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--json", "print an array of paths")
    .action(async (taskId: string, flags: { json?: true }) => {
      const paths = await withOrchestrator({}, (orchestrator) => orchestrator.undo(taskId));
      if (flags.json) return console.log(JSON.stringify(paths, null, 2));
      if (paths.length === 0) return console.log("It has changed nothing, so nothing was put back.");
      console.log(`Put back: ${paths.length === 1 ? "1 file" : `${paths.length} files`}`);
      for (const path of paths) console.log(`  ${oneLine(path, MAX_PATH_SHOWN)}`);
    });
}
