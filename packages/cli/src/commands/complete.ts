import {
  AGENT_STATUSES,
  ANALYST_CHOICES,
  APPLY_MODES,
  COST_GROUPS,
  type Orchestrator,
  TASK_STATUSES,
  TASK_TYPES,
  UNCOMMITTED_CHOICES,
} from "@claude-orchestrator/core";
import type { Argument, Command, Option } from "commander";
import { withOrchestrator } from "../session.js";
import { OPEN_CHOICES } from "./report.js";
import { RESCUE_ACTIONS } from "./rescue.js";

/** So many ids are offered, the newest first: nobody picks from more. */
const MAX_IDS = 50;
/** Of so many tasks the agents are offered, too: their logs are asked for. */
const MAX_TASKS = 10;

/** @param words - the command line so far */
type Candidates = (
  orchestrator: Orchestrator,
  words: readonly string[],
) => Promise<readonly string[]> | readonly string[];

const roleNames: Candidates = (orchestrator) => orchestrator.listRoles().roles.map((role) => role.name);
const taskIds: Candidates = async (orchestrator) =>
  (await orchestrator.listTasks({ limit: MAX_IDS })).map((task) => task.taskId);
const agentIds: Candidates = async (orchestrator) => {
  const [living, tasks] = await Promise.all([
    orchestrator.listAgents({ isDeleted: false, limit: MAX_IDS }),
    orchestrator.listTasks({ limit: MAX_TASKS }),
  ]);
  const deleted = await Promise.all(tasks.map(({ taskId }) => orchestrator.listAgents({ taskId, isDeleted: true })));
  return [...living, ...deleted.flat()].map((agent) => agent.agentId).slice(0, MAX_IDS);
};

/** Steps belong to the task that is named in the line. */
const stepKeys: Candidates = async (orchestrator, words) => {
  const taskId = words.find((word) => word.startsWith("task_"));
  return taskId ? (await orchestrator.getTaskDetails(taskId)).steps.map((step) => step.stepKey) : [];
};
const keptRefs: Candidates = async (orchestrator) => (await orchestrator.listRescued()).map(({ ref }) => ref);

/** What an option's value or an argument can be, by its name. */
const VALUES: Readonly<Record<string, Candidates>> = {
  "--role": roleNames,
  "--roles": roleNames,
  role: roleNames,
  "--task-type": () => TASK_TYPES,
  "--analyst": () => ANALYST_CHOICES,
  "--mode": (_, words) => (words[0] === "apply" ? APPLY_MODES : ["sequential", "parallel"]),
  "--uncommitted": () => UNCOMMITTED_CHOICES,
  "--open": () => OPEN_CHOICES,
  "--step": stepKeys,
  "--at": stepKeys,
  step: stepKeys,
  "--plan": () => ["template", "ai"],
  "--by": () => COST_GROUPS,
  "--workflow": (orchestrator) => orchestrator.listWorkflows().map((workflow) => workflow.name),
  "--task": taskIds,
  "--after": taskIds,
  "task-id": taskIds,
  "other-task-id": taskIds,
  "agent-id": agentIds,
  "--show": () => ["text", "prompt", "tools", "summary"],
  action: () => RESCUE_ACTIONS,
  ref: keptRefs,
  shell: () => ["bash", "zsh", "fish"],
  kind: () => ["tasks", "steps", "agents", "ledger", "files", "events"],
};

export function registerComplete(program: Command): void {
  program
    .command("complete", { hidden: true })
    .argument("[words...]", "the words of the command line so far, the last one perhaps begun")
    .allowUnknownOption()
    .action(async (words: string[]) => {
      for (const candidate of await complete(program, words)) console.log(candidate);
    });
}

/**
 * What the last word can become.
 *
 * @param program - with every command registered
 * @param words - without the program's own name; the last one is what the cursor stands at
 */
async function complete(program: Command, words: readonly string[]): Promise<string[]> {
  const begun = words.at(-1) ?? "";
  const command = program.commands.find((each) => each.name() === words[0]);
  if (words.length <= 1 || !command) {
    const names = program.commands.filter((each) => each.name() !== "complete").map((each) => each.name());
    return matching([...names, "--help", "--version"], begun);
  }
  const before = words.at(-2) ?? "";
  const option = command.options.find((each) => takesValue(each) && [each.long, each.short].includes(before));
  if (option) return valuesOf(option.long ?? "", command, words);
  if (begun.startsWith("-")) return matching([...command.options.flatMap((each) => each.long ?? []), "--help"], begun);
  const given = positionals(command, words.slice(1, -1));
  const argument = command.registeredArguments[given] ?? command.registeredArguments.at(-1);
  return argument && (given === command.registeredArguments.indexOf(argument) || argument.variadic)
    ? valuesOf(nameOf(argument), command, words)
    : [];
}

async function valuesOf(name: string, command: Command, words: readonly string[]): Promise<string[]> {
  const begun = words.at(-1) ?? "";
  const candidates =
    name === "--status" ? () => statusesOf(command) : name === "--format" ? () => formatsOf(command) : VALUES[name];
  if (!candidates) return [];
  const found = await withOrchestrator({}, async (orchestrator) => candidates(orchestrator, words));
  // Of names separated by commas the last one is completed.
  const kept = name === "--roles" ? begun.slice(0, begun.lastIndexOf(",") + 1) : "";
  return matching(found, begun.slice(kept.length)).map((candidate) => `${kept}${candidate}`);
}

function statusesOf(command: Command): readonly string[] {
  return command.name() === "list-tasks" ? TASK_STATUSES : AGENT_STATUSES;
}

function formatsOf(command: Command): readonly string[] {
  return command.name() === "export" ? ["json", "csv"] : ["table", "json", "csv"];
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** How many arguments have been given, options and their values left out. */
function positionals(command: Command, words: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < words.length; at += 1) {
    const option = command.options.find((each) => [each.long, each.short].includes(words[at]));
    if (option && takesValue(option)) at += 1;
    else if (!option) count += 1;
  }
  return count;
}

function nameOf(argument: Argument): string {
  return argument.name();
}

/** Ids may be begun with or without what kind they are of. */
function matching(candidates: readonly string[], begun: string): string[] {
  const direct = candidates.filter((candidate) => candidate.startsWith(begun));
  return direct.length > 0
    ? direct
    : candidates.filter((candidate) => candidate.replace(/^(task|agent)_/, "").startsWith(begun));
}
