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
import { cancelled, reasonOf, suspended } from "./reasons.js";
import { TaskControl } from "./task-control.js";
import { waitForTask } from "./wait-for-task.js";
import { WaitingRoom } from "./waiting-room.js";

const LISTEN_RETRY_MS = 1_000;

export interface LocalEngineOptions {
  store: Store;
  executors: StepExecutors;
  /** This process among those that share the database. */
  ownership: Ownership;
  /** Steps that may run at once, over all processes that share the database. */
  maxParallelAgents: number;
  /** Ends what an owner who is gone has left running. */
  reap?(ownerId: string): Promise<void>;
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
  control: TaskControl;
  ended: Promise<void>;
}

class LocalEngine implements Engine {
  readonly #store: Store;
  readonly #executors: StepExecutors;
  readonly #ownership: Ownership;
  readonly #reap: (ownerId: string) => Promise<void>;
  readonly #onTrouble: (message: string, error: unknown) => void;
  readonly #runs = new Map<string, TaskRun>();
  /** What a person has to do, for tasks that cannot go on without. */
  readonly #attention = new Map<string, EventData<"task.needs_attention">>();
  readonly #stopping = new AbortController();
  readonly #waitingRoom: WaitingRoom;
  #hosting: Promise<void> | null = null;
  #listening: Promise<void> | null = null;

  constructor(options: LocalEngineOptions) {
    this.#store = options.store;
    this.#executors = options.executors;
    this.#ownership = options.ownership;
    this.#waitingRoom = new WaitingRoom(options);
    this.#reap = options.reap ?? (async () => {});
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
    // One that waits for another is claimed when its turn comes; what a task waited for is over when it has run before.
    const isNow = task.status !== "queued" || task.afterTaskId === null;
    if (isNow && !(await this.#takeUp(task))) return;
    const control = new TaskControl();
    const ended = isNow
      ? this.#drive(taskId, control)
      : this.#driveAfter(task, task.afterTaskId ?? "", control).catch((error: unknown) =>
          this.#endAfterFailure(task, error).then(() => {
            throw error;
          }),
        );
    this.#runs.set(taskId, { control, ended });
    // Whoever waits gets the error; nobody has to. A task that ended well need not be remembered.
    ended.then(
      () => this.#runs.delete(taskId),
      () => {},
    );
  }

  /** Claims a task that is to come, or one that nobody runs any more. */
  async #takeUp(task: TaskRecord): Promise<boolean> {
    const { ownerId } = this.#ownership;
    if (task.status === "queued") return this.#store.claimTask(task.taskId, ownerId);
    const liveness = await this.#ownership.liveness();
    if (!(await this.#store.resumeTask(task.taskId, { ownerId, ...liveness }))) return false;
    // Whatever the owner before has left behind must be gone before anything is begun again.
    const { ownerId: before } = task;
    if (before !== null && before !== ownerId && (await this.#ownership.isGone(before))) await this.#reap(before);
    return true;
  }

  async wait(taskId: string): Promise<void> {
    await this.#runs.get(taskId)?.ended;
  }

  async pause(taskId: string, data: { interrupt: boolean; reason: string }): Promise<void> {
    await this.#store.append([{ type: "task.pause_requested", taskId, stepKey: null, agentId: null, data }]);
  }

  async resume(taskId: string): Promise<void> {
    if (this.#runs.has(taskId)) return this.#goOn(taskId);
    const task = await this.#store.getTask(taskId);
    if (!task || isTaskEnded(task.status)) return;
    if (task.status !== "needs_attention" && !(await this.#ownership.isGone(task.ownerId))) {
      await this.#store.append([{ type: "task.resume_requested", taskId, stepKey: null, agentId: null, data: {} }]);
      return;
    }
    await this.start(taskId);
  }

  async suspend(taskId: string): Promise<void> {
    const run = this.#runs.get(taskId);
    run?.control.suspend(suspended("its process lets go of it"));
    await run?.ended;
  }

  async cancel(taskId: string, reason: string): Promise<void> {
    const run = this.#runs.get(taskId);
    // Aborted here at once, so that a database that is stuck cannot keep agents alive.
    run?.control.abort(cancelled(reason));
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
    const { taskId, ownerId } = task;
    if (ownerId !== null && (await this.#ownership.isGone(ownerId))) await this.#reap(ownerId);
    for (const step of await this.#store.listSteps(taskId))
      if (!isStepEnded(step.status)) await this.#endWithoutRunning(step, "cancelled", reason);
    await this.#finish(task, new TaskControl());
    await this.#endTask(task, cancelled(reason));
  }

  async stop(): Promise<void> {
    for (const { control } of this.#runs.values()) control.abort(cancelled("the orchestrator stopped"));
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
    const { taskId } = event;
    if (taskId === null) return;
    if (event.type === "task.resume_requested") return this.#inBackground(this.#goOn(taskId));
    const run = this.#runs.get(taskId);
    if (event.type === "task.cancel_requested") run?.control.abort(cancelled(event.data.reason));
    else if (event.type === "task.pause_requested" && run) this.#inBackground(this.#hold(taskId, run, event.data));
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error) => this.#onTrouble("a command to a task could not be carried out", error));
  }

  async #hold(taskId: string, run: TaskRun, { interrupt, reason }: EventData<"task.pause_requested">): Promise<void> {
    const { control } = run;
    if (control.signal.aborted || (control.isPaused && !interrupt)) return;
    control.pause();
    if (interrupt) {
      control.suspend(suspended(reason));
      // Whoever goes on with it must find its agents gone.
      await run.ended.catch(() => {});
    }
    const data = { reason, released: interrupt };
    await this.#store.append([{ type: "task.paused", taskId, stepKey: null, agentId: null, data }]);
  }

  async #goOn(taskId: string): Promise<void> {
    const run = this.#runs.get(taskId);
    if (!run?.control.isPaused || run.control.signal.aborted) return;
    const { ownerId } = this.#ownership;
    await this.#store.resumeTask(taskId, { ownerId, ...(await this.#ownership.liveness()) });
    run.control.resume();
  }

  /** Waits for the task that must come first; one that did not succeed takes this one along. */
  async #driveAfter(task: TaskRecord, afterTaskId: string, control: TaskControl): Promise<void> {
    if (task.cancelRequested) control.abort(cancelled("it was cancelled before it started"));
    const { signal } = control;
    const obstacle = await waitForTask({ store: this.#store, ownership: this.#ownership, taskId: afterTaskId, signal });
    if (!signal.aborted && obstacle === null) {
      if (await this.#store.claimTask(task.taskId, this.#ownership.ownerId)) await this.#drive(task.taskId, control);
      return;
    }
    const reason = signal.aborted ? reasonOf(signal) : (obstacle ?? cancelled("it could not start"));
    const status = reason.code === "cancelled" ? "cancelled" : "skipped";
    for (const step of await this.#store.listSteps(task.taskId))
      await this.#endWithoutRunning(step, status, reason.message);
    await this.#endTask(task, reason);
  }

  async #drive(taskId: string, control: TaskControl): Promise<void> {
    const task = await this.#require(taskId);
    // Whoever cancelled it while it was queued was heard by nobody.
    if (task.cancelRequested) control.abort(cancelled("it was cancelled before it started"));
    const steps = await this.#store.listSteps(taskId);
    try {
      await runGraph({
        steps,
        signal: control.signal,
        isSuspended: () => control.isSuspended,
        mayStart: () => control.mayStart(),
        run: (step) =>
          this.#runStep(task, step, control).catch((error: unknown) => {
            // Nothing can be recorded any more: the steps beside it must not go on spending.
            control.abort(error);
            throw error;
          }),
        skip: (step, reason) => this.#endWithoutRunning(step, "skipped", reason),
        cancel: (step) => this.#endWithoutRunning(step, "cancelled", reasonOf(control.signal).message),
        prepare: (step) => this.#executors[step.kind].prepare(task, step),
      });
    } catch (error) {
      control.abort(error);
      await this.#finish(task, control);
      await this.#endAfterFailure(task, error);
      throw error;
    }
    const attention = control.signal.aborted ? undefined : this.#attention.get(taskId);
    this.#attention.delete(taskId);
    const reason = reasonOf(control.signal);
    await this.#finish(task, control);
    if (control.isSuspended) return;
    if (!attention) return this.#endTask(task, reason);
    await this.#store.append([{ type: "task.needs_attention", taskId, stepKey: null, agentId: null, data: attention }]);
  }

  /** Whatever happened, nothing that was started for the task may outlive it. */
  async #finish(task: TaskRecord, control: TaskControl): Promise<void> {
    const { isSuspended } = control;
    control.abort(cancelled("the task has ended"));
    const executors = [...new Set(Object.values(this.#executors))];
    const finished = await Promise.allSettled(executors.map((executor) => executor.finish(task, isSuspended)));
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

  async #runStep(task: TaskRecord, step: StepRecord, control: TaskControl): Promise<GraphStepEnd<StepRecord>> {
    const { signal } = control;
    const claimed = await this.#waitingRoom.claim(step, signal);
    if (claimed === null && control.isSuspended) return { status: "waiting", added: [], continuedBy: null };
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
      isSuspended: () => control.isSuspended,
      attemptFailed: async (error) => {
        await this.#store.append([{ ...subject, type: "step.attempt_failed", data: { attempt, error } }]);
        attempt += 1;
      },
      stopTask: (reason) => control.abort(reason),
    };
    let failure: { error: unknown } | null = null;
    const outcome = await this.#executors[step.kind].run(context).catch((error: unknown): StepOutcome => {
      failure = { error };
      return { status: "failed", error: toErrorRecord(error, "database_failed") };
    });
    // What had ended all the same is kept; everything else is begun again where it was.
    if (control.isSuspended && outcome.status !== "succeeded") {
      this.#waitingRoom.wake();
      return { status: "waiting", added: [], continuedBy: null };
    }
    if (outcome.status === "needs_attention") {
      const data = { reason: outcome.reason, cause: "attention" as const };
      await this.#store.append([{ ...subject, type: "step.waiting", data }]);
      this.#attention.set(task.taskId, { reason: outcome.reason, hint: outcome.hint });
      this.#waitingRoom.wake();
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
    this.#waitingRoom.wake();
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
