import { OrchestratorError } from "../../domain/index.js";
import type { Ownership } from "../../ownership/index.js";
import type { StepRecord, Store } from "../../store/index.js";
import { record } from "./end-task.js";
import { describeHeld, describeWait, TaskTakenOver } from "./reasons.js";
import type { TaskControl } from "./task-control.js";
import { tellHold } from "./tell-hold.js";

/** How soon a step that had to wait asks again, when nothing tells it sooner. */
const CLAIM_RETRY_MS = 200;
/** The same while the fleet is held: its release is told at once, the end of a canary's process is not. */
const HOLD_LOOK_MS = 5_000;

export interface WaitingRoomOptions {
  store: Store;
  ownership: Ownership;
  /** Steps that may run at once, over all processes that share the database. */
  maxParallelAgents: number;
}

/** Where steps wait until the limits let them start. */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  /** Called whenever a step of ours has ended: one that waits may go. */
  readonly #waiting = new Set<() => void>();

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  /** A place may be free. */
  wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /**
   * Waits until the limits let the step start.
   *
   * @param scope - how it reaches the models; absent for one that calls none
   * @returns the attempt; `null` when the task ends first
   * @throws TaskTakenOver when another process runs the task by now
   */
  async claim(step: StepRecord, scope: string | undefined, control: TaskControl): Promise<number | null> {
    const { store, ownership, maxParallelAgents } = this.#options;
    const { signal } = control;
    let toldCause = "";
    for (;;) {
      // Paused while it waited: nothing new is started.
      await control.mayStart();
      if (signal.aborted) return null;
      const liveness = await ownership.liveness();
      const result = await store.claimStep({
        taskId: step.taskId,
        stepKey: step.stepKey,
        ownerId: ownership.ownerId,
        maxRunning: maxParallelAgents,
        isInterrupted: step.status === "running",
        scope,
        ...liveness,
      });
      if (result.claimed) return result.attempt;
      if (result.reason === "taken_over") throw new TaskTakenOver(step.taskId);
      if (result.reason === "ended")
        throw new OrchestratorError("step_failed", `The step "${step.stepKey}" was already run.`, "Nothing to do.");
      // Others are let past or held back by the cause, so it must be the present one.
      const reason = result.reason === "held" ? describeHeld(result.hold) : describeWait(result.reason, result.holders);
      // A step that met the limit itself has said so already.
      const isSaid = result.reason === "held" && step.status === "waiting" && step.reason === reason;
      if (result.reason !== toldCause && !isSaid) {
        const subject = { taskId: step.taskId, stepKey: step.stepKey, agentId: null };
        const data = { reason, cause: result.reason };
        await record(this.#options, step.taskId, { ...subject, type: "step.waiting", data });
      }
      toldCause = result.reason;
      if (result.reason !== "held") {
        await this.#waitForRoom(signal, CLAIM_RETRY_MS);
        continue;
      }
      // After a release it is a matter of moments.
      if (result.hold.releasedMs === null) await tellHold(this.#options, step.taskId, control, result.hold);
      const leftMs = result.retryAtMs - Date.now();
      await this.#waitForRoom(signal, Math.min(HOLD_LOOK_MS, Math.max(CLAIM_RETRY_MS, leftMs)));
    }
  }

  #waitForRoom(signal: AbortSignal, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.#waiting.add(done);
      signal.addEventListener("abort", done);
      // It may have been while the store was asked, and then tells it no more.
      if (signal.aborted) done();
    });
  }
}
