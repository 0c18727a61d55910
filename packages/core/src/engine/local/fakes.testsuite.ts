import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NewEvent, NO_OVERRIDES, type PlannedStep } from "../../domain/index.js";
import { type Ownership, takeOwnership } from "../../ownership/index.js";
import { openSqliteStore, type Store } from "../../store/index.js";
import type { Engine, StepContext, StepExecutor, StepExecutors, StepOutcome } from "../engine.js";
import { createLocalEngine } from "./local-engine.js";

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

/** One for each kind of step but that of agents, so that a story is told of those alone. */
function otherExecutors(): Omit<StepExecutors, "agent"> {
  const make = () => new FakeExecutor();
  return { plan: make(), baseline: make(), check: make(), merge: make(), conflict: make() };
}

/** A database with as many stores and engines on it as a test wants: each pair stands for a process. */
export class House {
  readonly #folder = mkdtempSync(join(tmpdir(), "orchestrator-engine-"));
  readonly #stores: Store[] = [];
  readonly #engines: Engine[] = [];
  readonly #owners: Ownership[] = [];
  readonly troubles: string[] = [];

  async openStore(): Promise<Store> {
    const store = await openSqliteStore({ path: join(this.#folder, "o.db") });
    this.#stores.push(store);
    return store;
  }

  openEngine(
    store: Store,
    executor: StepExecutor,
    given: { ownerId?: string; maxParallelAgents?: number; executors?: Partial<StepExecutors> } = {},
  ): Engine {
    const onTrouble = (message: string) => this.troubles.push(message);
    const ownership = takeOwnership({ store, ownerId: given.ownerId ?? "owner_1", onTrouble });
    const engine = createLocalEngine({
      store,
      executors: { ...otherExecutors(), agent: executor, ...given.executors },
      ownership,
      maxParallelAgents: given.maxParallelAgents ?? 5,
      onTrouble,
    });
    this.#owners.push(ownership);
    this.#engines.push(engine);
    return engine;
  }

  async remove(): Promise<void> {
    for (const engine of this.#engines) await engine.stop();
    for (const owner of this.#owners) await owner.signOff();
    for (const store of this.#stores) await store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Records a task of steps given as `{ key: [what it depends on] }`; a key that ends in `!` writes. */
export async function addTask(
  store: Store,
  taskId: string,
  edges: Readonly<Record<string, string[]>>,
  workingDirectory = "/work",
  given: { priority?: number; afterTaskId?: string; ownerId?: string } = {},
): Promise<void> {
  const subject = { taskId, stepKey: null, agentId: null };
  const steps = Object.entries(edges).map(
    ([key, dependsOn]): PlannedStep => ({
      key: key.replace("!", ""),
      kind: "agent",
      role: "builder",
      instructions: "",
      dependsOn,
      writes: key.endsWith("!"),
      overrides: NO_OVERRIDES,
      round: 0,
      lane: null,
    }),
  );
  const created: NewEvent = {
    ...subject,
    type: "task.created",
    data: {
      prompt: "Do it",
      workingDirectory,
      taskType: "custom",
      executionMode: "dependencies",
      includeAnalyst: "auto",
      model: "sonnet",
      budgetUsd: null,
      rehearsal: false,
      priority: given.priority ?? 0,
      afterTaskId: given.afterTaskId ?? null,
      followUpOf: null,
      forkOf: null,
      ownerId: given.ownerId ?? null,
      workspaceKind: "in_place",
      uncommitted: "leave",
      requireChecks: false,
    },
  };
  const plan = { planMode: "custom" as const, workflow: null, complexity: "simple" as const, reasons: [] };
  await store.append([created, { ...subject, type: "workflow.planned", data: { ...plan, steps, checks: [] } }]);
}

/** Resolves with the first event of a type about a step. */
export async function nextEvent(store: Store, type: NewEvent["type"], stepKey: string | null): Promise<void> {
  for await (const event of store.subscribe({})) if (event.type === type && event.stepKey === stepKey) return;
}
