import { expect } from "vitest";
import { type Outcome, type RunningCommand, runCommand, startCommand } from "./command-line.js";
import type { Stage, TestContext } from "./fixtures.js";

/** A user at a terminal: commands on a stage, as they would be typed. */
export interface Terminal {
  /** Runs a command to its end. */
  run(...args: string[]): Promise<Outcome>;
  /** The same with something on standard input. */
  pipe(input: string, ...args: string[]): Promise<Outcome>;
  /** Starts a command; one that still runs when the test is over is interrupted. */
  start(...args: string[]): RunningCommand;
  /** Runs a command that must succeed, with `--json`, and reads what it prints. */
  json(...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
}

/** Opens a terminal in the stage's workspace. */
export function openTerminal(test: TestContext, stage: Stage, more: Record<string, string> = {}): Terminal {
  const options = { environment: { ...stage.environment, ...more }, cwd: stage.workspace };
  const run = (...args: string[]) => runCommand(args, options);
  return {
    run,
    pipe: (input, ...args) => runCommand(args, { ...options, input }),
    start(...args) {
      const command = startCommand(args, options);
      test.onTestFinished(async () => {
        command.child.kill("SIGINT");
        await command.ended;
      });
      return command;
    },
    async json(...args) {
      const outcome = await run(...args, "--json");
      expect(outcome, outcome.stdout + outcome.stderr).toMatchObject({ code: 0, stderr: "" });
      return JSON.parse(outcome.stdout);
    },
  };
}

/** A mistake of the user's, or a failure: what was wrong and what to do, and never a stack trace. */
export function expectRefusal(outcome: Outcome, code: number, ...words: RegExp[]): void {
  for (const word of words) expect(outcome.stderr).toMatch(word);
  expect(outcome.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(outcome.stderr).not.toMatch(/fault of the orchestrator/);
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(code);
}

/** Something that a script waits for, until the test lets it go on. */
export function createGate(): { opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
