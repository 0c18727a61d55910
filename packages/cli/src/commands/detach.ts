import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Orchestrator } from "@claude-orchestrator/core";

/** How a detached process tells the one that started it what it is at. */
interface Word {
  taskId: string;
}

/** Tells whoever detached this process the task that it runs; nobody, when it was not detached. */
export function tellTask(taskId: string): void {
  if (!process.send) return;
  process.send({ taskId } satisfies Word, () => process.disconnect());
}

/** What is to be run in the background. */
export interface Detachment {
  /** Whose settings say where the data folder is. */
  workingDirectory: string | undefined;
  /** Given to the process on its standard input: ours may have been read to its end. */
  prompt: string;
  /** Print one JSON document. */
  isJson: boolean;
}

/**
 * Runs this very command in the background, where it survives the terminal, and answers as soon as its task is recorded.
 * What it prints goes to `<data>/logs/<taskId>/background/` and is deleted with the task.
 *
 * @returns the exit code: 0 when the task has begun, otherwise that of the command
 * @throws OrchestratorError `invalid_config` for settings that are not allowed
 */
export async function detach({ workingDirectory, prompt, isJson }: Detachment): Promise<number> {
  const { config } = new Orchestrator(workingDirectory === undefined ? {} : { workingDirectory });
  const logs = join(config.home, "logs");
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  // Its task has no id yet.
  const folder = mkdtempSync(join(logs, "background-"));
  const files = { output: "output.log", errors: "errors.log" };
  const open = (name: string) => openSync(join(folder, name), "a", 0o600);
  const args = process.argv.slice(1).filter((argument) => argument !== "--detach");
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ["pipe", open(files.output), open(files.errors), "ipc"],
  });
  // It may have no use for it, or end before it has read it.
  child.stdin?.on("error", () => {});
  child.stdin?.end(prompt);
  const begun = await new Promise<Word | number>((resolve) => {
    child.once("message", (word) => resolve(word as Word));
    child.once("exit", (code) => resolve(code ?? 1));
    child.once("error", () => resolve(1));
  });
  if (typeof begun === "number") {
    process.stdout.write(readFileSync(join(folder, files.output)));
    process.stderr.write(readFileSync(join(folder, files.errors)));
    rmSync(folder, { recursive: true, force: true });
    return begun;
  }
  const { taskId } = begun;
  mkdirSync(join(logs, taskId), { recursive: true, mode: 0o700 });
  const kept = join(logs, taskId, "background");
  // The process goes on writing to files that it holds open.
  renameSync(folder, kept);
  child.stdin?.destroy();
  child.unref();
  if (isJson) console.log(JSON.stringify({ taskId, log: join(kept, files.output) }));
  else {
    console.log(taskId);
    console.error(`It runs in the background. See it: orchestrator watch; wait for it: orchestrator wait ${taskId}`);
  }
  return 0;
}
