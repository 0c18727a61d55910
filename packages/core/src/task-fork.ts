import { z } from "zod";
import { checkOptions } from "./check-options.js";
import { type EventData, isTaskEnded, type NewEvent, newId, OrchestratorError } from "./domain/index.js";
import { requireCommits } from "./fork-commits.js";
import { changeSteps } from "./fork-steps.js";
import { loadRoles } from "./roles/index.js";
import type { Store } from "./store/index.js";
import type { TaskDetails } from "./task-details.js";
import { admitTask, runTask } from "./task-launch.js";
import type { ExecuteOptions, TaskRequest } from "./task-request.js";
import type { Wiring } from "./wiring.js";
import { type Extension, type ForkPlan, planFork } from "./workflows/index.js";
import { createRelocation } from "./workspaces/index.js";

/** What `fork` takes: the step, and what is to be different from there on. */
export interface ForkOptions {
  /** The step at which the task is forked: it and what comes after it are run anew, everything else is reused. */
  at: string;
  /** The model of that step and of those after it. */
  model?: string | undefined;
  /** In place of the task's prompt. */
  prompt?: string | undefined;
  /** In place of the step's role; one that writes for one that writes, one that reads for one that reads. */
  role?: string | undefined;
  /** USD; that of the earlier task by default. */
  budgetUsd?: number | undefined;
  /** Ends the new task when it is aborted. */
  signal?: AbortSignal | undefined;
  /** Told the id as soon as the new task is recorded. */
  onCreated?: ((taskId: string) => void) | undefined;
}

const forkSchema = z.strictObject({
  at: z.string().min(1, "the key of a step is expected"),
  model: z.string().optional(),
  prompt: z.string().optional(),
  role: z.string().min(1, "the name of a role is expected").optional(),
  budgetUsd: z.number().optional(),
  signal: z.instanceof(AbortSignal).optional(),
  onCreated: z
    .custom<(taskId: string) => void>((value) => typeof value === "function", "a function is expected")
    .optional(),
});

/**
 * What a fork asks for where it says nothing else: the same as the task before.
 *
 * @param source - the task that is forked
 * @throws OrchestratorError `invalid_input` for an option that there is not, and for a task that has not ended
 */
export function toForkRequest(source: TaskDetails, options: ForkOptions): Omit<ExecuteOptions, "executionMode"> {
  const { model, prompt, budgetUsd } = checkOptions(forkSchema, options, "fork");
  if (!isTaskEnded(source.status)) {
    throw new OrchestratorError(
      "invalid_input",
      `The task ${source.taskId} is ${source.status}; only one that has ended can be forked.`,
      `Wait for it: orchestrator wait ${source.taskId}`,
    );
  }
  const { workingDirectory, taskType, includeAnalyst, priority, uncommitted, requireChecks } = source;
  return {
    ...{ workingDirectory, taskType, includeAnalyst, priority, uncommitted, requireChecks },
    prompt: prompt ?? source.prompt,
    model: model ?? source.model,
    budgetUsd: budgetUsd ?? source.budgetUsd ?? undefined,
  };
}

/** A fork that is ready to be recorded. */
export interface ForkLaunch {
  source: TaskDetails;
  request: TaskRequest;
  options: ForkOptions;
  dailyBudgetUsd: number | null;
}

/**
 * Records a task that goes another way than one before it from some step on, and runs it to its end. What does not come
 * after that step and succeeded is taken over: results, evidence and commits.
 *
 * @returns its id
 * @throws OrchestratorError `invalid_input` for a step or role that cannot be, or a task that worked in place and
 *   changed files, `not_found` when a commit that it needs is gone; otherwise as `execute`
 */
export async function forkTask(wiring: Wiring, launch: ForkLaunch): Promise<string> {
  const { source, request, options, dailyBudgetUsd } = launch;
  const { rehearsal } = source;
  const { planned, extensions } = await readHistory(wiring.store, source.taskId);
  const plan = planFork({ steps: planned.steps, extensions }, source.steps, options.at);
  const change = changeSteps(plan, loadRoles(request.workingDirectory).roles, {
    ...{ at: options.at, model: options.model, role: options.role },
    ...{ earlierModel: source.model, taskType: source.taskType, complexity: planned.complexity },
  });
  await requireCommits(source, plan.reused);
  options.signal?.throwIfAborted();
  const toRun = plan.steps.filter(({ key }) => !plan.reused.includes(key)).map(change);
  await admitTask(wiring, request, toRun, { rehearsal, dailyBudgetUsd });
  const taskId = newId("task");
  const subject = { taskId, stepKey: null, agentId: null };
  const { inPlace: _, ...wanted } = request;
  const { executionMode, followUpOf, workspaceKind, uncommitted } = source;
  const forkOf = { taskId: source.taskId, stepKey: options.at };
  const origin = { rehearsal, afterTaskId: null, followUpOf, forkOf, ownerId: wiring.ownership.ownerId };
  const place = { executionMode, workspaceKind, uncommitted };
  await wiring.store.append([
    { ...subject, type: "task.created", data: { ...wanted, ...origin, ...place } },
    { ...subject, type: "workflow.planned", data: { ...planned, steps: planned.steps.map(change) } },
    ...plan.extensions.map(({ stepKey, data }): NewEvent => {
      return { ...subject, stepKey, type: "workflow.extended", data: { ...data, steps: data.steps.map(change) } };
    }),
    ...composeReused(source, plan, taskId),
  ]);
  await runTask(wiring, taskId, options.signal, () => options.onCreated?.(taskId));
  return taskId;
}

interface History {
  planned: EventData<"workflow.planned">;
  extensions: Extension[];
}

const PAGE = 1_000;

/** How the graph of a task came to be: its steps as they stand have been rewired by what came later. */
async function readHistory(store: Store, taskId: string): Promise<History> {
  let planned: EventData<"workflow.planned"> | null = null;
  const extensions: Extension[] = [];
  for (let after = 0; ; ) {
    const page = await store.readEvents({ taskId, after, limit: PAGE });
    for (const { type, stepKey, data } of page) {
      if (type === "workflow.planned") planned = data;
      else if (type === "workflow.extended") extensions.push({ stepKey: stepKey ?? "", data });
    }
    after = page.at(-1)?.seq ?? after;
    if (page.length < PAGE) break;
  }
  if (planned) return { planned, extensions };
  throw new OrchestratorError(
    "not_found",
    `The task ${taskId} has no plan that could be taken over.`,
    "Run it anew: orchestrator execute",
  );
}

/** What the steps of the task before came to, told of the new task. */
function composeReused({ taskId: from, steps, checks, workspaces }: TaskDetails, plan: ForkPlan, taskId: string) {
  const worktrees = workspaces.filter((each) => each.kind === "worktree" && each.repository !== null);
  const checkout = worktrees[0]?.repository;
  // The worktrees of the task before are gone; the checkout is what agents may name in the place of their own.
  const { text } = createRelocation(
    worktrees.map((each) => each.root),
    checkout ?? "",
  );
  const relocate = (handoff: Record<string, unknown> | null) =>
    handoff && checkout ? JSON.parse(text(Buffer.from(JSON.stringify(handoff))).toString()) : handoff;
  return plan.reused.flatMap((stepKey): NewEvent[] => {
    const step = steps.find((each) => each.stepKey === stepKey);
    if (!step) return [];
    const subject = { taskId, stepKey, agentId: null };
    const { fromTree, toTree, commit } = step;
    const result = { handoff: relocate(step.handoff), fromTree, toTree, commit };
    const origin = { fromTaskId: step.reusedFrom ?? from, endedAt: step.endedAt ?? "" };
    const evidence = checks.filter((check) => check.stepKey === stepKey);
    return [
      ...evidence.map(({ taskId: _task, stepKey: _step, ...data }): NewEvent => {
        return { ...subject, type: "check.reused", data };
      }),
      { ...subject, type: "step.reused", data: { ...origin, ...result } },
    ];
  });
}
