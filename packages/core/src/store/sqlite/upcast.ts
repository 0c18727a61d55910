import { type AgentSettings, type EventType, NO_OVERRIDES, type StoredEvent } from "../../domain/index.js";

/** What an agent of version 1 had, whose settings were not recorded. None of them was made by hand. */
export const SETTINGS_OF_VERSION_1: AgentSettings = {
  writes: false,
  effort: null,
  fallbackModel: null,
  maxTurns: 60,
  timeoutMinutes: 30,
  sandbox: false,
  maxTokens: null,
};

/** Fields that version 2 added, with what they were before there was a choice. */
const ADDED_IN_2: Partial<Record<EventType, object>> = {
  "task.created": { priority: 0, afterTaskId: null, followUpOf: null, ownerId: null },
  "workflow.planned": { workflow: null },
  "step.waiting": { cause: "limit" },
  "agent.created": { rehearsal: false, settings: SETTINGS_OF_VERSION_1 },
};

/** Fields that version 3 added: until then agents worked in the directory itself, and no check was run. */
const ADDED_IN_3: Partial<Record<EventType, object>> = {
  "task.created": { workspaceKind: "in_place", uncommitted: "leave", requireChecks: false },
  "workflow.planned": { checks: [] },
  "workflow.extended": { continuedBy: null },
};

/** Fields that version 4 added: until then no task had left the way of another. */
const ADDED_IN_4: Partial<Record<EventType, object>> = {
  "task.created": { forkOf: null },
};

/**
 * Gives an event of an older version the shape of today's.
 *
 * @param event - as it was written
 */
export function upcast(event: StoredEvent): StoredEvent {
  if (event.version >= 4) return event;
  const added = {
    ...(event.version < 2 ? ADDED_IN_2[event.type] : {}),
    ...(event.version < 3 ? ADDED_IN_3[event.type] : {}),
    ...ADDED_IN_4[event.type],
  };
  const data: Record<string, unknown> = { ...added, ...event.data };
  if (Array.isArray(data.steps) && event.version < 3)
    data.steps = data.steps.map((step: object) => ({ overrides: NO_OVERRIDES, round: 0, lane: null, ...step }));
  if (event.type === "task.ended") {
    const { census } = event.data;
    data.census = { ...census, rounds: census.rounds ?? 0, reused: census.reused ?? 0 };
  }
  if (event.type === "workspace.created") data.tip = event.data.startCommit;
  return { ...event, data } as unknown as StoredEvent;
}
