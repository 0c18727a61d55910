import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeExecutor } from "../../conformance/fake-executor.testsuite.js";
import { type Ownership, takeOwnership } from "../../ownership/index.js";
import { openSqliteStore, type Store } from "../../store/index.js";
import type { Engine, StepExecutor, StepExecutors } from "../engine.js";
import { createLocalEngine } from "./local-engine.js";

export { BAD, DONE, FakeExecutor } from "../../conformance/fake-executor.testsuite.js";
export { addTask, nextEvent } from "../../conformance/tasks.testsuite.js";

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
