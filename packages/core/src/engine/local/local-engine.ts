import { type EventData, isTaskEnded, OrchestratorError, type StoredEvent, toErrorRecord } from "../../domain/index.js";
import type { Ownership } from "../../ownership/index.js";
import type { Store, TaskRecord } from "../../store/index.js";
import type { Engine, StepExecutors } from "../engine.js";
import { runGraph } from "../graph-runner.js";
import { endAfterFailure, endTask, endUnrun, endWithoutRunning, record } from "./end-task.js";
import { isDiskFull, stopAll, waitsForRoom } from "./full-disk.js";
import { cancelled, reasonOf, suspended, TaskTakenOver } from "./reasons.js";
import { runStep, type StepRunOptions } from "./run-step.js";
import { TaskControl } from "./task-control.js";
import { tellRelease } from "./tell-hold.js";
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
  /** It has failed, and is remembered for whoever waits for it. */
  isOver: boolean;
}

class LocalEngine implements Engine {
  readonly #store: Store;
  readonly #executors: StepExecutors;
  readonly #ownership: Ownership;
  readonly #reap: (ownerId: string) => Promise<void>;
  readonly #onTrouble: (message: string, error: unknown) => void;
  readonly #runs = new Map<string, TaskRun>();
  /** Tasks that are being claimed. */
  readonly #starting = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #parts: StepRunOptions;
  #hosting: Promise<void> | null = null;
  #listening: Promise<void> | null = null;

  constructor(options: LocalEngineOptions) {
    this.#store = options.store;
    this.#executors = options.executors;
    this.#ownership = options.ownership;
    this.#parts = { ...options, waitingRoom: new WaitingRoom(options) };
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

  /** Whoever asks twice at once gets one start: the second would be let in as the owner of the first. */
  start(taskId: string): Promise<void> {
    const starting = this.#starting.get(taskId) ?? this.#start(taskId).finally(() => this.#starting.delete(taskId));
    this.#starting.set(taskId, starting);
    return starting;
  }

  async #start(taskId: string): Promise<void> {
    await this.run();
    if (this.#isAtWork(taskId)) return;
    const task = await this.#store.getTask(taskId);
    if (!task || isTaskEnded(task.status)) return;
    // One that waits for another is claimed when its turn comes; what a task waited for is over when it has run before.
    const isNow = task.status !== "queued" || task.afterTaskId === null;
    if (isNow && !(await this.#takeUp(task))) return;
    const control = new TaskControl();
    const ended = isNow
      ? this.#drive(taskId, control)
      : this.#driveAfter(task, task.afterTaskId ?? "", control).catch((error: unknown) =>
          this.#endAfterFailure(taskId, error).then(() => {
            throw error;
          }),
        );
    const run: TaskRun = { control, ended, isOver: false };
    this.#runs.set(taskId, run);
    // Whoever waits gets the error; nobody has to. A task that ended well need not be remembered.
    ended.then(
      () => this.#runs.delete(taskId),
      () => {
        run.isOver = true;
      },
    );
  }

  #isAtWork(taskId: string): boolean {
    return this.#runs.get(taskId)?.isOver === false;
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
    if (this.#isAtWork(taskId)) return this.#goOn(taskId);
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
    // One that has not begun has left nothing. Another may want to go on with it, or to end it as well, at this very
    // moment: whoever gets it does as it wants.
    if (task.status !== "queued") {
      // Whoever has not signed on counts as gone, and another could go on with it while its workspaces are let go of.
      await this.#ownership.signOn();
      if (!(await this.#takeUp(task))) return;
      await this.#finish(task, new TaskControl());
    }
    await endUnrun(this.#parts, task, "cancelled", cancelled(reason));
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
    if (event.type === "fleet.released") return this.#release(event.data.scope);
    const run = event.taskId === null ? undefined : this.#runs.get(event.taskId);
    if (event.taskId === null || !run) return;
    switch (event.type) {
      case "task.resume_requested":
        return this.#inBackground(this.#goOn(event.taskId));
      case "task.cancel_requested":
        return run.control.abort(cancelled(event.data.reason));
      case "task.pause_requested":
        return this.#inBackground(this.#hold(event.taskId, run, event.data));
      case "task.resumed":
        // We were silent for so long that another took it over: what we have running must not go on beside it.
        if (event.data.ownerId !== this.#ownership.ownerId) run.control.lose(new TaskTakenOver(event.taskId));
        return;
    }
  }

  /** The fleet goes on, and with it whoever waited. Another account's release is no news here. */
  #release(scope: string): void {
    if (!Object.values(this.#executors).some((executor) => executor.scope === scope)) return;
    for (const [taskId, { control }] of this.#runs) this.#inBackground(tellRelease(this.#parts, taskId, control));
    this.#parts.waitingRoom.wake();
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
    await record(this.#parts, taskId, { type: "task.paused", taskId, stepKey: null, agentId: null, data });
  }

  async #goOn(taskId: string): Promise<void> {
    const run = this.#runs.get(taskId);
    if (!run?.control.isPaused || run.control.signal.aborted) return;
    const { ownerId } = this.#ownership;
    const isOurs = await this.#store.resumeTask(taskId, { ownerId, ...(await this.#ownership.liveness()) });
    if (!isOurs) return run.control.lose(new TaskTakenOver(taskId));
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
    await endUnrun(this.#parts, task, status, reason);
  }

  async #drive(taskId: string, control: TaskControl): Promise<void> {
    const task = await this.#require(taskId);
    try {
      await this.#runToEnd(task, control);
    } catch (error) {
      if (!(error instanceof TaskTakenOver)) throw error;
      control.lose(error);
      await this.#finish(task, control);
    }
  }

  async #runToEnd(task: TaskRecord, control: TaskControl): Promise<void> {
    const { taskId } = task;
    // Whoever cancelled it while it was queued was heard by nobody.
    if (task.cancelRequested) control.abort(cancelled("it was cancelled before it started"));
    const steps = await this.#store.listSteps(taskId);
    /** Nothing can be recorded any more: the steps beside it must not go on spending. */
    const giveUp = (error: unknown): never => {
      if (error instanceof TaskTakenOver) control.lose(error);
      else stopAll(control, error);
      throw error;
    };
    try {
      await runGraph({
        steps,
        signal: control.signal,
        isSuspended: () => control.isSuspended,
        mayStart: () => control.mayStart(),
        run: (step) => runStep(this.#parts, task, step, control).catch(giveUp),
        skip: (step, reason) => endWithoutRunning(this.#parts, step, "skipped", reason).catch(giveUp),
        cancel: (step) => endWithoutRunning(this.#parts, step, "cancelled", reasonOf(control.signal).message),
        prepare: (step) => this.#executors[step.kind].prepare(task, step),
      });
    } catch (error) {
      if (error instanceof TaskTakenOver) throw error;
      stopAll(control, error);
      await this.#finish(task, control);
      if (isDiskFull(error)) throw await this.#leave(taskId, error);
      await this.#endAfterFailure(taskId, error);
      throw error;
    }
    const attention = control.signal.aborted ? null : control.attention;
    const reason = reasonOf(control.signal);
    // What another process goes on with is not ours to tidy away.
    if (!control.isSuspended) await record(this.#parts, taskId);
    await this.#finish(task, control);
    if (control.isSuspended) return;
    if (!attention) return endTask(this.#parts, task, reason);
    await record(this.#parts, taskId, {
      type: "task.needs_attention",
      taskId,
      stepKey: null,
      agentId: null,
      data: attention,
    });
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
  async #endAfterFailure(taskId: string, error: unknown): Promise<void> {
    const { message } = toErrorRecord(error, "step_failed");
    const isKnown = OrchestratorError.is(error);
    const cause = isKnown ? error : new OrchestratorError("step_failed", message, "See the log file.");
    await endAfterFailure(this.#parts, taskId, cause).catch((second) =>
      this.#onTrouble("a task could not be ended", second),
    );
  }

  /** A full disk is no fault of the task: it is left as it is, to be gone on with when there is room. */
  async #leave(taskId: string, { message }: OrchestratorError): Promise<OrchestratorError> {
    const data = { reason: "the disk is full", released: true };
    try {
      await record(this.#parts, taskId, { type: "task.paused", taskId, stepKey: null, agentId: null, data });
    } catch (second) {
      // Without room even for that it reads as interrupted, once this process is gone.
      this.#onTrouble("that a task waits for room on the disk could not be recorded", second);
    }
    return waitsForRoom(taskId, message);
  }

  async #require(taskId: string): Promise<TaskRecord> {
    const task = await this.#store.getTask(taskId);
    if (!task)
      throw new OrchestratorError("not_found", `No task has the id "${taskId}".`, "See: orchestrator list-tasks");
    return task;
  }
}
