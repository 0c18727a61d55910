import { COST_GROUPS, type CostGroup, type CostRow, PRICES_DATE } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { toCsv } from "../output/csv.js";
import { formatCost, formatCount, oneLine } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";
import { invalid, parseChoice } from "./options.js";

interface CostReportFlags {
  by?: string;
  byAgent?: true;
  byTask?: true;
  byRole?: true;
  byModel?: true;
  byTaskType?: true;
  byDay?: true;
  since?: string;
  rehearsals?: true;
  format: string;
  json?: true;
}

const FORMATS = ["table", "json", "csv"] as const;
const COLUMNS = [
  "key",
  "modelCalls",
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "costUsd",
  "unpricedCalls",
  "incompleteCalls",
];

export function registerCostReport(program: Command): void {
  program
    .command("cost-report")
    .description("what everything has cost; rehearsals are left out")
    .option("--by <group>", `one of ${COST_GROUPS.join(", ")} (default: role)`)
    .option("--by-agent", "the same as --by agent")
    .option("--by-task", "the same as --by task")
    .option("--by-role", "the same as --by role")
    .option("--by-model", "the same as --by model")
    .option("--by-task-type", "the same as --by taskType")
    .option("--by-day", "the same as --by day")
    .option("--since <date>", "only calls from this day on, as 2026-11-22")
    .option("--rehearsals", "the rehearsals only: what they would have cost")
    .option("--format <format>", FORMATS.join(", "), "table")
    .option("--json", "the same as --format json")
    .action(async (flags: CostReportFlags) => {
      const group = findGroup(flags);
      const format = flags.json ? "json" : parseChoice(flags.format, FORMATS, "a format");
      const filter = {
        since: flags.since === undefined ? undefined : parseDay(flags.since),
        rehearsal: flags.rehearsals,
      };
      const rows = await withOrchestrator({}, (orchestrator) => orchestrator.costs(group, filter));
      if (format === "json") return console.log(JSON.stringify(rows, null, 2));
      if (format === "csv") {
        process.stdout.write(toCsv(COLUMNS, rows));
        return;
      }
      console.log(renderCosts(group, rows, flags.rehearsals === true));
    });
}

function findGroup(flags: CostReportFlags): CostGroup {
  const switches = { agent: flags.byAgent, task: flags.byTask, role: flags.byRole, model: flags.byModel };
  const all = { ...switches, taskType: flags.byTaskType, day: flags.byDay };
  const given = COST_GROUPS.filter((group) => all[group]);
  if (flags.by !== undefined) given.push(parseChoice(flags.by, COST_GROUPS, "something to sum by"));
  if (given.length > 1) throw invalid(`The costs are to be summed by ${given.join(" and ")}`, "Name one of them.");
  return given[0] ?? "role";
}

function parseDay(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00`) : Number.NaN;
  const isDay = !Number.isNaN(time) && new Date(time).getDate() === Number(text.slice(8));
  if (!isDay) throw invalid(`"${text}" is not a day`, "Give it as 2026-11-22.");
  return new Date(time).toISOString();
}

function renderCosts(group: CostGroup, rows: readonly CostRow[], areRehearsals: boolean): string {
  if (rows.length === 0) return "Nothing was spent.";
  const sum = (read: (row: CostRow) => number) => rows.reduce((total, row) => total + read(row), 0);
  const cells = (key: string, row: (read: (each: CostRow) => number) => number, costUsd: number | null) => [
    oneLine(key, 28),
    String(row((each) => each.modelCalls)),
    formatCount(row((each) => each.inputTokens)),
    formatCount(row((each) => each.outputTokens)),
    formatCount(row((each) => each.cacheReadTokens + each.cacheWriteTokens)),
    formatCost(costUsd),
  ];
  const lines = rows.map((row) => cells(row.key, (read) => read(row), row.costUsd));
  const isPriced = rows.some((row) => row.costUsd !== null);
  lines.push(cells("total", sum, isPriced ? sum((row) => row.costUsd ?? 0) : null));
  const name = group === "taskType" ? "task type" : group;
  const notes = [`Costs are computed from the price list of ${PRICES_DATE}.`];
  if (areRehearsals) notes.push("Rehearsals: the model was scripted and nothing was charged.");
  const unpriced = sum((row) => row.unpricedCalls);
  if (unpriced > 0) notes.push(`Calls of models without a known price, which are not in the costs: ${unpriced}.`);
  return `${renderTable([name, ">calls", ">in", ">out", ">cache", ">cost"], lines)}\n\n${notes.join("\n")}`;
}
