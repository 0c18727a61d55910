import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { endMarked, type ProcessGuard } from "./guard.js";

const STDERR_TAIL_CHARACTERS = 4_000;
const WORKING_NICENESS = 10;

/** One process that we own: its end, its last words, and the certainty that it is gone. */
export class ProcessHandle {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #guard: ProcessGuard;
  readonly #marker: string;
  readonly exited: Promise<void>;
  #hasExited = false;
  #stderr = "";

  /**
   * @param child - the outermost process of the guard
   * @param guard - the rung that it was started on
   * @param marker - `NAME=value` in the environment of everything that it starts
   */
  constructor(child: ChildProcess, guard: ProcessGuard, marker: string) {
    this.#child = child;
    this.#guard = guard;
    this.#marker = marker;
    this.pid = child.pid ?? -1;
    this.exited = new Promise((resolve) => {
      const done = () => {
        this.#hasExited = true;
        resolve();
      };
      child.once("exit", done);
      child.once("error", (error) => {
        this.#stderr += error.message;
        done();
      });
    });
    child.stderr?.setEncoding("utf8");
    child.stderr?.on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_CHARACTERS);
    });
  }

  /**
   * Lets processes that are still starting go first: starting is all CPU, working is mostly waiting for the model, so
   * more of it is done at once. On Linux each session is scheduled as a group, whose own nice value is the one that
   * counts; elsewhere, and where the kernel says no, everything stays as it is.
   */
  yieldToStarts(): void {
    if (process.platform !== "linux") return;
    try {
      writeFileSync(`/proc/${this.pid}/autogroup`, String(WORKING_NICENESS));
    } catch {
      // No autogroups here, or asked too often: a matter of speed, not of correctness.
    }
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  get stderrTail(): string {
    return this.#stderr.trim();
  }

  /**
   * Ends the process and what it started.
   *
   * @param graceMs - how long it may take to end by itself before it is killed
   */
  async end(graceMs: number): Promise<void> {
    await this.#exitWithin(graceMs);
    if (!this.#hasExited && this.#guard !== "namespace") {
      // The CLI ends its shells on SIGTERM; on SIGKILL it would leave them behind.
      this.#child.kill("SIGTERM");
      await this.#exitWithin(graceMs);
    }
    if (!this.#hasExited) this.#child.kill("SIGKILL");
    await this.exited;
    if (this.#guard === "namespace") return;
    await endMarked(this.#marker);
  }

  async #exitWithin(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.exited,
      new Promise((resolve) => {
        timer = setTimeout(resolve, limitMs);
      }),
    ]);
    clearTimeout(timer);
  }
}
