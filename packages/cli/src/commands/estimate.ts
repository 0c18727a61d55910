import { ANALYST_CHOICES, TASK_TYPES } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { describeCheckCommands } from "../output/checks.js";
import { renderForecast } from "../output/estimate.js";
import { renderField } from "../output/fields.js";
import { wrap } from "../output/format.js";
import { withOrchestrator } from "../session.js";
import { parseChoice, readText } from "./options.js";

interface EstimateFlags {
  file?: string;
  taskType: string;
  analyst: string;
  workflow?: string;
  inPlace?: true;
  cwd?: string;
  json?: true;
}

export function registerEstimate(program: Command): void {
  program
    .command("estimate")
    .description("what a task would be and probably cost, without running anything")
    .argument("[prompt...]", "the task; - reads it from standard input")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("--task-type <type>", `one of ${TASK_TYPES.join(", ")}`, "auto")
    .option("--analyst <choice>", `research first: ${ANALYST_CHOICES.join(", ")}`, "auto")
    .option("--workflow <name>", "a workflow of .orchestrator/workflows/")
    .option("--in-place", "as if agents worked in the directory itself")
    .option("--cwd <directory>", "the repository (default: the current directory)")
    .option("--json", "print an object")
    .action(async (words: string[], flags: EstimateFlags) => {
      const options = {
        prompt: readText(words, flags.file),
        taskType: parseChoice(flags.taskType, TASK_TYPES, "a task type"),
        includeAnalyst: parseChoice(flags.analyst, ANALYST_CHOICES, "a choice for --analyst"),
        workflow: flags.workflow,
        inPlace: flags.inPlace,
      };
      const library = flags.cwd === undefined ? {} : { workingDirectory: flags.cwd };
      const estimate = await withOrchestrator(library, (orchestrator) => orchestrator.estimate(options));
      if (flags.json) return console.log(JSON.stringify(estimate, null, 2));
      const { taskType, complexity, reasons, steps, agents, forecast, workspaceKind, checks } = estimate;
      console.log(renderField("type", taskType));
      console.log(renderField("complexity", complexity));
      for (const [index, reason] of reasons.entries())
        console.log(renderField(index === 0 ? "because" : "", wrap(reason, 11).trimStart()));
      console.log(renderField("steps", steps.map((step) => step.key).join(" → ")));
      console.log(renderField("agents", String(agents)));
      const history = "no history yet: nothing like it has run in this repository";
      console.log(renderField("forecast", wrap(forecast ? renderForecast(forecast) : history, 11).trimStart()));
      const place = workspaceKind === "worktree" ? "a copy of the repository" : "the directory itself";
      console.log(renderField("workspace", place));
      const proof = checks.length > 0 ? describeCheckCommands(checks) : "none: it can end unverified at best";
      console.log(renderField("checks", taskType === "code_review" ? "none needed" : wrap(proof, 11).trimStart()));
    });
}
