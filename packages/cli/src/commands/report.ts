import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Command } from "commander";
import { withOrchestrator } from "../session.js";
import { writeNew } from "./new-file.js";
import { parseChoice } from "./options.js";

export const OPEN_CHOICES = ["yes", "no"] as const;

export function registerReport(program: Command): void {
  program
    .command("report")
    .description("one task as a page for a browser, in a single file")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("-o, --output <file>", "the new file (default: orchestrator-<task-id>.html)")
    .option("--open <choice>", "show it in your browser: yes or no", "no")
    .action(async (taskId: string, flags: { output?: string; open: string }) => {
      const wantsBrowser = parseChoice(flags.open, OPEN_CHOICES, "a choice for --open") === "yes";
      const { id, page } = await withOrchestrator({}, async (orchestrator) => {
        const { taskId: found } = await orchestrator.getTaskDetails(taskId);
        return { id: found, page: await orchestrator.renderReport(found) };
      });
      const path = resolve(flags.output ?? `orchestrator-${id}.html`);
      writeNew(path, page);
      console.log(`Written: ${path}`);
      if (wantsBrowser) await openInBrowser(path);
    });
}

/** A machine without a browser is no failure: the file is there, and its path was said. */
async function openInBrowser(path: string): Promise<void> {
  const child = spawn(process.platform === "darwin" ? "open" : "xdg-open", [path], { detached: true, stdio: "ignore" });
  await new Promise<void>((done) => {
    child.once("spawn", done);
    child.once("error", () => {
      console.error("No browser could be started; open the file yourself.");
      done();
    });
  });
  child.unref();
}
