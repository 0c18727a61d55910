import { useEffect, useRef } from "react";
import { useDraft } from "../../live/draft-store.ts";

/** So much of the end is shown; the whole block follows in the timeline. */
const SHOWN_CHARACTERS = 4_000;

/** What the agent is writing at this moment, letter by letter; nothing while it writes nothing. */
export function DraftView({ agentId }: { agentId: string }) {
  const draft = useDraft(agentId);
  const pane = useRef<HTMLDivElement>(null);
  const text = draft?.text.slice(-SHOWN_CHARACTERS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new stands at the end, and is to be seen.
  useEffect(() => {
    pane.current?.scrollTo({ top: pane.current.scrollHeight });
  }, [text]);
  if (!draft) return null;
  return (
    <section
      aria-label={draft.kind === "thinking" ? "It is thinking" : "It is writing"}
      className="border-t border-line px-3 py-2"
    >
      <p className="label">{draft.kind === "thinking" ? "thinking …" : "writing …"}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <div ref={pane} tabIndex={0} className="max-h-40 overflow-y-auto whitespace-pre-wrap break-words">
        {text}
      </div>
    </section>
  );
}
