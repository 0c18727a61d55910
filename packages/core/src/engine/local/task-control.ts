import { setMaxListeners } from "node:events";
import type { EventData, OrchestratorError } from "../../domain/index.js";

/** What decides whether a task that runs here goes on: cancelled, paused, held, or left as it is. */
export class TaskControl {
  /** What a person has to do, where the task cannot go on without. */
  attention: EventData<"task.needs_attention"> | null = null;
  /** What the fleet waits for, once it was told that a step of the task waits with it. */
  held: EventData<"task.held"> | null = null;
  readonly #controller = new AbortController();
  #isSuspended = false;
  #isPaused = false;
  readonly #waiting = new Set<() => void>();

  constructor() {
    // Every step that waits or works listens to it; Node would take more than ten for a leak.
    setMaxListeners(0, this.signal);
  }

  /** Aborted when everything must end; its reason is an OrchestratorError. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True when everything is to be left as it is, to be gone on with later. */
  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Ends everything. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
    this.#wake();
  }

  /** Stops everything without an end of it being recorded. One that was cancelled before stays cancelled. */
  suspend(reason: OrchestratorError): void {
    if (this.signal.aborted) return;
    this.#isSuspended = true;
    this.abort(reason);
  }

  /** Another process has it: here everything is left as it is, whatever was asked for before. */
  lose(reason: OrchestratorError): void {
    this.#isSuspended = true;
    this.abort(reason);
  }

  /** Nothing new is started until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    // It reads as running now: whatever it waits for is told again.
    this.held = null;
    this.#wake();
  }

  /** Resolves when steps may be started, or when it is over. */
  async mayStart(): Promise<void> {
    while (this.#isPaused && !this.signal.aborted)
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
