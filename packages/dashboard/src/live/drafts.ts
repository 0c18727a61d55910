import type { OrchestratorEvent } from "../api/types.ts";

/** What has been added to the block that an agent is writing, as the server sends it. */
export interface DraftPiece {
  agentId: string;
  taskId: string | null;
  kind: "text" | "thinking";
  block: number;
  /** The characters that came before; 0 where the block begins anew. */
  offset: number;
  text: string;
}

/** What an agent is writing: a block that is not finished. */
export interface Draft {
  kind: "text" | "thinking";
  block: number;
  text: string;
}

export type Drafts = ReadonlyMap<string, Draft>;

/** Adds pieces. One that does not fit what is known is left out: the finished block comes in any case. */
export function addPieces(drafts: Drafts, pieces: readonly DraftPiece[]): Drafts {
  const next = new Map(drafts);
  for (const { agentId, kind, block, offset, text } of pieces) {
    const known = next.get(agentId);
    if (offset === 0) next.set(agentId, { kind, block, text });
    else if (known?.block === block && known.text.length === offset)
      next.set(agentId, { kind, block, text: known.text + text });
  }
  return next;
}

/** Takes out what events have put an end to: it is in the log now, or will never be finished. */
export function endDrafts(drafts: Drafts, events: readonly OrchestratorEvent[]): Drafts {
  if (drafts.size === 0) return drafts;
  const ended = events.filter(({ type, agentId }) => ENDS.has(type) && agentId !== null && drafts.has(agentId));
  if (ended.length === 0) return drafts;
  const next = new Map(drafts);
  for (const { agentId } of ended) next.delete(agentId ?? "");
  return next;
}

const ENDS: ReadonlySet<string> = new Set([
  "agent.output",
  "agent.thinking",
  "agent.started",
  "agent.ended",
  "agent.released",
  "agent.deleted",
  "tool.started",
  "model_call.started",
  "model_call.ended",
]);
