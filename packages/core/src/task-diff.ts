import { type FileChange, OrchestratorError } from "./domain/index.js";
import type { StepRecord, Store, TaskRecord, WorkspaceRecord } from "./store/index.js";
import { type Diff, type DiffPlace, diffTrees, findRepository, findSnapshots } from "./workspaces/index.js";

export interface DiffOptions {
  /** Only what this step changed. */
  stepKey?: string | undefined;
  /** With the escape sequences of a terminal. */
  color?: boolean | undefined;
}

/** What a task, or one step of it, has changed. */
export interface TaskDiff {
  changes: FileChange[];
  /** A patch in git's form; empty when nothing changed. */
  patch: string;
}

const NOTHING: Diff = { changes: [], patch: "" };

/**
 * Reads what a task has changed, from commits or snapshots.
 *
 * @param store - the store
 * @param home - the data folder
 * @param task - the task
 * @throws OrchestratorError `invalid_input` for a step that there is not, `not_found` when the repository is gone
 */
export async function readTaskDiff(
  store: Store,
  home: string,
  task: TaskRecord,
  { stepKey, color }: DiffOptions,
): Promise<TaskDiff> {
  const [steps, workspaces] = await Promise.all([
    store.listSteps(task.taskId),
    store.listWorkspaces({ taskId: task.taskId }),
  ]);
  const step = stepKey === undefined ? null : requireStep(steps, stepKey);
  const main = workspaces.find((each) => each.lane === null);
  const range = main ? findRange(main, steps, step) : null;
  if (!main || !range) return NOTHING;
  return diffTrees(await findDiffPlace(main, home, task), range.from, range.to, color);
}

function requireStep(steps: readonly StepRecord[], key: string): StepRecord {
  const step = steps.find((each) => each.stepKey === key);
  if (step) return step;
  throw new OrchestratorError(
    "invalid_input",
    `The task has no step "${key}".`,
    `Its steps are: ${steps.map((each) => each.stepKey).join(", ")}.`,
  );
}

function findRange(main: WorkspaceRecord, steps: readonly StepRecord[], step: StepRecord | null) {
  if (step) return step.fromTree && step.toTree ? { from: step.fromTree, to: step.toTree } : null;
  if (main.kind === "worktree") return main.startCommit && main.tip ? { from: main.startCommit, to: main.tip } : null;
  const last = steps
    .filter((each) => each.toTree !== null && each.endedAt !== null)
    .sort((a, b) => (a.endedAt ?? "").localeCompare(b.endedAt ?? ""))
    .at(-1);
  return main.startTree && last?.toTree ? { from: main.startTree, to: last.toTree } : null;
}

/** Where the objects of a task's trees lie. @throws OrchestratorError `not_found` when the repository is gone */
export async function findDiffPlace(main: WorkspaceRecord, home: string, task: TaskRecord): Promise<DiffPlace> {
  try {
    if (main.kind === "in_place") return await findSnapshots(task.workingDirectory, home);
    const repository = await findRepository(main.repository ?? task.workingDirectory);
    if (repository) return { cwd: repository.commonDirectory, environment: {} };
  } catch (error) {
    if (OrchestratorError.is(error)) throw error;
  }
  throw new OrchestratorError(
    "not_found",
    `The repository ${main.repository ?? task.workingDirectory} is not there any more.`,
    "Where it was moved to, the task's branch is still in it: see git branch --list 'orchestrator/*'.",
  );
}
