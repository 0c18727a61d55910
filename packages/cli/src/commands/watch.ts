import type { Orchestrator, StoredEvent } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { describe } from "../output/progress.js";
import { interruptible, withOrchestrator } from "../session.js";
import { renderStatus } from "./status.js";

const FRAME_MS = 300;

export function registerWatch(program: Command): void {
  program
    .command("watch")
    .description("the fleet, live, until you press Ctrl-C; tasks of other processes appear as well")
    .option("--json", "print one event a line, from now on")
    .action(async (flags: { json?: true }) => {
      await withOrchestrator({}, (orchestrator) =>
        interruptible((signal) =>
          flags.json || !process.stdout.isTTY
            ? printEvents(orchestrator, signal, flags.json === true)
            : draw(orchestrator, signal),
        ),
      );
    });
}

async function draw(orchestrator: Orchestrator, signal: AbortSignal): Promise<void> {
  const { createLogUpdate } = await import("log-update");
  const screen = createLogUpdate(process.stdout);
  while (!signal.aborted) {
    screen(renderStatus(await orchestrator.getStatus()));
    await pause(FRAME_MS, signal);
  }
  screen.done();
}

/** For pipes: one line for each thing worth knowing. */
async function printEvents(orchestrator: Orchestrator, signal: AbortSignal, asJson: boolean): Promise<void> {
  const after = await orchestrator.lastEvent();
  for await (const event of orchestrator.events({ after, signal })) {
    const line = asJson ? JSON.stringify(event) : describeWithTask(event);
    if (line) console.log(line);
  }
}

function describeWithTask(event: StoredEvent): string | null {
  if (event.type === "task.created") return `${event.taskId}  created    ${event.data.taskType}`;
  if (event.type === "task.ended") return `${event.taskId}  ${event.data.status}`;
  const line = describe(event);
  return line === null ? null : `${event.taskId ?? event.agentId ?? ""}  ${line}`;
}

function pause(forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, forMs);
    signal.addEventListener("abort", done);
  });
}
