import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type NewEvent, newId, type StoredEvent } from "../domain/index.js";
import type { Engine, StepExecutor } from "../engine/index.js";
import { endMarked, findMarked, OWNER_MARKER } from "../processes/index.js";
import type { Store } from "../store/index.js";
import { HostProcess, type HostSettings, within } from "./host-process.testsuite.js";
import type { Place, Subject } from "./subject.testsuite.js";

/** One line of what the children of steps have written about themselves. */
export interface JournalLine {
  what: "run" | "end";
  taskId: string;
  stepKey: string;
  attempt: number;
  ownerId: string;
  pid: number;
}

/** One test's database, with the processes that share it. */
export class Stage {
  readonly place: Place;
  /** The test's own door to the database; it runs nothing. */
  store: Store;
  readonly #subject: Subject;
  readonly #hosts: HostProcess[] = [];
  readonly #closes: (() => Promise<void>)[] = [];

  private constructor(subject: Subject, place: Place, store: Store) {
    this.#subject = subject;
    this.place = place;
    this.store = store;
  }

  static async open(subject: Subject): Promise<Stage> {
    const place = await subject.createPlace();
    return new Stage(subject, place, await subject.openStore(place));
  }

  /** Starts a process that hosts an engine. */
  async host(settings: Partial<HostSettings> = {}): Promise<HostProcess> {
    // Each with a mark of its own, also beside other runs of this suite.
    const host = new HostProcess(this.#subject, this.place, { ownerId: newId("owner"), ...settings });
    this.#hosts.push(host);
    await host.until("ready");
    return host;
  }

  /** Two processes that host engines over the database. */
  async hosts(settings: Partial<HostSettings> = {}): Promise<[HostProcess, HostProcess]> {
    return Promise.all([this.host(settings), this.host(settings)]);
  }

  /** Records an agent that works on a step. */
  async addAgent(agentId: string, taskId: string, stepKey: string): Promise<void> {
    const limits = { effort: null, fallbackModel: null, maxTurns: 1, timeoutMinutes: 1, maxTokens: null };
    const data = {
      name: agentId,
      role: "builder",
      model: "sonnet",
      tools: [],
      systemPrompt: "",
      workingDirectory: "/work",
      logDirectory: null,
      rehearsal: false,
      settings: { ...limits, writes: false, sandbox: false },
    };
    await this.store.append([{ type: "agent.created", taskId, stepKey, agentId, data }]);
  }

  /** An engine in this process, with a door of its own to the database: as good as another process, but for its end. */
  async engine(executor: StepExecutor, given: { maxRunning?: number } = {}): Promise<Engine> {
    const store = await this.#subject.openStore(this.place);
    const { engine, close } = this.#subject.openEngine({
      store,
      ownerId: newId("owner"),
      executor,
      maxRunning: given.maxRunning ?? 5,
    });
    this.#closes.push(async () => {
      await close();
      await store.close();
    });
    return engine;
  }

  /** What the children of steps have written, in order. */
  journal(): JournalLine[] {
    const path = join(this.place.folder, "journal.jsonl");
    if (!existsSync(path)) return [];
    return readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as JournalLine);
  }

  /** How often each step was run. */
  runs(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { what, stepKey } of this.journal()) if (what === "run") counts[stepKey] = (counts[stepKey] ?? 0) + 1;
    return counts;
  }

  async statuses(taskId: string): Promise<Record<string, string>> {
    const steps = await this.store.listSteps(taskId);
    return Object.fromEntries(steps.map((step) => [step.stepKey, step.status]));
  }

  /** The events of a task of one type. */
  async eventsOf(taskId: string, type: NewEvent["type"]): Promise<StoredEvent[]> {
    return (await this.store.readEvents({ taskId })).filter((event) => event.type === type);
  }

  /** Waits for an event, from the beginning of the log on. */
  async event(type: NewEvent["type"], stepKey: string | null, taskId?: string, times = 1): Promise<void> {
    const seen: string[] = [];
    await within(`${type} of ${stepKey ?? taskId}`, seen, async () => {
      let left = times;
      for await (const event of this.store.subscribe({ taskId })) {
        seen.push(`${event.type} ${event.stepKey ?? ""}`.trim());
        if (event.type === type && event.stepKey === stepKey) left -= 1;
        if (left === 0) return;
      }
    });
  }

  /** Every step has one end, and so has the task. */
  async expectOneEnd(taskId: string): Promise<void> {
    const ended = (await this.eventsOf(taskId, "step.ended")).map((event) => event.stepKey).sort();
    expect(ended).toEqual(Object.keys(await this.statuses(taskId)).sort());
    expect(await this.eventsOf(taskId, "task.ended")).toHaveLength(1);
    expect((await this.store.getTask(taskId))?.census).toMatchObject({ planned: ended.length });
  }

  /** Waits until a host's lease has run out, however often it is renewed before. */
  async leaseOver({ ownerId }: HostProcess): Promise<void> {
    await within(`the end of the lease of ${ownerId}`, [], async () => {
      for (;;) {
        const owner = (await this.store.listOwners()).find((each) => each.ownerId === ownerId);
        const leftMs = (owner?.leaseUntilMs ?? 0) - Date.now();
        if (leftMs <= 0) return;
        await new Promise((resolve) => setTimeout(resolve, leftMs + 1));
      }
    });
  }

  /** The children that carry a host's mark: alive, and no other process's. */
  childrenOf(host: HostProcess): number[] {
    return findMarked(`${OWNER_MARKER}=${host.ownerId}`);
  }

  /** Has every process of the stage gone, restarts the database, and opens it again. */
  async restart(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.kill()));
    await this.store.close();
    await this.#subject.restart(this.place);
    this.store = await this.#subject.openStore(this.place);
  }

  async lock(holdMs: number): Promise<{ released: Promise<void> }> {
    return this.#subject.lock(this.place, holdMs);
  }

  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.kill()));
    await Promise.all(this.#hosts.map(({ ownerId }) => endMarked(`${OWNER_MARKER}=${ownerId}`)));
    for (const close of this.#closes) await close();
    await this.store.close();
    await this.place.remove();
  }
}
