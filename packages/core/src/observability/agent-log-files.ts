import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentLog, OpenAgentLog } from "../agents/index.js";

/** One tool call may print gigabytes; its log line may not. */
const MAX_RESULT_CHARACTERS = 1_000_000;

/**
 * Writes each agent's story to `<data>/logs/<taskId>/<agentId>-<name>/`: `prompt.txt`, `text.txt`, `tools.jsonl` and
 * `summary.json`. An agent that was made by hand has `agents` in place of a task.
 *
 * @param dataDirectory - the data folder
 * @param onTrouble - told once per agent when a file cannot be written; the agent's work goes on
 */
export function createAgentLogFiles(
  dataDirectory: string,
  onTrouble: (message: string, error: unknown) => void,
): OpenAgentLog {
  return ({ agentId, taskId, name }) => {
    const directory = join(dataDirectory, "logs", taskId ?? "agents", `${agentId}-${name.replace(/[^\w.-]+/g, "-")}`);
    let isBroken = false;
    const attempt = (write: () => void) => {
      if (isBroken) return;
      try {
        write();
      } catch (error) {
        isBroken = true;
        onTrouble(`the log of agent ${agentId} cannot be written`, error);
      }
    };
    const append = (file: string, text: string) => attempt(() => appendFileSync(join(directory, file), text));
    attempt(() => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      for (const file of ["prompt.txt", "text.txt", "tools.jsonl"]) appendFileSync(join(directory, file), "");
    });
    const started = new Map<string, { input: unknown; startedMs: number }>();

    const log: AgentLog = {
      directory,
      prompt: (title, text) => append("prompt.txt", `=== ${title}\n\n${text}\n\n`),
      event(event) {
        if (event.type === "text.end") append("text.txt", `${event.text}\n\n`);
        else if (event.type === "thinking.end") append("text.txt", `[thinking] ${event.text}\n\n`);
        else if (event.type === "tool.start")
          started.set(event.toolUseId, { input: event.input, startedMs: Date.now() });
        else if (event.type === "tool.end") {
          const call = started.get(event.toolUseId);
          started.delete(event.toolUseId);
          const line = {
            time: new Date().toISOString(),
            toolUseId: event.toolUseId,
            tool: event.tool,
            input: call?.input,
            isError: event.isError,
            result: event.result.slice(0, MAX_RESULT_CHARACTERS),
            durationMs: call ? Date.now() - call.startedMs : null,
          };
          append("tools.jsonl", `${JSON.stringify(line)}\n`);
        }
      },
      close: (summary) =>
        attempt(() => writeFileSync(join(directory, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`)),
    };
    return log;
  };
}

/** The log of an agent whose story nobody wants: observability is off. */
export const noAgentLog: OpenAgentLog = () => ({ directory: null, prompt: () => {}, event: () => {}, close: () => {} });
