import type { StoredEvent } from "@claude-orchestrator/core";
import type { Span } from "./schemas/task.js";

/**
 * Draws the times of a task out of its events: what ran and what waited, attempts apart.
 *
 * @param events - the task's, in order
 * @returns spans in the order of their beginnings; one that lasts has no end
 */
export function spansOf(events: Iterable<StoredEvent>): Span[] {
  const spans: Span[] = [];
  const open = new Map<string, Span>();

  const begin = (key: string, event: StoredEvent, kind: Span["kind"], name: string, detail = "") => {
    const { stepKey, agentId, time } = event;
    const span: Span = { kind, stepKey, agentId, name, startedAt: time, endedAt: null, isError: false, detail };
    open.set(key, span);
    spans.push(span);
  };
  const end = (key: string, event: StoredEvent, isError = false, detail?: string) => {
    const span = open.get(key);
    if (!span) return;
    open.delete(key);
    span.endedAt = event.time;
    span.isError = isError;
    if (detail) span.detail = detail;
  };
  /** What a process that was killed left open ends where its successor begins. */
  const endAllOf = (prefix: string, event: StoredEvent) => {
    for (const key of [...open.keys()]) if (key.startsWith(prefix)) end(key, event);
  };

  for (const event of events) {
    const step = event.stepKey ?? "";
    const agent = event.agentId ?? "";
    switch (event.type) {
      case "step.waiting":
        end(`attempt/${step}/`, event);
        if (!open.has(`waiting/${step}/`)) begin(`waiting/${step}/`, event, "waiting", step, event.data.reason);
        break;
      case "step.started":
        end(`waiting/${step}/`, event);
        end(`attempt/${step}/`, event);
        if (!open.has(`step/${step}/`)) begin(`step/${step}/`, event, "step", step);
        begin(`attempt/${step}/`, event, "attempt", `${step}, attempt ${event.data.attempt}`);
        break;
      case "step.attempt_failed":
        end(`attempt/${step}/`, event, true, event.data.error.message);
        break;
      case "step.ended":
        for (const kind of ["waiting", "attempt", "step"])
          end(`${kind}/${step}/`, event, event.data.status === "failed", event.data.reason);
        break;
      case "check.ended":
        spans.push({
          kind: "check",
          stepKey: event.stepKey,
          agentId: null,
          name: event.data.name,
          startedAt: new Date(Date.parse(event.time) - event.data.durationMs).toISOString(),
          endedAt: event.time,
          isError: !event.data.passed,
          detail: event.data.command,
        });
        break;
      case "tool.started":
        begin(`tool/${agent}/${event.data.toolUseId}`, event, "tool", event.data.name, event.data.input.slice(0, 200));
        break;
      case "tool.ended":
        end(`tool/${agent}/${event.data.toolUseId}`, event, event.data.isError);
        break;
      case "model_call.started":
        begin(`model_call/${agent}/${event.data.callId}`, event, "model_call", event.data.model);
        break;
      case "model_call.ended":
        end(`model_call/${agent}/${event.data.callId}`, event, event.data.state === "failed");
        break;
      case "agent.ended":
      case "agent.deleted":
        endAllOf(`tool/${agent}/`, event);
        endAllOf(`model_call/${agent}/`, event);
        break;
      case "task.paused":
      case "task.ended":
        for (const key of [...open.keys()]) end(key, event);
        break;
      default:
    }
  }
  return spans;
}

/** The types of events that spans are drawn from. */
export const TIMED_EVENTS = [
  "step.waiting",
  "step.started",
  "step.attempt_failed",
  "step.ended",
  "check.ended",
  "tool.started",
  "tool.ended",
  "model_call.started",
  "model_call.ended",
  "agent.ended",
  "agent.deleted",
  "task.paused",
  "task.ended",
] as const satisfies readonly StoredEvent["type"][];
