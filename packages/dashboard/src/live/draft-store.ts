import { useSyncExternalStore } from "react";
import { addPieces, type Draft, type Drafts, endDrafts } from "./drafts.ts";
import { useNews } from "./live.tsx";

let drafts: Drafts = new Map();
let shown: Drafts = drafts;
let frame = 0;
const listeners = new Set<() => void>();

/** However many pieces come, what is shown changes once a frame. */
function publish(): void {
  frame = 0;
  shown = drafts;
  for (const listener of listeners) listener();
}

/** Remembers what every agent is writing. Once, above all pages. */
export function DraftRecorder() {
  useNews((news) => {
    const before = drafts;
    if (news.kind === "drafts") drafts = addPieces(drafts, news.drafts);
    else if (news.kind === "events") drafts = endDrafts(drafts, news.events);
    // A new connection tells everything that is being written, from its beginning.
    else drafts = new Map();
    if (drafts !== before && frame === 0) frame = requestAnimationFrame(publish);
  });
  return null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What an agent is writing at this moment; `null` while it writes nothing. */
export function useDraft(agentId: string): Draft | null {
  return useSyncExternalStore(subscribe, () => shown.get(agentId) ?? null);
}
