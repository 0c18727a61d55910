import type { OrchestratorEvent } from "../../api/types.ts";

/** Kinds of rows that can be shown or left out. */
export const ROW_KINDS = ["text", "thinking", "tools", "messages", "status", "models"] as const;
export type RowKind = (typeof ROW_KINDS)[number];

export const KIND_NAMES: Record<RowKind, string> = {
  text: "Text",
  thinking: "Thinking",
  tools: "Tools",
  messages: "Messages",
  status: "Status",
  models: "Model calls",
};

/** Every kind but the calls of the model, of which there are many and which say little. */
export const DEFAULT_KINDS: readonly RowKind[] = ["text", "thinking", "tools", "messages", "status"];

const TYPES: Record<RowKind, readonly string[]> = {
  text: ["agent.output"],
  thinking: ["agent.thinking"],
  tools: ["tool.started", "tool.ended", "permission.decided"],
  messages: ["agent.prompted", "agent.messaged", "agent.replied"],
  status: [
    ...["agent.created", "agent.started", "agent.claimed", "agent.released", "agent.model_changed", "agent.checked"],
    ...["agent.interrupt_requested", "agent.kill_requested", "agent.delete_requested", "agent.ended", "agent.deleted"],
    ...["model_call.retried", "step.agent_replaced"],
  ],
  models: ["model_call.ended", "model_call.reconciled"],
};

const KIND_OF_TYPE = new Map(ROW_KINDS.flatMap((kind) => TYPES[kind].map((type) => [type, kind] as const)));

/** The types of events that rows of these kinds are made of. */
export function typesOf(kinds: readonly RowKind[]): string[] {
  return kinds.flatMap((kind) => TYPES[kind]);
}

/** The kinds that an address names, with commas; the usual ones where it names none. */
export function readKinds(text: string | undefined): readonly RowKind[] {
  if (text === undefined) return DEFAULT_KINDS;
  const named = text.split(",");
  return ROW_KINDS.filter((kind) => named.includes(kind));
}

export interface TimelineRow {
  key: string;
  kind: RowKind;
  /** The event; of a tool call its beginning, where that is held. */
  event: OrchestratorEvent;
  /** The end of a tool call. */
  end: OrchestratorEvent | null;
}

/** Nothing was found and nothing was done: not worth a row. */
function isSilent({ type, data }: OrchestratorEvent): boolean {
  if (type === "agent.checked") return data.finding === null && data.action === "none";
  return type === "permission.decided" && data.decision !== "deny";
}

/**
 * Makes rows of events: one for each, but a tool call and its result are one.
 *
 * @param events - oldest first
 */
export function buildRows(events: readonly OrchestratorEvent[]): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const calls = new Map<unknown, TimelineRow>();
  for (const event of events) {
    const kind = KIND_OF_TYPE.get(event.type);
    if (!kind || isSilent(event)) continue;
    const { toolUseId } = event.data;
    if (event.type === "tool.started") {
      const row: TimelineRow = { key: `tool ${String(toolUseId)}`, kind, event, end: null };
      calls.set(toolUseId, row);
      rows.push(row);
    } else if (event.type === "tool.ended") {
      const call = calls.get(toolUseId);
      if (call) call.end = event;
      else rows.push({ key: `tool ${String(toolUseId)}`, kind, event, end: event });
    } else {
      rows.push({ key: `event ${event.seq}`, kind, event, end: null });
    }
  }
  return rows;
}

/** Whether an event is among those that are looked for. */
export function isWanted(event: OrchestratorEvent, types: ReadonlySet<string>, search: string): boolean {
  if (!types.has(event.type)) return false;
  return search === "" || JSON.stringify(event.data).toLowerCase().includes(search.toLowerCase());
}
