import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StepContext, StepExecutor, StepOutcome } from "../engine/index.js";
import type { StepRecord } from "../store/index.js";
import { treeOf } from "../workspaces/index.js";
import type { AgentStepExecutor } from "./agent-step.js";
import { findOpenAgent } from "./interrupted-step.js";
import { findOpenMerge, type OpenMerge } from "./merge-step.js";
import type { RoundOptions } from "./rounds.js";
import type { StepWorkspace } from "./step-workspace.js";
import { withWorkspace } from "./with-workspace.js";

export interface ConflictStepOptions extends RoundOptions {
  agents: AgentStepExecutor;
}

/**
 * Runs the steps that settle what a merge could not join: an agent first, and where it leaves something open the user.
 * Whichever way it ends, the commits of both sides are kept.
 *
 * @param options - `agents` runs the agent as any other
 */
export function createConflictStepExecutor(options: ConflictStepOptions): StepExecutor {
  const { store, resources, agents } = options;
  return {
    scope: agents.scope,
    run: (context) =>
      agents.endTrial(context, () =>
        withWorkspace(context, async () => {
          const { task, step } = context;
          const open = findOpenMerge(await store.listSteps(task.taskId), step);
          const workspace = await resources.of(task).workspaceOf(step, context.signal);
          if (!open) return { status: "succeeded", handoff: { summary: "Nothing was left to be settled." } };
          // It waited for the user, who has been at work in the directory since.
          const hadAgent = step.status === "waiting" && step.attempt > 0;
          if (hadAgent && !(await findOpenAgent(store, step))) return takeOver(context, workspace, open);
          return agents.runWith(context, {
            ...(await agents.assignmentOf(context)),
            merged: open.theirs,
            review: async (outcome) => review(outcome, step, workspace, open),
          });
        }),
      ),
    prepare: () => {},
    finish: async () => {},
  };
}

/** What an agent says does not count: a mark that is left in a file does. */
async function review(
  outcome: StepOutcome,
  step: StepRecord,
  workspace: StepWorkspace,
  open: OpenMerge,
): Promise<StepOutcome> {
  if (outcome.status === "cancelled" || outcome.status === "needs_attention") return outcome;
  const left = [...findMarks(workspace, open), ...(await findUntouched(workspace, open))];
  if (outcome.status === "succeeded" && left.length === 0) return outcome;
  const why = outcome.status === "failed" ? outcome.error.message : `its agent did not settle ${left.join(", ")}`;
  return needsUser(workspace, step.taskId, open, why);
}

async function takeOver(context: StepContext, workspace: StepWorkspace, open: OpenMerge): Promise<StepOutcome> {
  const { task, step } = context;
  const left = findMarks(workspace, open);
  if (left.length > 0)
    return needsUser(workspace, task.taskId, open, `both sides are still marked in ${left.join(", ")}`);
  const { worktree, tip } = workspace;
  const before = worktree && tip ? await treeOf(worktree.commonDirectory, tip) : null;
  const message = `Settle the conflict with ${open.from}\n\nOrchestrator-Task: ${task.taskId}\nOrchestrator-Step: ${step.stepKey}`;
  await workspace.commit({ context, agentId: null, before, message, merged: open.theirs });
  const paths = open.conflicts.map((each) => each.path).join(", ");
  return { status: "succeeded", handoff: { summary: `The user settled the conflict in ${paths}.` } };
}

function needsUser(workspace: StepWorkspace, taskId: string, open: OpenMerge, why: string): StepOutcome {
  const paths = open.conflicts.map((each) => each.path).join(", ");
  return {
    status: "needs_attention",
    reason: `A conflict in ${paths} needs you: ${why}`,
    hint: `Edit it in ${workspace.directory}, then: orchestrator resume ${taskId}`,
  };
}

/** git makes them longer where the files hold such marks of their own. */
const MARK = /^(<{7,}|>{7,})( |$)/m;

/**
 * Conflicts that git cannot mark (a binary file, a deletion against a change) and that the agent has left as the merge
 * did: one side would be lost without anybody having chosen. A marked file that is gone was not settled either.
 */
async function findUntouched({ root, trees }: StepWorkspace, { conflicts, tree }: OpenMerge): Promise<string[]> {
  const changed = new Set((await trees.compare(tree, await trees.take())).map((change) => change.path));
  const isContent = (message: string) => /CONFLICT \((content|add\/add)\)/.test(message) && !/binary/i.test(message);
  return conflicts
    .filter(({ path, message }) =>
      isContent(message) ? !existsSync(join(root, path)) : !changed.has(path) && existsSync(join(root, path)),
    )
    .map(({ path }) => path);
}

/** The files that still hold both sides between git's marks. */
function findMarks({ root }: StepWorkspace, { conflicts }: OpenMerge): string[] {
  return conflicts
    .map((each) => each.path)
    .filter((path) => {
      try {
        return MARK.test(readFileSync(join(root, path), "utf8"));
      } catch {
        // Deleted: one of the two wanted that.
        return false;
      }
    });
}
