import type { Orchestrator } from "@claude-orchestrator/core";
import type { DraftBoard } from "./draft-board.js";
import type { Hub } from "./hub.js";

/** What a stream of events needs of the server. */
export interface StreamSource {
  readonly orchestrator: Orchestrator;
  readonly hub: Hub;
  readonly drafts: DraftBoard;
  trouble(message: string, error: unknown): void;
  onClosing(listener: () => void): () => void;
}
