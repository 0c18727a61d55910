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
        oneLine(role.name, 20),
        role.writes ? "yes" : "no",
        oneLine(role.model ?? "default", 12),
        oneLine(role.source, 26),
        oneLine(role.description, 40),
      ]);
      console.log(renderTable(["role", "writes", "model", "source", "when to use it"], fit(rows)));
      for (const warning of warnings) console.error(paint("yellow", `! ${plain(warning)}`));
    });
}

const WIDTH = 80;

/** The last column takes what the others leave of 80 columns. */
function fit(rows: readonly string[][]): string[][] {
  const widthOf = (column: number) => Math.max(10, ...rows.map((row) => row[column]?.length ?? 0));
  const used = [0, 1, 2, 3].reduce((sum, column) => sum + (column === 1 ? 6 : widthOf(column)) + 2, 0);
  return rows.map((row) =>
    row.map((cell, column) => (column === 4 ? oneLine(cell, Math.max(20, WIDTH - used)) : cell)),
  );
}
