import { NO_OVERRIDES, type PlannedStep } from "../domain/index.js";
import type { StepContext, StepExecutor, StepOutcome } from "../engine/index.js";
import type { StepRecord } from "../store/index.js";
import { checkStep, findAncestors, freeKey, ownStep } from "../workflows/index.js";
import { commitTree, isAncestor, type MergeConflict, mergeCommits, showTree, treeOf } from "../workspaces/index.js";
import { composeCommitMessage } from "./commit-message.js";
import { planLateCheck } from "./late-check.js";
import { toPlannedStep } from "./planned-step.js";
import type { RoundOptions } from "./rounds.js";
import type { StepWorkspace } from "./step-workspace.js";
import { withWorkspace } from "./with-workspace.js";

/** What a merge leaves for whoever settles its conflicts. */
export interface OpenMerge {
  /** The commit that was merged into the branch as far as possible. */
  theirs: string;
  /** The step that the other side comes from. */
  from: string;
  /** The files as the merge has left them. */
  tree: string;
  conflicts: MergeConflict[];
}

/** One side of a merge: what a step before it has left. */
interface Side {
  stepKey: string;
  commit: string;
}

/**
 * Runs the steps that join the work of parallel writers, in the order of the plan: the result does not depend on who was
 * faster. What git cannot join becomes a step for an agent.
 *
 * @param options - the workspaces, and the rules of rounds for checks that are found only now
 */
export function createMergeStepExecutor(options: RoundOptions): StepExecutor {
  const { resources } = options;
  return {
    run: (context) =>
      withWorkspace(context, async () => {
        const workspace = await resources.of(context.task).workspaceOf(context.step, context.signal);
        return merge(context, workspace, options);
      }),
    prepare: () => {},
    finish: async () => {},
  };
}

async function merge(context: StepContext, workspace: StepWorkspace, options: RoundOptions): Promise<StepOutcome> {
  const { task, step } = context;
  const { worktree } = workspace;
  const sides = await findSides(context, options);
  const [first, ...others] = sides;
  if (!first || !worktree) return { status: "succeeded", handoff: { summary: "Nothing was to be merged." } };
  const cwd = worktree.commonDirectory;
  const author = options.resources.configOf(task).commitAuthor;
  const start = workspace.tip ?? first.commit;
  await workspace.mend();
  // Interrupted after it was done: the branch holds every side already.
  const isDone = await Promise.all(sides.map((side) => isAncestor(cwd, side.commit, start)));
  let current = step.status === "running" && isDone.every(Boolean) ? start : first.commit;
  const merged = [first.stepKey];
  for (const [position, side] of others.entries()) {
    if (await isAncestor(cwd, side.commit, current)) continue;
    const result = (await isAncestor(cwd, current, side.commit)) ? null : await mergeCommits(cwd, current, side.commit);
    if (result && result.conflicts.length > 0) {
      await record(context, workspace, { start, commit: current });
      await showTree(worktree, result.tree);
      const open: OpenMerge = {
        theirs: side.commit,
        from: side.stepKey,
        tree: result.tree,
        conflicts: result.conflicts,
      };
      return handOver(context, open, merged, others.slice(position + 1), options);
    }
    if (result) {
      const message = composeMergeMessage(context, merged, side.stepKey, options);
      current = await commitTree({ cwd, tree: result.tree, parents: [current, side.commit], message, author });
    } else current = side.commit;
    merged.push(side.stepKey);
  }
  await record(context, workspace, { start, commit: current });
  const summary = `The work of ${merged.join(" and ")} is one now.`;
  return planLateCheck(context, { status: "succeeded", handoff: { summary, merged } }, options);
}

/** What the steps that it depends on have left, in the order of the plan. */
async function findSides({ task, step }: StepContext, { store }: RoundOptions): Promise<Side[]> {
  const steps = await store.listSteps(task.taskId);
  const graph = steps.map(toPlannedStep);
  const sides = step.dependsOn.flatMap((key): Side[] => {
    const nearest = [key, ...findAncestors(graph, key)];
    const source = nearest.map((each) => steps.find((other) => other.stepKey === each)).find((each) => each?.commit);
    return source?.commit ? [{ stepKey: source.stepKey, commit: source.commit }] : [];
  });
  const order = (side: Side) => steps.findIndex((each) => each.stepKey === side.stepKey);
  return sides.sort((a, b) => order(a) - order(b));
}

async function record(
  context: StepContext,
  workspace: StepWorkspace,
  { start, commit }: { start: string; commit: string },
): Promise<void> {
  const { task, step } = context;
  const cwd = workspace.worktree?.commonDirectory ?? "";
  // One that was interrupted after it was recorded began with what it began with.
  const [fromTree, toTree] = await Promise.all([step.fromTree ?? treeOf(cwd, start), treeOf(cwd, commit)]);
  const subject = { taskId: task.taskId, stepKey: step.stepKey, agentId: null };
  const data = { lane: workspace.lane, fromTree, toTree, commit, parents: [] };
  // Recorded first: a branch that is ahead of the records would be put back.
  await context.record({ ...subject, type: "workspace.committed", data });
  await workspace.moveTo(commit);
}

function composeMergeMessage(
  { task, step }: StepContext,
  into: readonly string[],
  from: string,
  { resources }: RoundOptions,
): string {
  return composeCommitMessage({
    summary: `Merge ${from} with ${into.join(" and ")}`,
    isFinished: true,
    taskId: task.taskId,
    stepKey: step.stepKey,
    agents: [],
    withTrailers: resources.configOf(task).commitTrailers,
    rehearsal: task.rehearsal,
  });
}

/** The conflict becomes a step for an agent; what is left to be merged comes after it. */
async function handOver(
  { task, step }: StepContext,
  open: OpenMerge,
  merged: readonly string[],
  left: readonly Side[],
  { store }: RoundOptions,
): Promise<StepOutcome> {
  const steps = await store.listSteps(task.taskId);
  const keys = new Set(steps.map((each) => each.stepKey));
  const writer = steps.find((each) => each.stepKey === open.from);
  const conflict: PlannedStep = {
    // Named after its merge: another merge may find a conflict at the same moment.
    ...ownStep(freeKey(step.stepKey.replace(/^merge/, "conflict"), keys), "conflict", [step.stepKey], step.lane),
    role: writer?.role ?? "builder",
    overrides: writer?.overrides ?? NO_OVERRIDES,
    instructions: composeInstructions(open, merged),
    round: step.round,
  };
  const added = [conflict];
  if (left.length > 0) {
    const rest = left.map((side) => side.stepKey);
    added.push(ownStep(freeKey(step.stepKey, keys), "merge", [conflict.key, ...rest], step.lane));
  }
  const last = added.at(-1) ?? conflict;
  // The check of the merge waits for what comes in its place; a merge that nothing waits for gets one of its own.
  const hasChecks = steps.some((each) => each.kind === "check");
  const isChecked = steps.some((each) => each.kind === "check" && each.dependsOn.includes(step.stepKey));
  if (hasChecks && !isChecked) added.push(checkStep(freeKey(`check-${last.key}`, keys), last));
  const paths = open.conflicts.map((each) => each.path);
  const summary = `The work of ${open.from} contradicts that of ${merged.join(" and ")} in ${paths.join(", ")}.`;
  return {
    status: "succeeded",
    handoff: { summary, merged, open: { ...open } },
    extension: { reason: summary, steps: added, continuedBy: last.key, plan: null },
  };
}

function composeInstructions({ conflicts, from }: OpenMerge, merged: readonly string[]): string {
  const list = conflicts.map(({ path, message }) => `- ${path}: ${message}`).join("\n");
  return `Two steps that ran side by side contradict each other: ${merged.join(" and ")} on one side, ${from} on the other. Their results below say what each wanted. Make the files hold what both want; where that is impossible, keep what the task asks for and say what you gave up. The files hold both sides between the marks <<<<<<<, ======= and >>>>>>>; leave no mark behind. Change nothing else, and run no git command that changes the repository.\n\n${list}`;
}

/** What an earlier merge has left open for a step. */
export function findOpenMerge(steps: readonly StepRecord[], step: StepRecord): OpenMerge | null {
  const merge = steps.find((each) => each.kind === "merge" && step.dependsOn.includes(each.stepKey));
  return (merge?.handoff?.open as OpenMerge | undefined) ?? null;
}
