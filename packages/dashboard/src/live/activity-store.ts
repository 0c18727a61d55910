import { useSyncExternalStore } from "react";
import type { OrchestratorEvent } from "../api/types.ts";
import { createPulse, describeActivity, describeDraft } from "./activity.ts";
import { createDrafts, type Draft } from "./drafts.ts";
import type { News } from "./feed.ts";
import { useNews } from "./live.tsx";

/** So many agents are remembered; those that were heard of longest ago go. */
const MAX_REMEMBERED = 500;

/** What is shown: as it was at the last frame. */
let activities: ReadonlyMap<string, string> = new Map();
let shownDrafts: ReadonlyMap<string, Draft | null> = new Map();
/** What has come since. */
let gathered = new Map<string, string>();
let touched = new Set<string>();
let isScheduled = false;
const drafts = createDrafts();
const listeners = new Set<() => void>();

export const pulse = createPulse();

/** However much comes, what is shown changes once a frame. */
function publish(): void {
  isScheduled = false;
  const next = new Map(activities);
  const nextDrafts = new Map(shownDrafts);
  for (const agentId of touched) {
    const draft = drafts.read(agentId);
    const activity = draft ? describeDraft(draft) : gathered.get(agentId);
    if (draft) nextDrafts.set(agentId, { ...draft });
    else nextDrafts.delete(agentId);
    if (activity === undefined) continue;
    next.delete(agentId);
    next.set(agentId, activity);
  }
  gathered = new Map();
  touched = new Set();
  for (const agentId of next.keys()) {
    if (next.size <= MAX_REMEMBERED) break;
    next.delete(agentId);
  }
  activities = next;
  shownDrafts = nextDrafts;
  for (const listener of listeners) listener();
}

function takeEvent(event: OrchestratorEvent): void {
  pulse.add(event.agentId ?? "", Date.parse(event.time));
  if (event.agentId === null) return;
  drafts.end(event);
  touched.add(event.agentId);
  const activity = describeActivity(event);
  if (activity !== null) gathered.set(event.agentId, activity);
}

function take(news: News): void {
  switch (news.kind) {
    case "events":
      for (const event of news.events) takeEvent(event);
      break;
    case "drafts":
      for (const piece of news.drafts) {
        drafts.take(piece);
        touched.add(piece.agentId);
      }
      break;
    case "replaced":
      activities = new Map();
      gathered = new Map();
      drafts.clear();
      shownDrafts = new Map();
      break;
    default:
      // Another connection tells of every draft from its beginning.
      drafts.clear();
      for (const agentId of shownDrafts.keys()) touched.add(agentId);
  }
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(publish);
}

/** Remembers what every agent does and writes. Once, above all pages. */
export function ActivityRecorder() {
  useNews(take);
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

/** What an agent is writing at this moment, live; `null` when it writes nothing. */
export function useDraft(agentId: string): Draft | null {
  return useSyncExternalStore(subscribe, () => shownDrafts.get(agentId) ?? null);
}
