import type { Command } from "commander";
import { oneLine, paint, plain } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";

export function registerRoles(program: Command): void {
  program
    .command("roles")
    .description("the roles that can be used here, with where each comes from")
    .option("--cwd <directory>", "the repository (default: the current directory)")
    .option("--json", "print an object")
    .action(async (flags: { cwd?: string; json?: true }) => {
      const library = flags.cwd === undefined ? {} : { workingDirectory: flags.cwd };
      const { roles, warnings } = await withOrchestrator(library, async (orchestrator) => orchestrator.listRoles());
      if (flags.json) return console.log(JSON.stringify({ roles, warnings }, null, 2));
      const rows = roles.map((role) => [
        role.name,
        role.writes ? "yes" : "no",
        oneLine(role.model ?? "default", 12),
        oneLine(role.source, 26),
        role.description,
      ]);
      console.log(renderTable(["role", "writes", "model", "source", "when to use it"], rows));
      for (const warning of warnings) console.error(paint("yellow", `! ${plain(warning)}`, process.stderr));
    });
}
