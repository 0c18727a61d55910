import { OrchestratorError } from "./domain/index.js";
import type { StepRecord } from "./store/index.js";
import type { TaskDetails } from "./task-details.js";
import { findRepository, resolveCommit } from "./workspaces/index.js";

/**
 * Makes sure that what a fork begins with is still there: the task's own beginning, and what the steps have left whose
 * results are taken over. Commits stay until git clears away what no branch and no ref leads to.
 *
 * @param source - the task that is forked
 * @param reused - the keys of those steps
 * @throws OrchestratorError `invalid_input` when it changed files in place, `not_found` when something is gone
 */
export async function requireCommits(source: TaskDetails, reused: readonly string[]): Promise<void> {
  if (source.workspaceKind === "in_place") return refuseChanges(source);
  const main = source.workspaces.find((each) => each.lane === null);
  // It ended before anything was begun: a fork begins where the user is.
  if (!main?.startCommit) return;
  const repository = await findRepository(main.repository ?? source.workingDirectory).catch(() => null);
  if (!repository) {
    throw new OrchestratorError(
      "not_found",
      `The repository ${main.repository ?? source.workingDirectory} of the task ${source.taskId} is not there any more.`,
      "Run the task anew where it is now: orchestrator execute --cwd …",
    );
  }
  const cwd = repository.commonDirectory;
  if (!(await resolveCommit(cwd, main.startCommit)))
    throw gone(source, `its beginning, ${main.startCommit.slice(0, 12)}`, "Run it anew: orchestrator execute");
  for (const step of source.steps.filter(({ stepKey }) => reused.includes(stepKey))) {
    if (step.commit === null || (await resolveCommit(cwd, step.commit))) continue;
    const remedy = `Fork it at that step: orchestrator fork ${source.taskId} --at ${step.stepKey}`;
    throw gone(source, `what "${step.stepKey}" did, ${step.commit.slice(0, 12)}`, remedy);
  }
}

/** In place there is no commit that one could begin with; where nothing was changed, none is needed. */
function refuseChanges({ taskId, steps }: TaskDetails): void {
  const hasChanged = ({ fromTree, toTree }: StepRecord) => toTree !== null && toTree !== fromTree;
  if (!steps.some(hasChanged)) return;
  throw new OrchestratorError(
    "invalid_input",
    `The task ${taskId} changed files in the directory itself, so there is no commit at which it could be forked.`,
    `Follow it up: orchestrator follow-up ${taskId} "…", or run it anew in a worktree.`,
  );
}

function gone({ taskId }: TaskDetails, what: string, remedy: string): OrchestratorError {
  return new OrchestratorError(
    "not_found",
    `The repository does not hold ${what} of the task ${taskId} any more: its branch was deleted, and git has cleared up.`,
    remedy,
  );
}
