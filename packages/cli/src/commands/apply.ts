import { APPLY_MODES, type ApplyResult, type TaskDetails } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { paint, wrap } from "../output/format.js";
import { short } from "../output/workspace.js";
import { withOrchestrator } from "../session.js";
import { parseChoice } from "./options.js";

interface ApplyFlags {
  mode?: string;
  message?: string;
  force?: true;
  hooks?: true;
  json?: true;
}

export function registerApply(program: Command): void {
  program
    .command("apply")
    .description("bring the result of a task into your checkout: all of it, or nothing")
    .argument("<task-id>", "the id, or the beginning of it")
    .option("--mode <mode>", `${APPLY_MODES.join(", ")} (default: merge; patch where uncommitted changes were brought)`)
    .option("--message <text>", "of the commit (default: the prompt)")
    .option("--force", "also the result of a task that failed, was cancelled, or was applied before")
    .option("--hooks", "let the repository's hooks run and the commit be signed")
    .option("--json", "print an object")
    .action(async (taskId: string, flags: ApplyFlags) => {
      const mode = flags.mode === undefined ? undefined : parseChoice(flags.mode, APPLY_MODES, "a mode of applying");
      const { message, force, hooks: withHooks } = flags;
      const { task, result } = await withOrchestrator({}, async (orchestrator) => {
        const details = await orchestrator.getTaskDetails(taskId);
        const options = { mode, message, force, withHooks };
        return { task: details, result: await orchestrator.apply(details.taskId, options) };
      });
      console.log(flags.json ? JSON.stringify(result, null, 2) : describe(task, result));
    });
}

/** What was done, what it rests on, and how to go back. */
function describe({ taskId, status }: TaskDetails, { mode, from, commit, repository }: ApplyResult): string {
  const isNothing = mode !== "patch" && commit === null;
  if (isNothing) return `${taskId} has changed nothing, so nothing was brought in.`;
  const what = {
    merge: `as the merge commit ${short(commit)}, with the commits of its steps`,
    squash: `as the one commit ${short(commit)}`,
    patch: "as changed files; nothing is committed",
  }[mode];
  const lines = [wrap(`The result of ${taskId} is in ${repository} ${what}.`, 0)];
  if (status !== "completed") {
    const why = status === "unverified" ? "no check has proven it" : "look at it with care";
    lines.push(paint("yellow", `It is ${status}: ${why}.`));
  }
  const back =
    mode === "patch"
      ? `orchestrator diff ${taskId} | git -C ${repository} apply -R`
      : `git -C ${repository} reset --keep ${short(from)}`;
  lines.push(`To go back: ${back}`);
  return lines.join("\n");
}
