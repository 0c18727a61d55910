import { composeHandoffReminder, parseHandoff } from "../agents/index.js";
import { type ErrorRecord, OrchestratorError, toErrorRecord } from "../domain/index.js";
import type { StepContext, StepOutcome } from "../engine/index.js";
import { checkBudget } from "../limits/index.js";
import type { Role } from "../roles/index.js";
import type { TurnResult } from "../runtime/index.js";
import type { Store } from "../store/index.js";
import type { TreeId } from "../workspaces/index.js";
import { findForbiddenChange, hadOtherWriter } from "./read-only-check.js";
import type { StepAgent } from "./step-agent.js";
import { readStepPrompt } from "./step-prompt.js";
import type { TaskResources } from "./task-resources.js";

/** Failures that a second attempt may mend: a slip of the model or of a process, not a refusal. */
const SECOND_CHANCE: readonly ErrorRecord["code"][] = [
  "handoff_missing",
  "handoff_invalid",
  "process_exited",
  "start_failed",
];
const MAX_ATTEMPTS = 2;

export interface AgentStepRunOptions {
  store: Store;
  role: Role;
  context: StepContext;
  held: TaskResources;
  /** Makes another agent for the step, or hands over the one that was made ready for it. */
  takeAgent(): StepAgent;
}

/** One step on its way through its attempts. */
export class AgentStepRun {
  readonly #options: AgentStepRunOptions;
  readonly #startedAt = new Date().toISOString();
  /** The files when the step began. */
  #before: TreeId | null = null;
  #hasRunCommands = false;

  constructor(options: AgentStepRunOptions) {
    this.#options = options;
  }

  /** Runs the step to its end. @throws OrchestratorError when the store fails */
  async run(): Promise<StepOutcome> {
    const { held, role, store, context } = this.#options;
    this.#before = await held.trees.takeRecent();
    const endWriting = role.writes ? held.trees.beginWriting() : () => {};
    const activity = held.trees.writerActivity;
    try {
      const prompt = await readStepPrompt(store, context.task, context.step);
      const outcome = await this.#converse(prompt);
      // Without a shell a reader has nothing that could change a file, and beside a writer it cannot be blamed.
      const mayBeBlamed = this.#hasRunCommands && !held.trees.hasWriter && activity === held.trees.writerActivity;
      if (outcome.status !== "succeeded" || role.writes || !mayBeBlamed) return outcome;
      const error = await findForbiddenChange(held.trees, this.#before);
      if (!error || (await hadOtherWriter(store, context.task, this.#startedAt))) return outcome;
      return { status: "failed", error };
    } finally {
      endWriting();
    }
  }

  async #converse(prompt: string): Promise<StepOutcome> {
    const { context } = this.#options;
    let text = prompt;
    let agent: StepAgent | null = null;
    for (let attempt = 1; ; attempt += 1) {
      agent ??= this.#options.takeAgent();
      const outcome = await this.#attempt(agent, text);
      if (outcome.status !== "failed") {
        await this.#end(agent, outcome.status === "cancelled" ? this.#cancelReason() : null);
        return outcome;
      }
      const { error } = outcome;
      if (attempt >= MAX_ATTEMPTS || !SECOND_CHANCE.includes(error.code) || context.signal.aborted) {
        const last = isHandoffError(error)
          ? { ...error, hint: "It was asked twice; its log shows what it said." }
          : error;
        await this.#end(agent, last);
        return { status: "failed", error: last };
      }
      await context.attemptFailed(error);
      // Only the result is missing: the session lives, and knows what it did.
      if (isHandoffError(error)) text = composeHandoffReminder(error.message);
      else {
        await this.#end(agent, error);
        agent = null;
      }
    }
  }

  async #attempt(agent: StepAgent, text: string): Promise<StepOutcome> {
    const { role, held, context } = this.#options;
    const { signal } = context;
    const timeout = AbortSignal.timeout(role.timeoutMinutes * 60_000);
    const stop = AbortSignal.any([signal, timeout]);
    const onStop = () => void agent.stop();
    stop.addEventListener("abort", onStop);
    try {
      if (stop.aborted) onStop();
      if (!held.agentIds.has(agent.agentId)) {
        held.agentIds.add(agent.agentId);
        agent.onBooked = () => this.#checkBudget();
        agent.onFirstAnswer = () => held.settle(context.step.stepKey);
        await agent.begin();
      }
      const turn = await agent.ask(text);
      if (signal.aborted) return { status: "cancelled", reason: this.#cancelReason().message };
      return timeout.aborted ? { status: "failed", error: stepTimeout(role) } : toOutcome(turn, role);
    } catch (error) {
      if (signal.aborted) return { status: "cancelled", reason: this.#cancelReason().message };
      if (OrchestratorError.is(error) && error.code === "start_failed") {
        return { status: "failed", error: toErrorRecord(error, "start_failed") };
      }
      // The store has failed: nothing can be recorded, but the process must still end.
      await agent.stop();
      throw error;
    } finally {
      this.#hasRunCommands ||= agent.hasRunCommands;
      stop.removeEventListener("abort", onStop);
    }
  }

  /** Ends the agent; what a writer changed is taken down after its last process is gone. */
  async #end(agent: StepAgent, error: ErrorRecord | null): Promise<void> {
    const { role, held, store, context } = this.#options;
    const ending = agent.stop();
    if (role.writes || error) await ending;
    else {
      held.ending.add(ending);
      void ending.finally(() => held.ending.delete(ending));
    }
    if (role.writes) {
      const changes = await held.trees.compare(this.#before, await held.trees.take());
      const subject = { taskId: context.task.taskId, stepKey: context.step.stepKey, agentId: agent.agentId };
      if (changes.length > 0) await store.append([{ ...subject, type: "files.changed", data: { changes } }]);
    }
    await agent.end(error);
  }

  /** Ends the task when the model calls booked so far have used up its budget. */
  #checkBudget(): void {
    const { store, context } = this.#options;
    const { taskId, budgetUsd } = context.task;
    if (budgetUsd === null) return;
    void store.totals({ taskId }).then(
      (totals) => {
        const reached = checkBudget(totals, budgetUsd);
        if (reached) context.stopTask(reached);
      },
      // The store's failure reaches the step by its own next write.
      () => {},
    );
  }

  #cancelReason(): ErrorRecord {
    return toErrorRecord(this.#options.context.signal.reason, "cancelled");
  }
}

function toOutcome(turn: TurnResult, role: Role): StepOutcome {
  if (!turn.ok) return { status: "failed", error: turn.error };
  try {
    return { status: "succeeded", handoff: parseHandoff(role.kind, turn.structuredOutput) };
  } catch (error) {
    return { status: "failed", error: toErrorRecord(error, "handoff_invalid") };
  }
}

function isHandoffError(error: ErrorRecord): boolean {
  return error.code === "handoff_missing" || error.code === "handoff_invalid";
}

function stepTimeout(role: Role): ErrorRecord {
  return {
    code: "step_timeout",
    message: `The step ran for more than the ${role.timeoutMinutes} minutes that the role ${role.name} allows.`,
    hint: "Set timeoutMinutes in a role file of your own, or ask for less at once.",
  };
}
