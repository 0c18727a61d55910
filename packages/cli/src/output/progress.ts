import type { Orchestrator, StoredEvent, StoredEventOf, TaskDetails } from "@claude-orchestrator/core";
import { formatSeconds, formatTests, resultOf } from "./checks.js";
import { formatDuration, formatTime, oneLine, paint, terminalWidth } from "./format.js";
import { describeHold } from "./standstill.js";
import { renderHeading, renderSteps, renderTotals, stateOf } from "./steps.js";
import { describeUncommitted } from "./workspace.js";

const FRAME_MS = 150;

/** Shows a task while it runs. */
export interface Progress {
  /** @param after - the number of the last event that is known; a task that is resumed has a past */
  follow(taskId: string, after?: number): void;
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
      renderSteps(task, width),
      "",
      ...noteUncommitted(task),
      renderTotals(task),
      ...(task.held ? [paint("yellow", describeHold(task.held))] : []),
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

/** The user must know which of their own files the agents see. */
function noteUncommitted({ workspaces, uncommitted }: TaskDetails): string[] {
  const line = describeUncommitted(workspaces[0]?.uncommittedFiles ?? 0, uncommitted);
  return line === null ? [] : [paint("gray", line)];
}

/** One line for each thing worth knowing, for logs and pipes. */
export function createPlainProgress(orchestrator: Orchestrator): Progress {
  const stopping = new AbortController();
  let following: Promise<void> = Promise.resolve();
  return {
    follow(taskId, after = 0) {
      const startedMs = Date.now();
      let uncommitted: TaskDetails["uncommitted"] = "bring";
      following = (async () => {
        for await (const event of orchestrator.events({ taskId, after, signal: stopping.signal })) {
          // What becomes of the user's files is said where the task begins, how many they are only later.
          if (event.type === "task.created") uncommitted = event.data.uncommitted;
          const line =
            event.type === "workspace.created" && event.data.lane === null
              ? describeBrought(event.data.uncommittedFiles, uncommitted)
              : describe(event);
          if (line) console.log(`${formatDuration(Date.now() - startedMs).padStart(6)}  ${line}`);
          if (event.type === "task.ended" || event.type === "task.needs_attention") return;
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

function describeBrought(files: number, choice: TaskDetails["uncommitted"]): string | null {
  const text = describeUncommitted(files, choice);
  return text === null ? null : `workspace  ${text}`;
}

/** What is left of 80 columns behind the time, the verb and a step's name. */
const LINE_WIDTH = 48;
/** The same where no step is named. */
const WHOLE_WIDTH = 60;

/** What one event says in a line, or `null` where it is not worth one. */
export function describe(event: StoredEvent): string | null {
  const step = event.stepKey ?? "";
  switch (event.type) {
    case "workflow.planned":
      return `planned    ${listKeys(event.data.steps)}`;
    case "workflow.extended":
      // Steps that a planner adds are the plan; others are added for a reason, which says more than their names.
      if (!event.data.plan) return `planned    ${oneLine(event.data.reason, WHOLE_WIDTH)}`;
      return `planned    ${listKeys(event.data.steps)}${detail(event.data.plan?.fallbackReason)}`;
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
    case "check.ended": {
      const { command, exitCode, counts, durationMs } = event.data;
      const how = [resultOf(event.data), ...(exitCode ? [`exit code ${exitCode}`] : [])];
      if (counts) how.push(`tests: ${formatTests(counts)}`);
      return `checked    ${step}: ${oneLine(command, LINE_WIDTH)}: ${[...how, formatSeconds(durationMs)].join(", ")}`;
    }
    case "step.ended": {
      const isCheck = typeof event.data.handoff?.verdict === "string" && Array.isArray(event.data.handoff.checks);
      const state = stateOf({ ...event.data, kind: isCheck ? "check" : "agent" });
      return `${state.padEnd(10)} ${step}${detail(event.data.handoff?.summary ?? event.data.reason)}`;
    }
    case "task.held":
      return `held       until ${formatTime(event.data.until)}: ${oneLine(event.data.reason, LINE_WIDTH)}`;
    case "task.released":
      return "released   the fleet goes on";
    case "step.reused":
      return `reused     ${step}${detail(event.data.handoff?.summary)}`;
    case "task.needs_attention":
      return `attention  ${oneLine(event.data.reason, WHOLE_WIDTH)}`;
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

/** What agents will do. The checks and merges between it go without saying here. */
function listKeys(steps: StoredEventOf<"workflow.planned">["data"]["steps"]): string {
  return steps
    .filter((step) => step.kind === "agent" || step.kind === "plan")
    .map((step) => step.key)
    .join(" → ");
}

function detail(text: unknown): string {
  return typeof text === "string" && text ? `: ${oneLine(text, LINE_WIDTH)}` : "";
}
