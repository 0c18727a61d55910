import { useEffect, useState } from "react";
import { readDraft } from "./draft.ts";

const KEY = "orchestrator.draft";

/** The draft, kept in this tab until its task is started: another page, or loading anew, does not lose it. */
export function useKeptDraft(workingDirectory: string) {
  const [draft, setDraft] = useState(() => readDraft(readKept(), workingDirectory));
  useEffect(() => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(draft));
    } catch {
      // Storage is switched off or full: the draft lives as long as the page is shown.
    }
  }, [draft]);
  return [draft, setDraft] as const;
}

function readKept(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    // Storage is switched off in this browser.
    return null;
  }
}
