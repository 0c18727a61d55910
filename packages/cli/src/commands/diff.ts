import type { Orchestrator, TaskDiff } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { renderChanges, renderTotalOf } from "../output/changes.js";
import { hasColours, paint, plainButColours } from "../output/format.js";
import { page } from "../output/pager.js";
import { withOrchestrator } from "../session.js";
import { invalid } from "./options.js";

interface DiffFlags {
  step?: string;
  stat?: true;
  byStep?: true;
  pager: boolean;
  json?: true;
}

interface Part extends TaskDiff {
  /** The step that made these changes; `null` for the task as a whole. */
  stepKey: string | null;
}

export function registerDiff(program: Command): void {
  program
    .command("diff")
    .description("what a task has changed, as a patch")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--step <key>", "only what this step changed")
    .option("--by-step", "step by step")
    .option("--stat", "only the files, with the lines that came and went")
    .option("--no-pager", "print it, in a terminal too")
    .option("--json", "print an object with changes and patch; with --by-step an array of them")
    .action(async (taskId: string, flags: DiffFlags) => {
      if (flags.step !== undefined && flags.byStep)
        throw invalid("--step was given with --by-step, which shows every step", "Give one of them.");
      const parts = await withOrchestrator({}, (orchestrator) => readParts(orchestrator, taskId, flags));
      if (flags.json) {
        const [whole] = parts.map(({ changes, patch }) => ({ changes, patch }));
        return console.log(JSON.stringify(flags.byStep ? parts : whole, null, 2));
      }
      await show(parts, flags);
    });
}

async function readParts(orchestrator: Orchestrator, taskId: string, flags: DiffFlags): Promise<Part[]> {
  const color = !flags.json && hasColours();
  const { step: stepKey } = flags;
  if (!flags.byStep) return [{ stepKey: null, ...(await orchestrator.getDiff(taskId, { stepKey, color })) }];
  const parts: Part[] = [];
  for (const step of (await orchestrator.getTaskDetails(taskId)).steps) {
    if (step.toTree === null) continue;
    const diff = await orchestrator.getDiff(taskId, { stepKey: step.stepKey, color });
    if (diff.changes.length > 0) parts.push({ stepKey: step.stepKey, ...diff });
  }
  return parts;
}

async function show(parts: readonly Part[], flags: DiffFlags): Promise<void> {
  if (parts.every(({ changes }) => changes.length === 0)) {
    // Not on standard output: what stands there is a patch.
    console.error(`Nothing was changed${flags.step === undefined ? "" : ` by ${flags.step}`}.`);
    return;
  }
  const text = parts.map((part) => render(part, flags)).join("\n");
  if (!process.stdout.isTTY) process.stdout.write(text);
  else if (flags.pager) await page(plainButColours(text));
  else process.stdout.write(plainButColours(text));
}

/** In a pipe or file the patch stays as it is, byte for byte: it may be meant for git. */
function render({ stepKey, changes, patch }: Part, { stat }: DiffFlags): string {
  const heading = stepKey === null ? "" : `${paint("bold", stepKey)}  ${renderTotalOf(changes)}\n`;
  if (!stat) return `${heading}${patch}`;
  return `${heading}${renderChanges(changes)}\n${stepKey === null ? `${renderTotalOf(changes)}\n` : ""}`;
}
