import type { Orchestrator, StoredEvent } from "@claude-orchestrator/core";
import { formatDuration, oneLine, paint, terminalWidth } from "./format.js";
import { renderHeading, renderStep, renderTotals } from "./steps.js";

const FRAME_MS = 150;

/** Shows a task while it runs. */
export interface Progress {
  follow(taskId: string): void;
  /** Adds a line that stays. */
  note(text: string): void;
  /** Shows the last state and lets go of the screen. */
  stop(): Promise<void>;
}

/** A view for a terminal, drawn again and again in place. */
export async function createLiveProgress(orchestrator: Orchestrator): Promise<Progress> {
  const { createLogUpdate } = await import("log-update");
  const screen = createLogUpdate(process.stdout);
  let timer: NodeJS.Timeout | undefined;
  let taskId: string | null = null;
  let noted: string | null = null;
  let drawing: Promise<void> = Promise.resolve();

  const draw = async () => {
    if (!taskId) return;
    const task = await orchestrator.getTaskDetails(taskId);
    const width = terminalWidth();
    const lines = [
      renderHeading(task),
      "",
      ...task.steps.map((step) => renderStep(step, task.agents, width)),
      "",
      renderTotals(task),
      ...(noted === null ? [] : [paint("yellow", noted)]),
    ];
    screen(lines.join("\n"));
  };
  /** A frame that cannot be drawn is left out: the task's own end reports what is wrong with the store. */
  const frame = () => {
    drawing = drawing.then(draw).catch(() => {});
    return drawing;
  };

  return {
    follow(id) {
      taskId = id;
      void frame();
      timer = setInterval(frame, FRAME_MS);
    },
    note(text) {
      noted = text;
      void frame();
    },
    async stop() {
      clearInterval(timer);
      noted = null;
      await frame();
      screen.done();
    },
  };
}

/** One line for each thing worth knowing, for logs and pipes. */
export function createPlainProgress(orchestrator: Orchestrator): Progress {
  const stopping = new AbortController();
  let following: Promise<void> = Promise.resolve();
  return {
    follow(taskId) {
      const startedMs = Date.now();
      following = (async () => {
        for await (const event of orchestrator.events({ taskId, signal: stopping.signal })) {
          const line = describe(event);
          if (line) console.log(`${formatDuration(Date.now() - startedMs).padStart(6)}  ${line}`);
          if (event.type === "task.ended") return;
        }
      })();
    },
    note: (text) => {
      if (process.stderr.isTTY) console.error(text);
    },
    async stop() {
      // The last event is in the log by now; a moment is enough to read up to it.
      const timer = setTimeout(() => stopping.abort(), 1_000);
      await following.catch(() => {});
      clearTimeout(timer);
    },
  };
}

/** What is left of 80 columns behind the time, the verb and a step's name. */
const LINE_WIDTH = 48;

/** What one event says in a line, or `null` where it is not worth one. */
export function describe(event: StoredEvent): string | null {
  const step = event.stepKey ?? "";
  switch (event.type) {
    case "workflow.planned":
      return `planned    ${event.data.steps.map((each) => each.key).join(" → ")}`;
    case "workflow.extended":
      return `planned    ${event.data.steps.map((each) => each.key).join(" → ")}${detail(event.data.plan?.fallbackReason)}`;
    case "step.agent_replaced":
      return `replaced   ${step}: its agent's context was ${Math.round(event.data.percentage)} % full`;
    case "agent.checked":
      return event.data.action === "none"
        ? null
        : `${event.data.action.padEnd(10)} ${step}: ${event.data.finding?.replace("_", " ")}`;
    case "step.waiting":
      return `waiting    ${step}: ${event.data.reason}`;
    case "step.started":
      return `started    ${step}`;
    case "step.attempt_failed":
      return `again      ${step}: ${oneLine(event.data.error.message, LINE_WIDTH)}`;
    case "step.ended":
      return `${event.data.status.padEnd(10)} ${step}${detail(event.data.handoff?.summary ?? event.data.reason)}`;
    case "tool.started":
      return `tool       ${step}: ${oneLine(`${event.data.name} ${event.data.input}`, LINE_WIDTH)}`;
    case "model_call.retried":
      return `retrying   ${step}: ${event.data.status ?? event.data.error}, in ${formatDuration(event.data.delayMs)}`;
    case "task.warned":
      return `warning    ${oneLine(event.data.message, LINE_WIDTH)}`;
    default:
      return null;
  }
}

function detail(text: unknown): string {
  return typeof text === "string" && text ? `: ${oneLine(text, LINE_WIDTH)}` : "";
}
