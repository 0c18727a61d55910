import type { OrchestratorEvent } from "../api/types.ts";

const LINE_CHARACTERS = 160;

function lineOf(text: unknown): string {
  if (typeof text !== "string") return "";
  const lines = text.trim().split("\n");
  return (lines.at(-1) ?? "").trim().slice(0, LINE_CHARACTERS);
}

/**
 * What an agent does, told by its newest event in a few words.
 *
 * @returns `null` for an event that says nothing about it
 */
export function describeActivity({ type, data }: Pick<OrchestratorEvent, "type" | "data">): string | null {
  switch (type) {
    case "agent.created":
      return "starts";
    case "agent.prompted":
      return "reads its prompt";
    case "agent.thinking":
      return `thinks: ${lineOf(data.text)}`;
    case "agent.output":
      return lineOf(data.text);
    case "tool.started":
      return `${String(data.name)}: ${lineOf(data.input)}`;
    case "tool.ended":
      return data.isError === true ? `${String(data.name)} failed: ${lineOf(data.excerpt)}` : null;
    case "model_call.retried":
      return `tries the model again (${String(data.attempt)} of ${String(data.maxRetries)}): ${lineOf(data.error)}`;
    case "permission.decided":
      return data.decision === "deny" ? `was refused ${String(data.name)}: ${lineOf(data.reason)}` : null;
    case "agent.replied":
      return "has answered";
    case "agent.ended":
    case "agent.deleted":
      return "has ended";
    default:
      return null;
  }
}

/** What an agent is writing, in a line: where it has come to. */
export function describeDraft({ kind, text }: { kind: "text" | "thinking"; text: string }): string {
  const line = lineOf(text.slice(-4 * LINE_CHARACTERS));
  return kind === "thinking" ? `thinks: ${line}` : `writes: ${line}`;
}

/** How many seconds the pulse goes back. */
export const PULSE_SECONDS = 60;

/** Counts events by second and agent, and forgets what is older than the pulse. */
export function createPulse() {
  const seconds = new Map<number, Map<string, number>>();
  return {
    /** Counts an event; `agentId` is empty for one of no agent. */
    add(agentId: string, atMs: number): void {
      const second = Math.floor(atMs / 1_000);
      const counts = seconds.get(second) ?? new Map<string, number>();
      counts.set(agentId, (counts.get(agentId) ?? 0) + 1);
      seconds.set(second, counts);
      for (const each of seconds.keys()) if (each <= second - PULSE_SECONDS - 1) seconds.delete(each);
    },
    /**
     * Reads the last whole seconds, the newest last.
     *
     * @returns events per second for each agent that had one, busiest first
     */
    read(nowMs: number): { agentId: string; counts: number[]; total: number }[] {
      const last = Math.floor(nowMs / 1_000) - 1;
      const rows = new Map<string, number[]>();
      for (const [second, counts] of seconds) {
        const at = PULSE_SECONDS - 1 - (last - second);
        if (at < 0 || at >= PULSE_SECONDS) continue;
        for (const [agentId, count] of counts) {
          const row = rows.get(agentId) ?? new Array<number>(PULSE_SECONDS).fill(0);
          row[at] = count;
          rows.set(agentId, row);
        }
      }
      return [...rows]
        .map(([agentId, counts]) => ({ agentId, counts, total: counts.reduce((sum, count) => sum + count, 0) }))
        .sort((one, other) => other.total - one.total || one.agentId.localeCompare(other.agentId));
    },
  };
}
