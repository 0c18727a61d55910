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

/**
 * Gives an event of an older version the shape of today's.
 *
 * @param event - as it was written
 */
export function upcast(event: StoredEvent): StoredEvent {
  if (event.version >= 2) return event;
  const data = { ...ADDED_IN_2[event.type], ...event.data };
  if (!("steps" in data) || !Array.isArray(data.steps)) return { ...event, data } as StoredEvent;
  const steps = data.steps.map((step: object) => ({ overrides: NO_OVERRIDES, ...step }));
  return { ...event, data: { ...data, steps } } as StoredEvent;
}
