import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { CheckRecord, TaskDetails } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { describeCheckCommands, formatTests, resultOf } from "../output/checks.js";
import { markOf, oneLine, paint, plain, wrap } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";

/** A run of a check, and whether its log is still what was recorded: `null` when the file is gone. */
type Evidence = CheckRecord & { logIntact: boolean | null };

const MAX_TESTS_SHOWN = 20;
const LABEL_WIDTH = 9;

export function registerChecks(program: Command): void {
  program
    .command("checks")
    .description("the checks that were run on a task's work: the evidence")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--log", "print what each of them printed")
    .option("--json", "print an array")
    .action(async (taskId: string, flags: { log?: true; json?: true }) => {
      const task = await withOrchestrator({}, (orchestrator) => orchestrator.getTaskDetails(taskId));
      const evidence = task.checks.map((check) => ({ ...check, logIntact: isIntact(check) }));
      if (flags.json) return console.log(JSON.stringify(evidence, null, 2));
      if (evidence.length === 0) return console.log(whyNone(task));
      console.log(flags.log ? evidence.map(renderLog).join("\n") : render(evidence));
    });
}

function isIntact({ logPath, logHash }: CheckRecord): boolean | null {
  const log = readLog(logPath);
  return log === null ? null : createHash("sha256").update(log).digest("hex") === logHash;
}

function readLog(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

function whyNone({ checkCommands, taskId }: TaskDetails): string {
  if (checkCommands.length > 0) return `No check has run on ${taskId}: ${describeCheckCommands(checkCommands)}.`;
  return `No check was found for ${taskId}.\nName some under checks: in .orchestrator/config.yaml.`;
}

function render(evidence: readonly Evidence[]): string {
  const rows = evidence.map((check) => [
    oneLine(check.stepKey, 22),
    oneLine(check.name, 16),
    `${markOf(check.passed ? "passed" : "failed")} ${resultOf(check)}`,
    check.exitCode === null ? "–" : String(check.exitCode),
    (check.durationMs / 1_000).toFixed(1),
    formatTests(check.counts),
  ]);
  const table = renderTable(["step", "check", "result", ">exit", ">seconds", "tests"], rows);
  const noted = evidence.filter((check) => !check.passed || check.reason || !check.logIntact);
  return [table, ...noted.map(renderDetails)].join("\n\n");
}

/** What stands behind one run: enough to run it again, and to see that its log is the one that was judged. */
function renderDetails(check: Evidence): string {
  const { stepKey, name, command, reason, failedTests, logPath, logHash, logIntact } = check;
  const line = (label: string, text: string) => `  ${paint("gray", label.padEnd(LABEL_WIDTH))} ${text}`;
  const lines = [paint("bold", `${stepKey}, ${name}: ${resultOf(check)}`), line("command", plain(command))];
  if (reason) lines.push(line("reason", wrap(reason, LABEL_WIDTH + 3).trimStart()));
  for (const [position, test] of failedTests.slice(0, MAX_TESTS_SHOWN).entries())
    lines.push(line(position === 0 ? "failing" : "", oneLine(test, 66)));
  if (failedTests.length > MAX_TESTS_SHOWN) lines.push(line("", `and ${failedTests.length - MAX_TESTS_SHOWN} more`));
  lines.push(line("log", logPath), line("sha-256", logHash));
  const state =
    logIntact === null ? "the log is gone" : logIntact ? "the log is as it was recorded" : "THE LOG WAS CHANGED";
  lines.push(line("", logIntact ? state : paint("yellow", state)));
  return lines.join("\n");
}

function renderLog({ stepKey, name, command, logPath }: Evidence): string {
  const log = readLog(logPath);
  const heading = paint("bold", `${stepKey}, ${name}: ${plain(command)} (${formatLog(log)})`);
  return `${heading}\n${log === null ? `  ${logPath} is gone` : plain(log.toString("utf8")).trimEnd()}\n`;
}

function formatLog(log: Buffer | null): string {
  return log === null ? "no log" : `${log.length} bytes`;
}
