import { basename } from "node:path";
import { TEMPLATES } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";

export function registerWorkflows(program: Command): void {
  program
    .command("workflows")
    .description("the workflows that can be used here: task types, and files of .orchestrator/workflows/")
    .option("--cwd <directory>", "the repository (default: the current directory)")
    .option("--json", "print an array")
    .action(async (flags: { cwd?: string; json?: true }) => {
      const library = flags.cwd === undefined ? {} : { workingDirectory: flags.cwd };
      const own = await withOrchestrator(library, async (orchestrator) => orchestrator.listWorkflows());
      const builtIn = Object.entries(TEMPLATES).map(([name, roles]) => ({
        name,
        source: "built-in",
        roles: [...roles],
      }));
      if (flags.json) {
        const files = own.map(({ steps, ...workflow }) => ({
          ...workflow,
          roles: steps.map((step) => step.role),
          steps,
        }));
        return console.log(JSON.stringify([...builtIn, ...files], null, 2));
      }
      const rows = builtIn.map(({ name, source, roles }) => [name, source, roles.join("→")]);
      for (const { name, source, steps } of own)
        rows.push([name, basename(source), steps.map((step) => step.key).join(", ")]);
      console.log(renderTable(["workflow", "source", "steps"], rows));
      console.log('\nA task type: execute --task-type bug_fix "…"\nA file:      execute --workflow <name> "…"');
    });
}
