import { randomUUID } from "node:crypto";
import {
  composeConclusion,
  composeContinuation,
  composeHandoffReminder,
  type Handoff,
  isNotFound,
  type Supervisor,
  stuckError,
} from "../agents/index.js";
import type { Config } from "../config/index.js";
import { type ErrorRecord, OrchestratorError, toErrorRecord } from "../domain/index.js";
import type { StepContext, StepOutcome } from "../engine/index.js";
import { checkSpending, hasBudget, type Purse } from "../limits/index.js";
import type { Role } from "../roles/index.js";
import type { JsonSchema, TurnResult } from "../runtime/index.js";
import type { Store } from "../store/index.js";
import type { TreeId } from "../workspaces/index.js";
import { findPredecessor, findStart } from "./interrupted-step.js";
import { findForbiddenChange, hadOtherWriter } from "./read-only-check.js";
import { recordStep } from "./record-step.js";
import type { StepAgent } from "./step-agent.js";
import { contextFull, conversationLost, killed, MAX_AGENTS, stepTimeout } from "./step-errors.js";
import type { StepWorkspace } from "./step-workspace.js";
import type { TaskResources } from "./task-resources.js";

/** Failures that a second attempt may mend: a slip of the model or of a process, not a refusal. */
const SECOND_CHANCE: readonly ErrorRecord["code"][] = [
  "handoff_missing",
  "handoff_invalid",
  "process_exited",
  "start_failed",
];

/** How long a turn may take to end when its result is there: it needs no model call for it. */
const ENDING_MS = 1_000;

/** What the agent of a step is asked for, and how its answer is read. */
export interface Assignment {
  prompt: string;
  schema: JsonSchema;
  /** @throws OrchestratorError `handoff_invalid` that says what is wrong, so that it can be asked for again */
  parse(value: unknown): Handoff;
  /** How often a missing or invalid result is asked for in all. */
  maxAttempts: number;
  /** Looks at the end, before the files are recorded; another outcome takes its place. */
  review?(outcome: StepOutcome): Promise<StepOutcome>;
  /** The commit that is merged with what the step leaves. */
  merged?: string | null;
}

export interface AgentStepRunOptions {
  store: Store;
  config: Config;
  supervisor: Supervisor;
  role: Role;
  context: StepContext;
  held: TaskResources;
  workspace: StepWorkspace;
  assignment: Assignment;
  /** Makes another agent for the step, or hands over the one that was made ready for it. */
  takeAgent(): StepAgent;
  /** The same agent with a session of its own: the one that it was to go on with is gone. */
  restart(agent: StepAgent): StepAgent;
  /** What the first agent is told in place of the prompt, where it goes on with a conversation. */
  continuation: string | null;
  /** Listens for what is asked of an agent; see AgentCommands. */
  hear(agent: StepAgent, kill: (reason: string) => void): Promise<() => void>;
}

/** One step on its way through its attempts and agents. */
export class AgentStepRun {
  readonly #options: AgentStepRunOptions;
  readonly #startedAt = new Date().toISOString();
  readonly #timeout: AbortSignal;
  readonly #purse: Purse;
  /** The files when the step began. */
  #before: TreeId | null = null;
  #hasRunCommands = false;
  /** The agent that has the step now. */
  #agent: StepAgent | null = null;
  /** How full the context was of an agent that was told to conclude. */
  #fullAt: number | null = null;
  /** Why we ended the agent ourselves. */
  #verdict: ErrorRecord | null = null;
  #stopHearing: () => void = () => {};
  #stopWatching: () => void = () => {};

  constructor(options: AgentStepRunOptions) {
    this.#options = options;
    const { role, config, context } = options;
    this.#timeout = AbortSignal.timeout(role.timeoutMinutes * 60_000);
    const { taskId, budgetUsd, rehearsal } = context.task;
    this.#purse = { taskId, budgetUsd, dailyBudgetUsd: config.dailyBudgetUsd, rehearsal };
  }

  /** Runs the step to its end. @throws OrchestratorError when the store fails */
  async run(): Promise<StepOutcome> {
    const { role, store, config, context, assignment, workspace } = this.#options;
    const { trees } = workspace;
    if (role.writes) await workspace.makeReady();
    this.#before =
      (await findStart(store, context, workspace, this.#options.continuation !== null)) ?? (await trees.takeRecent());
    const endWriting = role.writes ? trees.beginWriting() : () => {};
    const activity = trees.writerActivity;
    try {
      const ended = await this.#converse(assignment.prompt);
      if (ended.status === "held") return ended;
      const outcome = (await assignment.review?.(ended)) ?? ended;
      if (context.isSuspended() && outcome.status !== "succeeded") return outcome;
      if (role.writes && outcome.status !== "needs_attention") {
        const agentId = this.#agent?.agentId ?? null;
        const merged = assignment.merged ?? null;
        return await recordStep({ store, config, context, workspace, agentId, before: this.#before, outcome, merged });
      }
      // Without a shell a reader has nothing that could change a file, and beside a writer it cannot be blamed.
      const mayBeBlamed = this.#hasRunCommands && !trees.hasWriter && activity === trees.writerActivity;
      if (outcome.status !== "succeeded" || role.writes || !mayBeBlamed) return outcome;
      const error = await findForbiddenChange(trees, this.#before);
      if (!error || (await hadOtherWriter(store, context.task, this.#startedAt))) return outcome;
      // In a worktree only the agent can have done it, and it need not stay.
      if (workspace.worktree) await trees.restore(await trees.take(), this.#before);
      return { status: "failed", error };
    } finally {
      endWriting();
      this.#stopHearing();
      this.#stopWatching();
      // It has ended by now, unless the store has failed.
      await this.#agent?.stop();
    }
  }

  async #converse(prompt: string): Promise<StepOutcome> {
    const { context, assignment } = this.#options;
    let agent: StepAgent | null = this.#options.takeAgent();
    /** What an agent is told that knows nothing yet. */
    let beginning = await this.#findBeginning(prompt);
    let text = agent.isResumed ? (this.#options.continuation ?? beginning) : beginning;
    let agents = 1;
    for (let attempt = 1; ; ) {
      agent ??= this.#options.takeAgent();
      const outcome: StepOutcome = await this.#attempt(agent, text);
      if (outcome.status === "failed" && outcome.error.code === "conversation_lost" && agent.isResumed) {
        await agent.stop();
        await this.#warn(
          `The conversation of "${context.step.stepKey}" is gone; its agent began anew in the same files.`,
        );
        agent = this.#options.restart(agent);
        text = beginning;
        continue;
      }
      if (outcome.status === "succeeded" && this.#fullAt !== null && !context.signal.aborted) {
        agents += 1;
        if (agents > MAX_AGENTS) return this.#endWith(agent, contextFull());
        await this.#replace(agent, outcome.handoff);
        beginning = composeContinuation(prompt, outcome.handoff as Handoff);
        text = beginning;
        agent = null;
        continue;
      }
      // Told to conclude and then ended: what it gave is a part, and nobody will do the rest.
      if (outcome.status === "succeeded" && this.#fullAt !== null)
        return this.#endCancelled(agent, this.#cancelReason());
      if (outcome.status === "held") {
        await this.#letGo(agent);
        return outcome;
      }
      if (outcome.status !== "failed") {
        await this.#end(agent, outcome.status === "cancelled" ? this.#cancelReason() : null);
        return outcome;
      }
      const { error } = outcome;
      const isOver = attempt >= assignment.maxAttempts || !SECOND_CHANCE.includes(error.code);
      if (isOver || context.signal.aborted) {
        const last = isHandoffError(error)
          ? { ...error, hint: "It was asked again; its log shows what it said." }
          : error;
        return this.#endWith(agent, last);
      }
      await context.attemptFailed(error);
      attempt += 1;
      // Only the result is missing: the session lives, and knows what it did.
      if (isHandoffError(error)) text = composeHandoffReminder(error.message);
      else {
        await this.#end(agent, error);
        agent = null;
        // Whoever comes next has a conversation of its own, whatever the one before was told last.
        text = beginning;
      }
    }
  }

  async #warn(message: string): Promise<void> {
    const { store, context } = this.#options;
    const { taskId } = context.task;
    await store.append([{ type: "task.warned", taskId, stepKey: null, agentId: null, data: { message } }]);
  }

  /** A step that was begun before may have an agent behind it that has handed over. */
  async #findBeginning(prompt: string): Promise<string> {
    const { store, context } = this.#options;
    const handoff = context.attempt > 1 ? await findPredecessor(store, context.step) : null;
    return handoff ? composeContinuation(prompt, handoff) : prompt;
  }

  async #endCancelled(agent: StepAgent, reason: ErrorRecord): Promise<StepOutcome> {
    await this.#end(agent, reason);
    return { status: "cancelled", reason: reason.message };
  }

  async #endWith(agent: StepAgent, error: ErrorRecord): Promise<StepOutcome> {
    await this.#end(agent, error);
    return { status: "failed", error };
  }

  async #attempt(agent: StepAgent, text: string): Promise<StepOutcome> {
    const { role, assignment, context } = this.#options;
    const { signal } = context;
    const stop = AbortSignal.any([signal, this.#timeout]);
    const onStop = () => void this.#stop(agent);
    stop.addEventListener("abort", onStop);
    try {
      if (stop.aborted) onStop();
      await this.#meet(agent);
      const { result: turn, hold } = await agent.ask(text);
      if (hasBudget(this.#purse)) await this.#checkSpending();
      // A finished answer is kept, whatever has become of the task meanwhile.
      if (turn.ok) return toOutcome(turn, assignment);
      if (signal.aborted) return { status: "cancelled", reason: this.#cancelReason().message };
      if (this.#timeout.aborted) return { status: "failed", error: stepTimeout(role) };
      if (this.#verdict) return { status: "failed", error: this.#verdict };
      if (hold) return { status: "held", hold };
      if (isNotFound(turn.error.message)) return { status: "failed", error: conversationLost() };
      return { status: "failed", error: turn.error };
    } catch (error) {
      if (signal.aborted) return { status: "cancelled", reason: this.#cancelReason().message };
      if (OrchestratorError.is(error) && error.code === "start_failed") {
        if (agent.isResumed && isNotFound(error.message)) return { status: "failed", error: conversationLost() };
        return { status: "failed", error: toErrorRecord(error, "start_failed") };
      }
      // The store has failed: nothing can be recorded, but the process must still end.
      await agent.stop();
      throw error;
    } finally {
      this.#hasRunCommands ||= agent.process.hasRunCommands;
      stop.removeEventListener("abort", onStop);
    }
  }

  /** The agent's first word: from here on it is recorded, watched, and listens. */
  async #meet(agent: StepAgent): Promise<void> {
    const { held, context, supervisor, hear } = this.#options;
    if (this.#agent === agent) return;
    const { process } = agent;
    this.#agent = agent;
    this.#fullAt = null;
    process.onFirstAnswer = () => held.settle(context.step.stepKey);
    process.onContext = ({ percentage }) => this.#watchContext(agent, percentage);
    process.onStuck = (finding, detail) => this.#stopBecause(agent, stuckError(finding, detail));
    if (hasBudget(this.#purse)) {
      // An answer that is there is paid for: its turn may end, and what is left is looked at then.
      process.onBooked = () => void (process.hasHandedOver || this.#checkSpending());
      process.gate = () => this.#checkSpending();
    }
    this.#stopHearing = await hear(agent, (reason) => this.#stopBecause(agent, killed(reason)));
    this.#stopWatching = supervisor.watch(process.supervised(randomUUID));
    // What could not be recorded is not there to be deleted with the task.
    const created = agent.created();
    if (created) agent.process.append(created);
    await agent.process.settled();
    await agent.begin();
  }

  /** Ends the agent; one that has just given its result is left a moment to end its turn by itself. */
  async #stop({ process }: StepAgent): Promise<void> {
    if (process.hasHandedOver) await process.idle(ENDING_MS);
    await process.stop();
  }

  #stopBecause(agent: StepAgent, reason: ErrorRecord): void {
    this.#verdict ??= reason;
    void agent.stop();
  }

  /** Tells an agent to conclude whose context is nearly full, unless its result is there already. */
  #watchContext({ process }: StepAgent, percentage: number): void {
    if (this.#fullAt !== null || process.hasHandedOver || !process.isBusy) return;
    if (percentage < this.#options.config.contextLimitPercent) return;
    this.#fullAt = percentage;
    // It joins the turn that runs; a store that fails reaches the step by its own next write.
    process.ask(randomUUID(), composeConclusion(percentage)).catch(() => {});
  }

  /** It goes on later with the same conversation; until then it needs no process. */
  async #letGo(agent: StepAgent): Promise<void> {
    const { context } = this.#options;
    this.#stopHearing();
    this.#stopWatching();
    await agent.stop();
    agent.process.append({ type: "agent.released", data: { ownerId: context.ownerId } });
    await agent.process.settled();
  }

  async #replace(agent: StepAgent, handoff: Record<string, unknown>): Promise<void> {
    const { store, context } = this.#options;
    const subject = { taskId: context.task.taskId, stepKey: context.step.stepKey, agentId: agent.agentId };
    await this.#end(agent, null);
    const data = { percentage: this.#fullAt ?? 0, handoff };
    await store.append([{ ...subject, type: "step.agent_replaced", data }]);
  }

  /** Ends the agent; what a writer changed is taken down after its last process is gone. */
  async #end(agent: StepAgent, error: ErrorRecord | null): Promise<void> {
    const { role, held, store, context, workspace } = this.#options;
    this.#stopHearing();
    this.#stopWatching();
    const ending = agent.stop();
    // It goes on later with the same conversation: this is no end of it.
    if (context.isSuspended()) return ending;
    if (role.writes || error) await ending;
    else {
      held.ending.add(ending);
      void ending.finally(() => held.ending.delete(ending));
    }
    await context.record();
    if (role.writes) {
      const changes = await workspace.trees.compare(this.#before, await workspace.trees.take());
      const subject = { taskId: context.task.taskId, stepKey: context.step.stepKey, agentId: agent.agentId };
      if (changes.length > 0) await store.append([{ ...subject, type: "files.changed", data: { changes } }]);
    }
    await agent.end(error);
  }

  /** Ends the task when what is booked so far has used up a budget; answers why. */
  async #checkSpending(): Promise<string | null> {
    const { store, context } = this.#options;
    try {
      const reached = await checkSpending(store, this.#purse);
      if (!reached) return null;
      context.stopTask(reached);
      return reached.message;
    } catch {
      // The store's failure reaches the step by its own next write; until then nothing more is spent.
      return "what was spent cannot be read";
    }
  }

  #cancelReason(): ErrorRecord {
    return toErrorRecord(this.#options.context.signal.reason, "cancelled");
  }
}

function toOutcome(turn: TurnResult & { ok: true }, { parse }: Assignment): StepOutcome {
  try {
    return { status: "succeeded", handoff: parse(turn.structuredOutput) };
  } catch (error) {
    return { status: "failed", error: toErrorRecord(error, "handoff_invalid") };
  }
}

function isHandoffError(error: ErrorRecord): boolean {
  return error.code === "handoff_missing" || error.code === "handoff_invalid";
}
