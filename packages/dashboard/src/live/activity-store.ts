import { useSyncExternalStore } from "react";
import type { OrchestratorEvent } from "../api/types.ts";
import { createPulse, describeActivity } from "./activity.ts";
import { useNews } from "./live.tsx";

/** So many agents are remembered; those that were heard of longest ago go. */
const MAX_REMEMBERED = 500;

let activities: ReadonlyMap<string, string> = new Map();
let gathered = new Map<string, string>();
let isScheduled = false;
const listeners = new Set<() => void>();

export const pulse = createPulse();

/** However many events come, what is shown changes once a frame. */
function publish(): void {
  isScheduled = false;
  const next = new Map(activities);
  for (const [agentId, activity] of gathered) {
    next.delete(agentId);
    next.set(agentId, activity);
  }
  gathered = new Map();
  for (const agentId of next.keys()) {
    if (next.size <= MAX_REMEMBERED) break;
    next.delete(agentId);
  }
  activities = next;
  for (const listener of listeners) listener();
}

function take(event: OrchestratorEvent): void {
  pulse.add(event.agentId ?? "", Date.parse(event.time));
  if (event.agentId === null) return;
  const activity = describeActivity(event);
  if (activity !== null) gathered.set(event.agentId, activity);
}

/** Remembers what every agent does. Once, above all pages. */
export function ActivityRecorder() {
  useNews((news) => {
    if (news.kind === "replaced") {
      activities = new Map();
      gathered = new Map();
      return publish();
    }
    if (news.kind !== "events") return;
    for (const event of news.events) take(event);
    if (isScheduled || gathered.size === 0) return;
    isScheduled = true;
    requestAnimationFrame(publish);
  });
  return null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What an agent does, live; `null` while nothing was heard of it since the page was opened. */
export function useActivity(agentId: string): string | null {
  return useSyncExternalStore(subscribe, () => activities.get(agentId) ?? null);
}
