import {
  composeHandoffReminder,
  composeStepPrompt,
  type GivenHandoff,
  type Handoff,
  type OpenAgentLog,
  parseHandoff,
  readProjectInstructions,
} from "../agents/index.js";
import type { Config } from "../config/index.js";
import { type ErrorRecord, OrchestratorError, toErrorRecord } from "../domain/index.js";
import { hostId, isOwnerAlive, type StepContext, type StepExecutor, type StepOutcome } from "../engine/index.js";
import { checkBudget } from "../limits/index.js";
import { type Role, requireRole } from "../roles/index.js";
import type { ClaudeRuntime, TurnResult } from "../runtime/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import { findAncestors } from "../workflows/index.js";
import type { TreeId } from "../workspaces/index.js";
import { StepAgent } from "./step-agent.js";
import { openTaskTrees, type TaskTrees } from "./task-trees.js";

export interface AgentStepOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  openLog: OpenAgentLog;
  /** The roles of a task's directory. */
  rolesOf(task: TaskRecord): ReadonlyMap<string, Role>;
}

/** What is held for a task while its steps run. */
interface TaskResources {
  trees: TaskTrees;
  /** Agents whose process was started ahead of their step. */
  prepared: Map<string, StepAgent>;
  /** Agents that are being ended in the background. */
  ending: Set<Promise<void>>;
  /** Agents that were recorded, to be deleted with the task. */
  agentIds: string[];
  hasWarned: boolean;
}

/** Failures that a second attempt may mend: a slip of the model or of a process, not a refusal. */
const SECOND_CHANCE: readonly ErrorRecord["code"][] = [
  "handoff_missing",
  "handoff_invalid",
  "process_exited",
  "start_failed",
];
const MAX_ATTEMPTS = 2;
/** A limit that no history reaches. */
const ALL_TASKS = 1_000_000;

/**
 * Runs steps by giving each to an agent of its own.
 *
 * @param options - store, runtime, configuration and roles
 */
export function createAgentStepExecutor(options: AgentStepOptions): StepExecutor {
  const resources = new Map<string, TaskResources>();

  function resourcesOf(task: TaskRecord): TaskResources {
    let held = resources.get(task.taskId);
    if (!held) {
      const warn = (message: string) => void warnOnce(task, message);
      held = {
        trees: openTaskTrees(task, options.config.home, warn),
        prepared: new Map(),
        ending: new Set(),
        agentIds: [],
        hasWarned: false,
      };
      resources.set(task.taskId, held);
    }
    return held;
  }

  async function warnOnce(task: TaskRecord, message: string): Promise<void> {
    const held = resources.get(task.taskId);
    if (!held || held.hasWarned) return;
    held.hasWarned = true;
    await options.store.append([
      { type: "task.warned", taskId: task.taskId, stepKey: null, agentId: null, data: { message } },
    ]);
  }

  function createAgent(task: TaskRecord, step: StepRecord): StepAgent {
    const role = requireRole(options.rolesOf(task), step.role);
    const { store, runtime, config, openLog } = options;
    return new StepAgent({ store, runtime, config, openLog, task, step, role });
  }

  async function runStep(context: StepContext): Promise<StepOutcome> {
    const held = resourcesOf(context.task);
    const role = requireRole(options.rolesOf(context.task), context.step.role);
    const since = new Date().toISOString();
    const before = await held.trees.take();
    const endWriting = role.writes ? held.trees.beginWriting() : () => {};
    const quiet = held.trees.hasWriter ? null : held.trees.writerActivity;
    try {
      const prompt = await composePrompt(options.store, context);
      const outcome = await converse(held, role, context, prompt, before);
      if (outcome.status !== "succeeded" || role.writes) return outcome;
      // With a writer beside it, a reader cannot be blamed for what changed.
      if (quiet !== held.trees.writerActivity) return outcome;
      const checked = await checkUnchanged(held.trees, before, outcome);
      const isSuspect = checked.status === "failed" && !(await hadOtherWriter(options.store, context.task, since));
      return isSuspect ? checked : outcome;
    } finally {
      endWriting();
    }
  }

  async function converse(
    held: TaskResources,
    role: Role,
    context: StepContext,
    prompt: string,
    before: TreeId | null,
  ): Promise<StepOutcome> {
    const { signal, task, step } = context;
    let text = prompt;
    let agent: StepAgent | null = null;
    for (let attempt = 1; ; attempt += 1) {
      agent ??= takePrepared(held, step) ?? createAgent(task, step);
      agent.onBooked = () => watchBudget(options.store, context);
      const outcome = await attemptTurn(agent, held, role, context, text);
      if (outcome.status === "succeeded" || outcome.status === "cancelled") {
        await endAgent(
          held,
          role,
          context,
          agent,
          outcome.status === "cancelled" ? cancelledRecord(signal) : null,
          before,
        );
        return outcome;
      }
      const { error } = outcome;
      const mayTryAgain = attempt < MAX_ATTEMPTS && SECOND_CHANCE.includes(error.code) && !signal.aborted;
      if (!mayTryAgain) {
        const final = isHandoffError(error)
          ? { ...error, hint: "It was asked twice; its log shows what it said." }
          : error;
        await endAgent(held, role, context, agent, final, before);
        return { status: "failed", error: final };
      }
      await context.attemptFailed(error);
      // Only the result is missing: the session lives, and knows what it did.
      if (isHandoffError(error)) text = composeHandoffReminder(error.message);
      else {
        await endAgent(held, role, context, agent, error, null);
        agent = null;
      }
    }
  }

  async function attemptTurn(
    agent: StepAgent,
    held: TaskResources,
    role: Role,
    context: StepContext,
    text: string,
  ): Promise<StepOutcome> {
    const { signal } = context;
    const timeout = AbortSignal.timeout(role.timeoutMinutes * 60_000);
    const stop = AbortSignal.any([signal, timeout]);
    const onStop = () => void agent.stop();
    stop.addEventListener("abort", onStop);
    try {
      if (stop.aborted) onStop();
      if (!held.agentIds.includes(agent.agentId)) {
        held.agentIds.push(agent.agentId);
        await agent.begin();
      }
      const turn = await agent.ask(text);
      if (signal.aborted) return { status: "cancelled", reason: cancelledRecord(signal).message };
      if (timeout.aborted) return { status: "failed", error: stepTimeout(role) };
      return toOutcome(turn, role);
    } catch (error) {
      if (signal.aborted) return { status: "cancelled", reason: cancelledRecord(signal).message };
      if (OrchestratorError.is(error) && error.code === "start_failed")
        return { status: "failed", error: toErrorRecord(error, "start_failed") };
      // The store has failed: nothing can be recorded, but the process must still end.
      await agent.stop();
      throw error;
    } finally {
      stop.removeEventListener("abort", onStop);
    }
  }

  /** Ends the agent; what a writer changed is taken down after its last process is gone. */
  async function endAgent(
    held: TaskResources,
    role: Role,
    context: StepContext,
    agent: StepAgent,
    error: ErrorRecord | null,
    before: TreeId | null,
  ) {
    const { task, step } = context;
    if (!error) await agent.measureContext();
    if (!role.writes && !error) {
      const ending = agent.stop();
      held.ending.add(ending);
      void ending.finally(() => held.ending.delete(ending));
    } else await agent.stop();
    if (role.writes && before) {
      const changes = await held.trees.compare(before, await held.trees.take());
      if (changes.length > 0) {
        const subject = { taskId: task.taskId, stepKey: step.stepKey, agentId: agent.agentId };
        await options.store.append([{ ...subject, type: "files.changed", data: { changes } }]);
      }
    }
    await agent.end(error);
  }

  function takePrepared(held: TaskResources, step: StepRecord): StepAgent | null {
    const agent = held.prepared.get(step.stepKey) ?? null;
    held.prepared.delete(step.stepKey);
    return agent;
  }

  return {
    run: runStep,
    prepare(task, step) {
      const held = resourcesOf(task);
      held.prepared.set(step.stepKey, createAgent(task, step));
    },
    async finish(task) {
      const held = resources.get(task.taskId);
      if (!held) return;
      await Promise.all([...held.ending, ...[...held.prepared.values()].map((agent) => agent.stop())]);
      held.trees.close();
      resources.delete(task.taskId);
      await options.store.append(
        held.agentIds.map((agentId) => ({
          type: "agent.deleted" as const,
          taskId: task.taskId,
          stepKey: null,
          agentId,
          data: {},
        })),
      );
    },
  };
}

/** Ends the task when the model calls booked so far have used up its budget. */
function watchBudget(store: Store, { task, stopTask }: StepContext): void {
  if (task.budgetUsd === null) return;
  void store.totals({ taskId: task.taskId }).then(
    (totals) => {
      const reached = checkBudget(totals, task.budgetUsd);
      if (reached) stopTask(reached);
    },
    // The store's failure reaches the step by its own next write.
    () => {},
  );
}

async function composePrompt(store: Store, { task, step }: StepContext): Promise<string> {
  const steps = await store.listSteps(task.taskId);
  const graph = steps.map(({ stepKey, dependsOn }) => ({ key: stepKey, dependsOn }));
  const handoffs = findAncestors(graph, step.stepKey).flatMap((key): GivenHandoff[] => {
    const earlier = steps.find((each) => each.stepKey === key);
    if (!earlier?.handoff) return [];
    return [
      { stepKey: key, role: earlier.role, isDirect: step.dependsOn.includes(key), handoff: earlier.handoff as Handoff },
    ];
  });
  return composeStepPrompt({
    task: task.prompt,
    instructions: step.instructions,
    handoffs,
    projectInstructions: readProjectInstructions(task.workingDirectory),
  });
}

function toOutcome(turn: TurnResult, role: Role): StepOutcome {
  if (!turn.ok) return { status: "failed", error: turn.error };
  try {
    return { status: "succeeded", handoff: parseHandoff(role.kind, turn.structuredOutput) };
  } catch (error) {
    return { status: "failed", error: toErrorRecord(error, "handoff_invalid") };
  }
}

async function checkUnchanged(trees: TaskTrees, before: TreeId | null, outcome: StepOutcome): Promise<StepOutcome> {
  const changes = await trees.compare(before, await trees.take());
  if (changes.length === 0) return outcome;
  const paths = changes.slice(0, 5).map((change) => change.path);
  const more = changes.length > paths.length ? ` and ${changes.length - paths.length} more` : "";
  return {
    status: "failed",
    error: {
      code: "tree_changed",
      message: `Files changed during a step that may not write: ${paths.join(", ")}${more}.`,
      hint: "If it was you who changed them, run the task again and leave the directory alone meanwhile.",
    },
  };
}

/** Whether a step of another task, in whichever process, has written in the same directory since a time. */
async function hadOtherWriter(store: Store, task: TaskRecord, since: string): Promise<boolean> {
  const [tasks, owners] = await Promise.all([store.listTasks({ limit: ALL_TASKS }), store.listOwners()]);
  const isAtWork = (step: StepRecord) =>
    isOwnerAlive(
      owners.find((owner) => owner.ownerId === step.ownerId),
      hostId(),
      Date.now(),
    );
  for (const other of tasks) {
    if (other.taskId === task.taskId || other.workingDirectory !== task.workingDirectory) continue;
    if (other.endedAt !== null && other.endedAt < since) continue;
    const steps = await store.listSteps(other.taskId);
    const writers = steps.filter((step) => step.writes && step.startedAt !== null);
    if (writers.some((step) => (step.endedAt === null ? isAtWork(step) : step.endedAt >= since))) return true;
  }
  return false;
}

function isHandoffError(error: ErrorRecord): boolean {
  return error.code === "handoff_missing" || error.code === "handoff_invalid";
}

function cancelledRecord(signal: AbortSignal): ErrorRecord {
  return toErrorRecord(signal.reason, "cancelled");
}

function stepTimeout(role: Role): ErrorRecord {
  return {
    code: "step_timeout",
    message: `The step ran for more than the ${role.timeoutMinutes} minutes that the role ${role.name} allows.`,
    hint: "Set timeoutMinutes in a role file of your own, or ask for less at once.",
  };
}
