import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { commandEnvironment, createRedactorFor, runCommand } from "../checks/index.js";
import type { CommandRun } from "../domain/index.js";
import { OWNER_MARKER, type ProcessGuard } from "../processes/index.js";
import type { TaskRecord } from "../store/index.js";
import { toRefPart } from "../workspaces/index.js";

/** One command to be run for a task. */
export interface Command {
  task: TaskRecord;
  /** Names the log. */
  name: string;
  command: string;
  /** Where it runs. */
  directory: string;
  /** The folder of its log, below the task's. */
  folder: string;
  timeoutMs: number;
  /** Variables of the workspace. */
  variables: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** The evidence, and the text of the log. */
export type CommandResult = CommandRun & { output: string };

/** Runs the project's own commands: checks and set-up. */
export interface Commands {
  run(command: Command): Promise<CommandResult>;
}

export interface CommandsOptions {
  /** The data folder. */
  home: string;
  /** What stands for `process.env`. */
  variables: Readonly<Record<string, string | undefined>>;
  passEnvironment: readonly string[];
  ownerId: string;
  guard(): ProcessGuard;
}

/** The variable by which a process is known as started by one of these commands. */
const COMMAND_MARKER = "CLAUDE_ORCHESTRATOR_COMMAND";
/** What a log keeps of an output: its beginning and its end. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** Prepares running commands with the environment that programs get, and with no secret in their logs. */
export function createCommands(options: CommandsOptions): Commands {
  const { home, variables, passEnvironment, ownerId } = options;
  return {
    run({ task, name, command, directory, folder, timeoutMs, signal, ...given }) {
      const environment = commandEnvironment({ variables, passEnvironment, workspaceVariables: given.variables });
      return runCommand({
        name,
        command,
        directory,
        environment: { ...environment, [OWNER_MARKER]: ownerId },
        guard: options.guard(),
        marker: `${COMMAND_MARKER}=${randomUUID()}`,
        logPath: join(home, "logs", task.taskId, toRefPart(folder), `${toRefPart(name)}.log`),
        timeoutMs,
        maxLogBytes: MAX_LOG_BYTES,
        redact: createRedactorFor(variables, [directory, task.workingDirectory]),
        signal,
      });
    },
  };
}
