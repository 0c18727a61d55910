import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
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

/**
 * Runs this very command in the background, where it survives the terminal, and answers as soon as its task is recorded.
 *
 * @param workingDirectory - whose settings say where the data folder is
 * @param isJson - print one JSON document
 * @returns the exit code: 0 when the task has begun, otherwise that of the command
 */
export async function detach(workingDirectory: string | undefined, isJson: boolean): Promise<number> {
  const { config } = new Orchestrator(workingDirectory === undefined ? {} : { workingDirectory });
  const folder = join(config.home, "logs", "detached");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, `${new Date().toISOString().replace(/[:.]/g, "-")}-${process.pid}.log`);
  const output = openSync(log, "a", 0o600);
  const args = process.argv.slice(1).filter((argument) => argument !== "--detach");
  const child = spawn(process.execPath, args, { detached: true, stdio: ["ignore", output, output, "ipc"] });
  const begun = await new Promise<Word | number>((resolve) => {
    child.once("message", (word) => resolve(word as Word));
    child.once("exit", (code) => resolve(code ?? 1));
    child.once("error", () => resolve(1));
  });
  if (typeof begun === "number") {
    process.stderr.write(readFileSync(log, "utf8"));
    return begun;
  }
  child.unref();
  if (isJson) console.log(JSON.stringify({ taskId: begun.taskId, log }));
  else {
    console.log(begun.taskId);
    console.error(
      `It runs in the background. See it: orchestrator watch; wait for it: orchestrator wait ${begun.taskId}`,
    );
  }
  return 0;
}
