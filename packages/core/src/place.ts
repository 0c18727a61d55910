import { checkDefinitions, findChecks } from "./checks/index.js";
import type { Config } from "./config/index.js";
import type { CheckCommand, TaskType, UncommittedChoice, WorkspaceKind } from "./domain/index.js";
import type { TaskRequest } from "./task-request.js";
import { findRepository, isIgnored } from "./workspaces/index.js";

/** Where a task will work and how its work will be proven, found before anything is started. */
export interface Place {
  workspaceKind: WorkspaceKind;
  uncommitted: UncommittedChoice;
  checks: CheckCommand[];
  warnings: string[];
}

/** A check without a time limit of its own that takes longer than this hangs. */
const CHECK_TIMEOUT_MINUTES = 15;

/**
 * Looks at the directory of a task.
 *
 * @param request - the checked request
 * @param taskType - a review needs no check
 * @param config - the settings of the directory
 * @param variables - the environment, in which the tools of checks are looked for
 * @throws OrchestratorError `workspace_failed` for a directory that git cannot use
 */
export async function findPlace(
  request: Pick<TaskRequest, "workingDirectory" | "inPlace" | "uncommitted">,
  taskType: TaskType,
  config: Config,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Place> {
  const { workingDirectory } = request;
  const isInPlace = request.inPlace ?? config.inPlace;
  const warnings: string[] = [];
  const repository = isInPlace
    ? await findRepository(workingDirectory).catch(() => null)
    : await findRepository(workingDirectory);
  let workspaceKind: WorkspaceKind = repository && !isInPlace ? "worktree" : "in_place";
  if (repository && workspaceKind === "worktree" && (await isIgnored(repository))) {
    workspaceKind = "in_place";
    warnings.push(
      `git ignores ${workingDirectory}, so no copy of it can be made: agents work in the directory itself.`,
    );
  }
  const root = repository?.topLevel ?? workingDirectory;
  const found = findPlannedChecks(root, repository?.prefix ?? "", taskType, config, variables);
  const uncommitted = request.uncommitted ?? config.uncommitted;
  const definitions = checkDefinitions({ root, checks: found.checks });
  const checks = found.checks.map((check) => ({ ...check, definition: definitions[check.name] ?? "" }));
  return { workspaceKind, uncommitted, checks, warnings: [...warnings, ...found.warnings] };
}

function findPlannedChecks(
  root: string,
  directory: string,
  taskType: TaskType,
  { checks }: Config,
  variables: Readonly<Record<string, string | undefined>>,
): { checks: Omit<CheckCommand, "definition">[]; warnings: string[] } {
  if (taskType === "code_review") return { checks: [], warnings: [] };
  if (checks === null) return findChecks({ root, directory, variables });
  const names = new Set<string>();
  const nameOf = (wanted: string | undefined, position: number) => {
    const base = wanted ?? (checks.length === 1 ? "test" : `check-${position + 1}`);
    let name = base;
    for (let number = 2; names.has(name); number += 1) name = `${base}-${number}`;
    names.add(name);
    return name;
  };
  const commands = checks.map((check, position): Omit<CheckCommand, "definition"> => {
    const given = typeof check === "string" ? { command: check } : check;
    return {
      name: nameOf(given.name, position),
      command: given.command,
      directory: given.directory ?? directory,
      timeoutMinutes: given.timeoutMinutes ?? CHECK_TIMEOUT_MINUTES,
      source: "config",
    };
  });
  return { checks: commands, warnings: [] };
}
