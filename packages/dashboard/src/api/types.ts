/** The shapes that the API answers with, by the names that the page uses for them. */
import type { components, paths } from "./schema.d.ts";

type Schemas = components["schemas"];
type AnswerOf<P extends keyof paths, M extends "get" | "post"> = paths[P] extends {
  [method in M]: { responses: { [status: number]: { content: { "application/json": infer Answer } } } };
}
  ? Answer
  : never;

export type Session = Schemas["Session"];
export type Role = Session["role"];
export type TaskItem = Schemas["TaskItem"];
export type TaskDetails = Schemas["Task"];
export type TaskStatus = TaskItem["status"];
export type StepItem = Schemas["StepItem"];
export type StepRecord = Schemas["Step"];
export type StepStatus = StepItem["status"];
/** An agent as its task shows it. */
export type AgentRecord = Schemas["AgentRecord"];
export type AgentItem = Schemas["AgentItem"];
export type AgentDetails = Schemas["Agent"];
export type AgentStatus = AgentItem["status"];
export type AgentFiles = AnswerOf<"/api/v1/agents/{agentId}", "get">["files"];
export type UsageTotals = Schemas["UsageTotals"];
export type Census = Schemas["Census"];
export type FileChange = Schemas["FileChange"];
export type CheckRecord = Schemas["Check"];
export type TimingSpan = Schemas["Span"];
export type Fleet = Schemas["Fleet"];
export type FleetHold = Fleet["holds"][number];
export type RunningTask = Fleet["running"][number];

/**
 * One event of the log, read with care: a server that is newer than this page may tell of what the page does not know.
 * The exact shapes are in `Event` of the schema.
 */
export interface OrchestratorEvent {
  seq: number;
  time: string;
  type: string;
  taskId: string | null;
  stepKey: string | null;
  agentId: string | null;
  data: Record<string, unknown>;
}
