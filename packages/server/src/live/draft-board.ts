import type { Draft, Orchestrator, StoredEvent } from "@claude-orchestrator/core";
import { createBell } from "./bell.js";

/** What has been added to the block that an agent is writing, or all of it. */
export interface DraftPiece extends Omit<Draft, "text"> {
  /** The characters that came before; 0 where the block begins anew. */
  offset: number;
  text: string;
}

/** What agents are writing at this moment. */
export interface DraftBoard {
  /** What there is, and then what is added. Whoever is slow gets the newest state only. */
  follow(query: {
    taskId?: string | undefined;
    agentId?: string | undefined;
    signal: AbortSignal;
  }): AsyncGenerator<DraftPiece[]>;
  /** An event that may put an end to a draft. */
  take(event: StoredEvent): void;
  close(): Promise<void>;
}

/**
 * Begins to follow what agents write, once for everybody.
 *
 * @param orchestrator - started
 * @param onTrouble - told when it cannot be followed any more
 */
export function openDraftBoard(
  orchestrator: Pick<Orchestrator, "drafts">,
  onTrouble: (error: unknown) => void,
): DraftBoard {
  const drafts = new Map<string, Draft>();
  const closing = new AbortController();
  const bell = createBell();

  async function run(): Promise<void> {
    for await (const changed of orchestrator.drafts(closing.signal)) {
      for (const draft of changed) drafts.set(draft.agentId, draft);
      bell.ring();
    }
  }
  const running = run().catch((error) => {
    if (!closing.signal.aborted) onTrouble(error);
  });

  return {
    async *follow({ taskId, agentId, signal }) {
      const told = new Map<string, { block: number; text: string }>();
      while (!signal.aborted && !closing.signal.aborted) {
        const { rung } = bell;
        for (const known of told.keys()) if (!drafts.has(known)) told.delete(known);
        const pieces: DraftPiece[] = [];
        for (const draft of drafts.values()) {
          if (taskId !== undefined && draft.taskId !== taskId) continue;
          if (agentId !== undefined && draft.agentId !== agentId) continue;
          const { block, text } = draft;
          const known = told.get(draft.agentId);
          // A secret that was taken out once it was whole changes what came before.
          const isMore = known !== undefined && known.block === block && text.startsWith(known.text);
          const offset = isMore ? known.text.length : 0;
          if (isMore && offset === text.length) continue;
          told.set(draft.agentId, { block, text });
          pieces.push({ ...draft, offset, text: text.slice(offset) });
        }
        if (pieces.length > 0) yield pieces;
        else await bell.wait(rung, signal);
      }
    },
    take({ type, agentId }) {
      if (agentId !== null && ENDS.has(type)) drafts.delete(agentId);
    },
    async close() {
      closing.abort();
      bell.ring();
      await running;
    },
  };
}

/** What an agent was writing is in the log, or will never be finished. */
const ENDS: ReadonlySet<StoredEvent["type"]> = new Set([
  "agent.output",
  "agent.thinking",
  "agent.started",
  "agent.ended",
  "agent.released",
  "agent.deleted",
  "tool.started",
  "model_call.started",
  "model_call.ended",
] satisfies StoredEvent["type"][]);
