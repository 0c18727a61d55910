/** What is derived from events, table by table, in the transaction that inserts them. */
import type { StoredEvent } from "../../../domain/index.js";
import { projectActivity, projectAgent } from "./agents.js";
import { projectCheck } from "./checks.js";
import { projectFileChanges, projectFileRead } from "./files.js";
import { projectHold } from "./holds.js";
import { projectLedger } from "./ledger.js";
import { type Get, isAbout, type Run } from "./statements.js";
import { projectExtension, projectPlan, projectStep } from "./steps.js";
import { projectTask } from "./tasks.js";
import { projectWorkspace } from "./workspaces.js";

/** What an agent was writing is in the log now, or will never be finished. */
const ENDS_OF_DRAFTS: ReadonlySet<StoredEvent["type"]> = new Set([
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

/**
 * Brings the tables up to date with one event.
 *
 * @param event - what happened
 * @param run - writes to the tables
 * @param get - reads from them
 * @throws OrchestratorError `invalid_transition` when a status cannot follow from the one before
 */
export function project(event: StoredEvent, run: Run, get: Get): void {
  if (ENDS_OF_DRAFTS.has(event.type)) run("DELETE FROM drafts WHERE agent_id = ?", event.agentId);
  if (isAbout(event, "task")) return projectTask(event, run, get);
  if (isAbout(event, "step")) return projectStep(event, run, get);
  if (isAbout(event, "agent")) return projectAgent(event, run, get);
  if (isAbout(event, "fleet")) return projectHold(event, run);
  switch (event.type) {
    case "workflow.planned":
      return projectPlan(event, run, get);
    case "workflow.extended":
      return projectExtension(event, run, get);
    case "tool.started":
      return projectActivity(event, run);
    case "tool.ended":
      for (const path of event.data.filesRead) projectFileRead(event, path, run);
      return;
    case "workspace.created":
    case "workspace.prepared":
    case "workspace.committed":
    case "workspace.rescued":
    case "workspace.removed":
      return projectWorkspace(event, run);
    case "check.ended":
    case "check.reused":
      return projectCheck(event, run);
    case "files.changed":
      return projectFileChanges(event, run);
    case "model_call.retried":
      return projectActivity(event, run);
    case "permission.decided":
      // Kept for the audit; nothing is derived from it.
      return;
    default:
      return projectLedger(event, run);
  }
}
