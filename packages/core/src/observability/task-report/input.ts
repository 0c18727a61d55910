import type { ErrorRecord, FileChange, StoredEvent } from "../../domain/index.js";
import type { AgentRecord, CheckRecord, CostRow, StepRecord, TaskRecord, WorkspaceRecord } from "../../store/index.js";

/** Everything that a report shows. Nothing is looked up while it is written. */
export interface TaskReportInput {
  task: TaskRecord;
  /** False when no living process runs it. */
  ownerAlive: boolean;
  steps: readonly StepRecord[];
  agents: readonly AgentRecord[];
  files: { consumed: readonly string[]; produced: readonly FileChange[] };
  checks: readonly CheckRecord[];
  workspaces: readonly WorkspaceRecord[];
  /** Where to begin looking when it has failed. */
  digest: ReportDigest | null;
  /** What the whole task has changed. */
  diff: ReportDiff;
  /** The same of each step that changed something, by its key. */
  stepDiffs: ReadonlyMap<string, ReportDiff>;
  /** The ends of the logs of failed checks, by the hash that was recorded: runs may share a path. */
  logs: ReadonlyMap<string, ReportLog>;
  events: ReportEvents;
  costs: { role: readonly CostRow[]; model: readonly CostRow[] };
  /** Of the programs that have to do with it. */
  versions: readonly { name: string; version: string }[];
  /** When the report was written, ISO 8601. */
  writtenAt: string;
}

export interface ReportDigest {
  stepKey: string | null;
  cause: ErrorRecord;
  agentId: string | null;
  lastTool: { name: string; input: string } | null;
  logLine: string | null;
}

export interface ReportDiff {
  changes: readonly FileChange[];
  /** A patch in git's form. */
  patch: string;
  /** Why it could not be read; `null` when it could. */
  problem: string | null;
}

export interface ReportLog {
  /** Its last lines. */
  text: string;
  /** So many bytes stand before them. */
  leftOutBytes: number;
  /** `altered`: the file is not the one whose hash was recorded. `gone`: there is none that may be read. */
  state: "intact" | "altered" | "gone";
}

export interface ReportEvents {
  /** Those that a report can show, oldest first. */
  events: readonly StoredEvent[];
  /** So many were looked through. */
  read: number;
  /** So many that could be shown were not kept. */
  leftOut: number;
  /** False when there were too many to look through. */
  isComplete: boolean;
}
