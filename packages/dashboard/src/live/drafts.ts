import type { OrchestratorEvent } from "../api/types.ts";

/** What has been added to the block that an agent is writing, or all of it. */
export interface DraftPiece {
  agentId: string;
  taskId: string | null;
  kind: "text" | "thinking";
  /** Another number is another block. */
  block: number;
  /** The characters that came before; 0 where the block begins anew. */
  offset: number;
  text: string;
}

/** What an agent is writing at this moment: a block that is not finished. */
export interface Draft {
  kind: "text" | "thinking";
  block: number;
  text: string;
}

const FINISHED_KINDS: Partial<Record<string, Draft["kind"]>> = {
  "agent.output": "text",
  "agent.thinking": "thinking",
};

/** An agent that begins something else, or ends, writes no more. */
const ENDS: ReadonlySet<string> = new Set([
  ...["agent.output", "agent.thinking", "agent.started", "agent.ended", "agent.released", "agent.deleted"],
  ...["tool.started", "model_call.started", "model_call.ended"],
]);

/** So much of a beginning tells whether an event is the block that was being written. */
const BEGINNING_CHARACTERS = 120;

/**
 * Puts together what agents are writing. Pieces and events come on different ways and may overtake each other: a block
 * that is in the log is not shown a second time, and one that has begun is not lost when the event of the one before
 * comes after it.
 */
export function createDrafts() {
  const known = new Map<string, Draft & { isHidden: boolean }>();
  /** Blocks are counted anew by each process of an agent: the beginning tells a late piece from another block. */
  const finished = new Map<string, { block: number; text: string }>();
  const isFinished = ({ agentId, block, offset, text }: DraftPiece) => {
    const last = finished.get(agentId);
    return last?.block === block && (offset > 0 || last.text.startsWith(text.slice(0, BEGINNING_CHARACTERS)));
  };
  return {
    take(piece: DraftPiece): void {
      if (isFinished(piece)) return;
      const { agentId, kind, block, offset, text } = piece;
      const before = known.get(agentId);
      if (offset === 0) {
        finished.delete(agentId);
        known.set(agentId, { kind, block, text, isHidden: false });
      } else if (before?.block === block && before.text.length >= offset)
        known.set(agentId, { kind, block, text: before.text.slice(0, offset) + text, isHidden: false });
    },
    /** Takes notice of an event that may put an end to a draft. */
    end({ type, agentId, data }: Pick<OrchestratorEvent, "type" | "agentId" | "data">): void {
      const draft = agentId === null ? undefined : known.get(agentId);
      if (!draft || agentId === null || !ENDS.has(type)) return;
      const isSame =
        FINISHED_KINDS[type] === draft.kind &&
        String(data.text ?? "").startsWith(draft.text.slice(0, BEGINNING_CHARACTERS));
      if (isSame) {
        finished.set(agentId, { block: draft.block, text: String(data.text) });
        known.delete(agentId);
      } else if (FINISHED_KINDS[type] === undefined) draft.isHidden = true;
    },
    /** What the agent is writing; `null` when it writes nothing. */
    read(agentId: string): Draft | null {
      const draft = known.get(agentId);
      return draft && !draft.isHidden ? draft : null;
    },
    /** Forgets all: a new connection tells everything from its beginning. */
    clear(): void {
      known.clear();
      finished.clear();
    },
  };
}
