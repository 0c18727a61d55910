import type { Config } from "../config/index.js";
import type { ErrorRecord, EventData, Finding } from "../domain/index.js";
import type { PulseReading } from "./pulse.js";

/** How far a status check may go: report only, tell the agent as well, or end its work when that does not help. */
export type SupervisionPolicy = Config["supervision"];

/** So many identical tool calls in a row are a loop. */
const LOOPING_CALLS = 5;
/** So many tool calls without a new one among them lead nowhere. */
const FRUITLESS_CALLS = 25;
/** Neither a model call nor a tool is open, and nothing happens for so many intervals: the CLI is stuck. */
const SILENT_INTERVALS = 4;
/** However often it is looked: between a tool and the next call a busy machine may need a while. */
const LEAST_SILENT_MS = 60_000;
/** The CLI itself ends a command after ten minutes at most. */
const SILENT_TOOL_MS = 11 * 60_000;

/** An agent as the supervisor sees it. */
export interface Supervised {
  /** `null` while it has nothing to do. */
  read(): PulseReading | null;
  record(check: EventData<"agent.checked">): void;
  /** Tells the agent, in the turn that runs. */
  nudge(text: string): void;
  /** Ends its work. */
  stop(finding: Finding, detail: string): void;
}

/** Checks agents at intervals, in plain code. */
export interface Supervisor {
  /** Watches an agent until the answer is called. */
  watch(agent: Supervised): () => void;
  close(): void;
}

/**
 * Looks for what is wrong with an agent.
 *
 * @param reading - its pulse
 * @param intervalMs - how often it is looked at
 */
export function findWrong(reading: PulseReading, intervalMs: number): { finding: Finding; detail: string } | null {
  const { identicalCalls, callsSinceNew, silentMs, waitsFor } = reading;
  if (identicalCalls >= LOOPING_CALLS)
    return { finding: "looping", detail: `it made the same tool call ${identicalCalls} times in a row` };
  if (callsSinceNew >= FRUITLESS_CALLS)
    return { finding: "no_progress", detail: `its last ${callsSinceNew} tool calls all repeat earlier ones` };
  // A model call has limits of its own, which end it.
  const limitMs =
    waitsFor === null
      ? Math.max(LEAST_SILENT_MS, SILENT_INTERVALS * intervalMs)
      : waitsFor === "tool"
        ? SILENT_TOOL_MS
        : null;
  if (limitMs !== null && silentMs >= limitMs)
    return { finding: "silent", detail: `nothing was heard of it for ${Math.round(silentMs / 1_000)} s` };
  return null;
}

/**
 * Starts status checks. The first finding is reported; one that lasts is told to the agent, and one that lasts still
 * ends its work, as far as the policy goes.
 *
 * @param options.intervalMs - how often every agent is looked at
 * @param options.policy - how far to go
 */
export function createSupervisor({
  intervalMs,
  policy,
}: {
  intervalMs: number;
  policy: SupervisionPolicy;
}): Supervisor {
  const watched = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  const check = () => {
    for (const look of watched) look();
  };
  return {
    watch(agent) {
      const look = createLook(agent, intervalMs, policy);
      watched.add(look);
      timer ??= setInterval(check, intervalMs).unref();
      return () => {
        watched.delete(look);
        if (watched.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    close() {
      clearInterval(timer);
      watched.clear();
    },
  };
}

const STEPS_OF_POLICY: Readonly<Record<SupervisionPolicy, readonly ("reported" | "nudged" | "stopped")[]>> = {
  report: ["reported"],
  nudge: ["reported", "nudged"],
  stop: ["reported", "nudged", "stopped"],
};

/** Looks at one agent again and again, and remembers how far it has gone with it. */
function createLook(agent: Supervised, intervalMs: number, policy: SupervisionPolicy): () => void {
  let taken = 0;
  let callsAtLastAction = 0;
  return () => {
    const reading = agent.read();
    if (!reading) {
      taken = 0;
      return;
    }
    const wrong = findWrong(reading, intervalMs);
    // An agent that has done nothing since it was told gets the time to heed it.
    const isNews =
      wrong !== null && (wrong.finding === "silent" || taken === 0 || reading.toolCalls > callsAtLastAction);
    const action = isNews ? STEPS_OF_POLICY[policy][taken] : undefined;
    if (!wrong) taken = 0;
    if (action) {
      taken += 1;
      callsAtLastAction = reading.toolCalls;
    }
    const { silentMs, identicalCalls, callsSinceNew } = reading;
    const finding = wrong?.finding ?? null;
    agent.record({ silentMs, identicalCalls, callsSinceNew, finding, action: action ?? "none" });
    if (!wrong) return;
    if (action === "nudged") agent.nudge(composeNudge(wrong.detail));
    if (action === "stopped") agent.stop(wrong.finding, wrong.detail);
  };
}

/** The error of an agent whose work a status check has ended. */
export function stuckError(finding: Finding, detail: string): ErrorRecord {
  return {
    code: "agent_stuck",
    message: `Status checks found the agent ${finding.replace("_", " ")}: ${detail}.`,
    hint: "Its log shows what it tried. ORCHESTRATOR_SUPERVISION sets how far status checks go.",
  };
}

function composeNudge(detail: string): string {
  return `A status check found that ${detail
    .replace(/\bit\b/, "you")
    .replace(/\bits\b/, "your")
    .replace(
      "of it",
      "of you",
    )}. Stop and think: say what you expected, and take another way, or finish with what you have.`;
}
