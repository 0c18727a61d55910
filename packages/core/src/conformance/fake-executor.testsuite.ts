import type { StepContext, StepExecutor, StepOutcome } from "../engine/index.js";

export const DONE: StepOutcome = { status: "succeeded", handoff: { summary: "done" } };
export const BAD: StepOutcome = {
  status: "failed",
  error: { code: "agent_failed", message: "It broke.", hint: "Mend it." },
};

/** An executor whose steps end when the test says so, or when they are aborted. */
export class FakeExecutor implements StepExecutor {
  readonly story: string[] = [];
  readonly contexts = new Map<string, StepContext>();
  /** Steps that run now, and the most that ever ran at once. */
  running = 0;
  most = 0;
  readonly #ends = new Map<string, (outcome: StepOutcome | Error) => void>();
  readonly #watchers = new Set<() => void>();

  /** @param automatic - answers for steps that end by themselves, after a turn of the event loop */
  constructor(readonly automatic: (context: StepContext) => StepOutcome | null = () => null) {}

  run(context: StepContext): Promise<StepOutcome> {
    const { stepKey } = context.step;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    this.contexts.set(stepKey, context);
    this.#tell(`run ${stepKey}`);
    return new Promise<StepOutcome>((resolve, reject) => {
      const end = (outcome: StepOutcome | Error) => {
        if (!this.#ends.delete(stepKey)) return;
        this.running -= 1;
        this.#tell(`end ${stepKey}`);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      this.#ends.set(stepKey, end);
      const abort = () => end({ status: "cancelled", reason: (context.signal.reason as Error).message });
      if (context.signal.aborted) abort();
      else context.signal.addEventListener("abort", abort);
      const answer = this.automatic(context);
      if (answer) setImmediate(() => end(answer));
    });
  }

  prepare(_task: unknown, step: { stepKey: string }): void {
    this.#tell(`prepare ${step.stepKey}`);
  }

  async finish(task: { taskId: string }): Promise<void> {
    this.#tell(`finish ${task.taskId}`);
  }

  end(stepKey: string, outcome: StepOutcome | Error = DONE): void {
    this.#ends.get(stepKey)?.(outcome);
  }

  /** Resolves when something has been told. */
  async until(line: string): Promise<void> {
    while (!this.story.includes(line)) await new Promise<void>((resolve) => this.#watchers.add(resolve));
  }

  #tell(line: string): void {
    this.story.push(line);
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}
