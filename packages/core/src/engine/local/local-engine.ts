import {
  type EventData,
  isStepEnded,
  isTaskEnded,
  OrchestratorError,
  type StoredEvent,
  toErrorRecord,
} from "../../domain/index.js";
import type { Ownership } from "../../ownership/index.js";
import type { StepRecord, Store, TaskRecord } from "../../store/index.js";
import { takeCensus } from "../census.js";
import type { Engine, StepContext, StepExecutors, StepOutcome } from "../engine.js";
import { type GraphStepEnd, runGraph } from "../graph-runner.js";
import { composeOutput, judge, toEndData } from "../task-verdict.js";
import { waitForTask } from "./wait-for-task.js";

/** How soon a step that had to wait asks again, when nothing tells it sooner. */
const CLAIM_RETRY_MS = 200;

const LISTEN_RETRY_MS = 1_000;

export interface LocalEngineOptions {
  store: Store;
  executors: StepExecutors;
  /** This process among those that share the database. */
  ownership: Ownership;
  /** Steps that may run at once, over all processes that share the database. */
  maxParallelAgents: number;
  /** Told of failures of the engine's own upkeep; they end nothing. */
  onTrouble?(message: string, error: unknown): void;
}

/**
 * The engine for one machine: steps are claimed in the store's database, which several processes may share.
 *
 * @param options - the store, the executors by kind, and the limits
 */
export function createLocalEngine(options: LocalEngineOptions): Engine {
  return new LocalEngine(options);
}

interface TaskRun {
  controller: AbortController;
  ended: Promise<void>;
}

class LocalEngine implements Engine {
  readonly #store: Store;
  readonly #executors: StepExecutors;
  readonly #ownership: Ownership;
  readonly #maxParallelAgents: number;
  readonly #onTrouble: (message: string, error: unknown) => void;
  readonly #runs = new Map<string, TaskRun>();
  /** What a person has to do, for tasks that cannot go on without. */
  readonly #attention = new Map<string, EventData<"task.needs_attention">>();
  readonly #stopping = new AbortController();
  /** Called whenever a step of ours has ended: one that waits may go. */
  readonly #waiting = new Set<() => void>();
  #hosting: Promise<void> | null = null;
  #listening: Promise<void> | null = null;

  constructor(options: LocalEngineOptions) {
    this.#store = options.store;
    this.#executors = options.executors;
    this.#ownership = options.ownership;
    this.#maxParallelAgents = options.maxParallelAgents;
    this.#onTrouble = options.onTrouble ?? (() => {});
  }

  run(): Promise<void> {
    this.#hosting ??= this.#beginHosting().catch((error: unknown) => {
      this.#hosting = null;
      throw error;
    });
    return this.#hosting;
  }

  async #beginHosting(): Promise<void> {
    await this.#ownership.signOn();
    this.#listening = this.#listen(await this.#store.lastSeq());
  }

  async start(taskId: string): Promise<void> {
    await this.run();
    if (this.#runs.has(taskId)) return;
    const task = await this.#store.getTask(taskId);
    if (!task || isTaskEnded(task.status)) return;
    // What a task waited for is over when it has run before.
    const isFirst = task.afterTaskId === null || task.status === "needs_attention";
    if (isFirst && !(await this.#store.claimTask(taskId, this.#ownership.ownerId))) return;
    const controller = new AbortController();
    const ended = isFirst
      ? this.#drive(taskId, controller)
      : this.#driveAfter(task, task.afterTaskId ?? "", controller).catch((error: unknown) =>
          this.#endAfterFailure(task, error).then(() => {
            throw error;
          }),
        );
    this.#runs.set(taskId, { controller, ended });
    // Whoever waits gets the error; nobody has to. A task that ended well need not be remembered.
    ended.then(
      () => this.#runs.delete(taskId),
      () => {},
    );
  }

  async wait(taskId: string): Promise<void> {
    await this.#runs.get(taskId)?.ended;
  }

  async cancel(taskId: string, reason: string): Promise<void> {
    const run = this.#runs.get(taskId);
    // Aborted here at once, so that a database that is stuck cannot keep agents alive.
    run?.controller.abort(cancelled(reason));
    const task = await this.#store.getTask(taskId);
    if (!task || isTaskEnded(task.status)) return;
    await this.#store.append([
      { type: "task.cancel_requested", taskId, stepKey: null, agentId: null, data: { reason } },
    ]);
    const isIdle = task.status === "needs_attention" || (await this.#ownership.isGone(task.ownerId));
    if (!run && isIdle) await this.#bury(task, reason);
  }

  /** Ends a task that no process runs: nobody else will. */
  async #bury(task: TaskRecord, reason: string): Promise<void> {
    const { taskId } = task;
    for (const step of await this.#store.listSteps(taskId))
      if (!isStepEnded(step.status)) await this.#endWithoutRunning(step, "cancelled", reason);
    const left = await this.#store.listAgents({ taskId, isDeleted: false });
    await this.#store.append(
      left.map(({ agentId }) => ({ type: "agent.deleted", taskId, stepKey: null, agentId, data: {} })),
    );
    await this.#endTask(task, cancelled(reason));
  }

  async stop(): Promise<void> {
    for (const { controller } of this.#runs.values()) controller.abort(cancelled("the orchestrator stopped"));
    await Promise.allSettled([...this.#runs.values()].map((run) => run.ended));
    this.#stopping.abort();
    await this.#listening;
  }

  /** Commands are events: whoever writes one, in whichever process, the owner of the task hears it here. */
  async #listen(start: number): Promise<void> {
    let after = start;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const event of this.#store.subscribe({ after, signal })) {
          after = event.seq;
          this.#obey(event);
        }
        return;
      } catch (error) {
        this.#onTrouble("commands from other processes could not be heard; it is tried again", error);
        await new Promise((resolve) => setTimeout(resolve, LISTEN_RETRY_MS));
      }
    }
  }

  #obey(event: StoredEvent): void {
    if (event.type !== "task.cancel_requested" || !event.taskId) return;
    this.#runs.get(event.taskId)?.controller.abort(cancelled(event.data.reason));
  }

  /** Waits for the task that must come first; one that did not succeed takes this one along. */
  async #driveAfter(task: TaskRecord, afterTaskId: string, controller: AbortController): Promise<void> {
    if (task.cancelRequested) controller.abort(cancelled("it was cancelled before it started"));
    const { signal } = controller;
    const obstacle = await waitForTask({ store: this.#store, ownership: this.#ownership, taskId: afterTaskId, signal });
    if (!signal.aborted && obstacle === null) {
      if (await this.#store.claimTask(task.taskId, this.#ownership.ownerId)) await this.#drive(task.taskId, controller);
      return;
    }
    const reason = signal.aborted ? reasonOf(signal) : (obstacle ?? cancelled("it could not start"));
    const status = reason.code === "cancelled" ? "cancelled" : "skipped";
    for (const step of await this.#store.listSteps(task.taskId))
      await this.#endWithoutRunning(step, status, reason.message);
    await this.#endTask(task, reason);
  }

  async #drive(taskId: string, controller: AbortController): Promise<void> {
    const task = await this.#require(taskId);
    // Whoever cancelled it while it was queued was heard by nobody.
    if (task.cancelRequested) controller.abort(cancelled("it was cancelled before it started"));
    const steps = await this.#store.listSteps(taskId);
    try {
      await runGraph({
        steps,
        signal: controller.signal,
        run: (step) =>
          this.#runStep(task, step, controller).catch((error: unknown) => {
            // Nothing can be recorded any more: the steps beside it must not go on spending.
            controller.abort(error);
            throw error;
          }),
        skip: (step, reason) => this.#endWithoutRunning(step, "skipped", reason),
        cancel: (step) => this.#endWithoutRunning(step, "cancelled", reasonOf(controller.signal).message),
        prepare: (step) => this.#executors[step.kind].prepare(task, step),
      });
    } catch (error) {
      controller.abort(error);
      await this.#finish(task, controller);
      await this.#endAfterFailure(task, error);
      throw error;
    }
    const attention = controller.signal.aborted ? undefined : this.#attention.get(taskId);
    this.#attention.delete(taskId);
    const reason = reasonOf(controller.signal);
    await this.#finish(task, controller);
    if (!attention) return this.#endTask(task, reason);
    await this.#store.append([{ type: "task.needs_attention", taskId, stepKey: null, agentId: null, data: attention }]);
  }

  /** Whatever happened, nothing that was started for the task may outlive it. */
  async #finish(task: TaskRecord, controller: AbortController): Promise<void> {
    controller.abort(cancelled("the task has ended"));
    const finished = await Promise.allSettled(Object.values(this.#executors).map((executor) => executor.finish(task)));
    for (const each of finished)
      if (each.status === "rejected") this.#onTrouble("what was held for a task could not be let go", each.reason);
  }

  /** The store has failed. Where it works again by now the task is closed; otherwise its owner will be seen to be gone. */
  async #endAfterFailure(task: TaskRecord, error: unknown): Promise<void> {
    const { message } = toErrorRecord(error, "step_failed");
    const cause = OrchestratorError.is(error)
      ? error
      : new OrchestratorError("step_failed", message, "See the log file.");
    try {
      const steps = await this.#store.listSteps(task.taskId);
      // A step that another process has taken over is that one's to end.
      const isOurs = (step: StepRecord) => step.ownerId === null || step.ownerId === this.#ownership.ownerId;
      for (const step of steps.filter((each) => !isStepEnded(each.status) && isOurs(each)))
        await this.#endWithoutRunning(step, "cancelled", message);
      await this.#endTask(task, cause);
    } catch (second) {
      this.#onTrouble("a task could not be ended", second);
    }
  }

  async #require(taskId: string): Promise<TaskRecord> {
    const task = await this.#store.getTask(taskId);
    if (!task)
      throw new OrchestratorError("not_found", `No task has the id "${taskId}".`, "See: orchestrator list-tasks");
    return task;
  }

  async #runStep(task: TaskRecord, step: StepRecord, controller: AbortController): Promise<GraphStepEnd<StepRecord>> {
    const { signal } = controller;
    const claimed = await this.#claim(step, signal);
    if (claimed === null) {
      await this.#endWithoutRunning(step, "cancelled", reasonOf(signal).message);
      return { status: "cancelled", added: [], continuedBy: null };
    }
    let attempt = claimed;
    // A round may have taken the place of what it depended on when the run began.
    const now = (await this.#store.listSteps(task.taskId)).find((each) => each.stepKey === step.stepKey);
    const subject = { taskId: task.taskId, stepKey: step.stepKey, agentId: null };
    const context: StepContext = {
      task,
      step: { ...step, dependsOn: now?.dependsOn ?? step.dependsOn },
      attempt,
      ownerId: this.#ownership.ownerId,
      signal,
      attemptFailed: async (error) => {
        await this.#store.append([{ ...subject, type: "step.attempt_failed", data: { attempt, error } }]);
        attempt += 1;
      },
      stopTask: (reason) => controller.abort(reason),
    };
    let failure: { error: unknown } | null = null;
    const outcome = await this.#executors[step.kind].run(context).catch((error: unknown): StepOutcome => {
      failure = { error };
      return { status: "failed", error: toErrorRecord(error, "database_failed") };
    });
    if (outcome.status === "needs_attention") {
      const data = { reason: outcome.reason, cause: "attention" as const };
      await this.#store.append([{ ...subject, type: "step.waiting", data }]);
      this.#attention.set(task.taskId, { reason: outcome.reason, hint: outcome.hint });
      for (const wake of this.#waiting) wake();
      return { status: "waiting", added: [], continuedBy: null };
    }
    const event = { ...subject, type: "step.ended" as const, data: toEndData(outcome) };
    const extension = outcome.status === "succeeded" ? outcome.extension : undefined;
    const isOurs = await this.#store.endStep(
      event,
      this.#ownership.ownerId,
      attempt,
      extension && { ...subject, type: "workflow.extended", data: extension },
    );
    for (const wake of this.#waiting) wake();
    if (failure) throw (failure as { error: unknown }).error;
    if (!isOurs)
      throw new OrchestratorError(
        "step_failed",
        `Another process took over the step "${step.stepKey}".`,
        "Look at it with: orchestrator task-details",
      );
    const added = await this.#stepsOf(task, extension);
    return { status: outcome.status, added, continuedBy: extension?.continuedBy ?? null };
  }

  async #stepsOf(task: TaskRecord, extension: EventData<"workflow.extended"> | undefined): Promise<StepRecord[]> {
    if (!extension) return [];
    const keys = extension.steps.map((step) => step.key);
    return (await this.#store.listSteps(task.taskId)).filter((step) => keys.includes(step.stepKey));
  }

  /** Waits until the limits let the step start. `null` when the task ends first. */
  async #claim(step: StepRecord, signal: AbortSignal): Promise<number | null> {
    let toldCause = "";
    while (!signal.aborted) {
      const liveness = await this.#ownership.liveness();
      const result = await this.#store.claimStep({
        taskId: step.taskId,
        stepKey: step.stepKey,
        ownerId: this.#ownership.ownerId,
        maxRunning: this.#maxParallelAgents,
        ...liveness,
      });
      if (result.claimed) return result.attempt;
      if (result.reason === "ended")
        throw new OrchestratorError("step_failed", `The step "${step.stepKey}" was already run.`, "Nothing to do.");
      // Others are let past or held back by the cause, so it must be the present one.
      if (result.reason !== toldCause) {
        const reason = describeWait(result.reason, result.holders);
        const subject = { taskId: step.taskId, stepKey: step.stepKey, agentId: null };
        await this.#store.append([{ ...subject, type: "step.waiting", data: { reason, cause: result.reason } }]);
      }
      toldCause = result.reason;
      await this.#waitForRoom(signal);
    }
    return null;
  }

  #waitForRoom(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, CLAIM_RETRY_MS);
      this.#waiting.add(done);
      signal.addEventListener("abort", done);
    });
  }

  async #endWithoutRunning(step: StepRecord, status: "skipped" | "cancelled", reason: string): Promise<void> {
    const subject = { taskId: step.taskId, stepKey: step.stepKey, agentId: null };
    await this.#store.append([
      { ...subject, type: "step.ended", data: { status, reason, error: null, handoff: null } },
    ]);
  }

  async #endTask(task: TaskRecord, reason: OrchestratorError): Promise<void> {
    const steps = await this.#store.listSteps(task.taskId);
    const verdict = judge(task, steps, reason);
    const data = { ...verdict, census: takeCensus(steps), output: composeOutput(steps) };
    await this.#store.append([{ type: "task.ended", taskId: task.taskId, stepKey: null, agentId: null, data }]);
  }
}

function describeWait(cause: "limit" | "priority" | "writer", holders: readonly string[]): string {
  const isOne = holders.length === 1;
  switch (cause) {
    case "limit":
      return `${isOne ? "1 step runs" : `${holders.length} steps run`} already, as many as ORCHESTRATOR_MAX_PARALLEL_AGENTS allows`;
    case "priority":
      return `${isOne ? "1 step" : `${holders.length} steps`} of a greater priority ${isOne ? "waits" : "wait"} as well`;
    case "writer":
      return `${holders.join(", ")} writes in the same directory; one writer at a time`;
  }
}

function cancelled(reason: string): OrchestratorError {
  return new OrchestratorError("cancelled", reason, "Finished steps are kept. Run it again when you want.");
}

function reasonOf(signal: AbortSignal): OrchestratorError {
  return OrchestratorError.is(signal.reason) ? signal.reason : cancelled("the task was cancelled");
}
