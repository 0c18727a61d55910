import type { Orchestrator } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { toCsv } from "../output/csv.js";
import { withOrchestrator } from "../session.js";
import { writeNew } from "./new-file.js";
import { invalid, NO_LIMIT, parseChoice } from "./options.js";

const PAGE = 5_000;
const KINDS = ["tasks", "steps", "agents", "ledger", "files", "events"] as const;
/** Files that were read have fewer fields than those that were changed. */
const FILE_COLUMNS = ["taskId", "use", "path", "kind", "previousPath", "linesAdded", "linesRemoved"];
type Kind = (typeof KINDS)[number];
const FORMATS = ["json", "csv"] as const;

export function registerExport(program: Command): void {
  program
    .command("export")
    .description("write everything that is recorded as JSON, or one kind of it as CSV")
    .argument("[kind]", `one of ${KINDS.join(", ")}; all of them in one JSON document when left out`)
    .option("--format <format>", FORMATS.join(" or "), "json")
    .option("-o, --output <file>", "write to a new file instead of standard output")
    .action(async (kind: string | undefined, flags: { format: string; output?: string }) => {
      const format = parseChoice(flags.format, FORMATS, "a format");
      const only = kind === undefined ? null : parseChoice(kind, KINDS, "something that can be exported");
      if (format === "csv" && only === null)
        throw invalid("CSV holds one table", `Name one: ${KINDS.join(", ")}. For example: export tasks --format csv`);
      const text = await withOrchestrator({}, (orchestrator) => compose(orchestrator, only, format));
      if (flags.output === undefined) process.stdout.write(text);
      else writeNew(flags.output, text);
    });
}

async function compose(orchestrator: Orchestrator, only: Kind | null, format: "json" | "csv"): Promise<string> {
  if (only !== null) {
    const rows = await read(orchestrator, only);
    if (format === "json") return `${JSON.stringify(rows, null, 2)}\n`;
    const columns = only === "files" ? FILE_COLUMNS : [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return columns.length > 0 ? toCsv(columns, rows) : "";
  }
  const all: Partial<Record<Kind, object[]>> = {};
  for (const kind of KINDS) all[kind] = await read(orchestrator, kind);
  return `${JSON.stringify(all, null, 2)}\n`;
}

async function read(orchestrator: Orchestrator, kind: Kind): Promise<object[]> {
  switch (kind) {
    case "tasks":
      return orchestrator.listTasks({ limit: NO_LIMIT });
    case "agents":
      return orchestrator.listAgents({ limit: NO_LIMIT });
    case "ledger":
      return orchestrator.listLedger();
    case "steps":
    case "files":
      return readDetails(orchestrator, kind);
    case "events":
      return readEvents(orchestrator);
  }
}

async function readDetails(orchestrator: Orchestrator, kind: "steps" | "files"): Promise<object[]> {
  const rows: object[] = [];
  for (const { taskId } of await orchestrator.listTasks({ limit: NO_LIMIT })) {
    const { steps, files } = await orchestrator.getTaskDetails(taskId);
    if (kind === "steps") rows.push(...steps);
    else
      rows.push(
        ...files.produced.map((file) => ({ taskId, use: "produced", ...file })),
        ...files.consumed.map((path) => ({ taskId, use: "consumed", path })),
      );
  }
  return rows;
}

/** Those that there are now; whoever wants those to come uses `watch --json`. */
async function readEvents(orchestrator: Orchestrator): Promise<object[]> {
  const rows: object[] = [];
  for (let after = 0; ; ) {
    const page = await orchestrator.listEvents({ after, limit: PAGE });
    const last = page.at(-1);
    if (!last) return rows;
    rows.push(...page);
    after = last.seq;
  }
}
