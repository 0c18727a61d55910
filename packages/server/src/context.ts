import type { Orchestrator, StoredEvent } from "@claude-orchestrator/core";
import type { Access, AuditLog } from "./access/index.js";
import type { AllowedDirectories } from "./directories.js";
import type { DraftBoard, Hub } from "./live/index.js";

/** What every route works with. */
export interface Context {
  /** Another one when the database was replaced: never keep it over a wait. */
  readonly orchestrator: Orchestrator;
  readonly hub: Hub;
  readonly drafts: DraftBoard;
  readonly access: Access;
  readonly audit: AuditLog;
  readonly directories: AllowedDirectories;
  /** Whether a script answers the agents that are begun here. */
  readonly rehearsal: boolean;
  readonly version: string;
  /** Whether the server stops, or lets go of a database that was replaced. */
  readonly isClosing: boolean;
  /** Writes a failure of the server's own to its log. */
  trouble(message: string, error: unknown): void;
  /** Calls back with each new event; the answer ends it. */
  onEvent(listener: (event: StoredEvent) => void): () => void;
  /** Calls back when the server stops or the database is replaced; the answer ends it. */
  onClosing(listener: () => void): () => void;
}
