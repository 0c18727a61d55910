import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { NewEvent } from "../domain/index.js";
import type { Place, Subject } from "./subject.testsuite.js";

/** A moment in the life of a host: around the writing of an event. */
export interface Moment {
  when: "before" | "after";
  type: NewEvent["type"];
  stepKey?: string;
}

export interface HostSettings {
  ownerId: string;
  /** Steps that may run at once, over all processes. */
  maxRunning?: number;
  leaseMs?: number;
  /** So far its clock is ahead of everybody else's. */
  clockOffsetMs?: number;
  /** It kills or stops itself just before or after it writes this event. */
  signalAt?: Moment & { signal: "SIGKILL" | "SIGSTOP" };
}

interface Answer {
  id?: number;
  line?: string;
  error?: { code: string | null; message: string };
}

/** More than anything here needs, also on a busy machine. */
const LIMIT_MS = 30_000;

/** A process that hosts an engine: it can be told what to do, killed, stopped and continued. */
export class HostProcess {
  readonly ownerId: string;
  /** What it has told of itself: `run a`, `end a`, `finish task_a ended`. */
  readonly story: string[] = [];
  readonly exited: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  readonly #open = new Map<number, (answer: Answer) => void>();
  #calls = 0;

  constructor(subject: Subject, { address, folder }: Place, settings: HostSettings) {
    this.ownerId = settings.ownerId;
    const given = { maxRunning: 5, leaseMs: 15_000, ...settings, address, folder };
    this.#child = fork(subject.hostProgram, [JSON.stringify(given)], {
      execArgv: [],
      env: { PATH: process.env.PATH },
    });
    this.exited = once(this.#child, "exit");
    this.#child.on("message", (answer: Answer) => this.#hear(answer));
    this.#child.on("exit", () => {
      for (const end of this.#open.values()) end({ error: { code: null, message: "its process has ended" } });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async start(taskId: string): Promise<void> {
    await this.#call("start", taskId);
  }

  /** Resolves when a task that runs in it has ended. */
  async wait(taskId: string): Promise<void> {
    await this.#call("wait", taskId);
  }

  async run(taskId: string): Promise<void> {
    await this.start(taskId);
    await this.wait(taskId);
  }

  async cancel(taskId: string, reason: string): Promise<void> {
    await this.#call("cancel", taskId, reason);
  }

  async pause(taskId: string, options: { interrupt: boolean; reason: string }): Promise<void> {
    await this.#call("pause", taskId, options);
  }

  async resume(taskId: string): Promise<void> {
    await this.#call("resume", taskId);
  }

  /** Lets the child of a step that stays end well. */
  async end(stepKey: string): Promise<void> {
    await this.#call("end", stepKey);
  }

  /** Writes so many warnings into the log, each with the owner's id and its number. */
  async warn(count: number): Promise<void> {
    await this.#call("warn", count);
  }

  async setClock(offsetMs: number): Promise<void> {
    await this.#call("setClock", offsetMs);
  }

  /** Ends it as a program ends that has nothing more to do. */
  async close(): Promise<void> {
    await this.#call("close");
    await this.exited;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  /** Stops it as SIGSTOP does, while it writes nothing; it answers no more until it is continued. */
  async stop(): Promise<void> {
    this.#child.send({ id: 0, command: "stop", args: [] });
    await this.until("stop");
  }

  continue(): void {
    this.#child.kill("SIGCONT");
  }

  /** Resolves when it has told a line, so many times. */
  async until(line: string, times = 1): Promise<void> {
    const isThere = () => this.story.filter((each) => each === line).length >= times;
    await within(`"${line}" of ${this.ownerId}`, this.story, async () => {
      while (!isThere()) await new Promise<void>((resolve) => this.#watchers.add(resolve));
    });
  }

  async #call(command: string, ...args: unknown[]): Promise<void> {
    const id = ++this.#calls;
    const { error } = await within(`the answer to "${command}" of ${this.ownerId}`, this.story, () => {
      const answer = new Promise<Answer>((resolve) => this.#open.set(id, resolve));
      if (this.#child.connected) this.#child.send({ id, command, args });
      else this.#hear({ id, error: { code: null, message: "its process has ended" } });
      return answer;
    });
    if (error) throw Object.assign(new Error(error.message), { code: error.code });
  }

  #hear(answer: Answer): void {
    if (answer.line !== undefined) this.story.push(answer.line);
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
    if (answer.id === undefined) return;
    this.#open.get(answer.id)?.(answer);
    this.#open.delete(answer.id);
  }
}

/** Waits for something no longer than anything here may take, and then says what had happened until then. */
export async function within<T>(what: string, story: readonly unknown[], wait: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not come in ${LIMIT_MS} ms; there was: ${story.join(", ")}`)),
      LIMIT_MS,
    );
  });
  return Promise.race([wait(), late]).finally(() => clearTimeout(timer));
}
