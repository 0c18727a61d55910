import { getRouteApi } from "@tanstack/react-router";
import { memo, useEffect, useState } from "react";
import { DEFAULT_KINDS, KIND_NAMES, ROW_KINDS, type RowKind } from "./timeline-rows.ts";

const route = getRouteApi("/agents/$agentId");
/** Typing asks the server only when it pauses. */
const PAUSE_MS = 250;

/** Which rows are wanted: by kind and by words. Both stand in the address. Not drawn again as the timeline scrolls. */
export const TimelineFilters = memo(function TimelineFilters(props: { kinds: readonly RowKind[]; search: string }) {
  const { kinds, search } = props;
  const navigate = route.useNavigate();
  const [text, setText] = useState(search);

  useEffect(() => {
    if (text.trim() === search) return;
    const timer = setTimeout(() => {
      const trimmed = text.trim();
      void navigate({
        search: ({ search: _, ...rest }) => (trimmed ? { ...rest, search: trimmed } : rest),
        replace: true,
        resetScroll: false,
      });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, search, navigate]);

  const toggle = (kind: RowKind) => {
    const next = ROW_KINDS.filter((each) => (each === kind ? !kinds.includes(each) : kinds.includes(each)));
    const isUsual = next.join() === DEFAULT_KINDS.join();
    void navigate({
      search: ({ kinds: _, ...rest }) => (isUsual || next.length === 0 ? rest : { ...rest, kinds: next.join() }),
      replace: true,
      resetScroll: false,
    });
  };

  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center justify-end gap-2">
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">Kinds of rows</legend>
        {ROW_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={kinds.includes(kind)}
            onClick={() => toggle(kind)}
            className={`rounded-full border px-2.5 py-0.5 text-xs ${
              kinds.includes(kind) ? "border-accent bg-accent-ground" : "border-line text-muted hover:text-text"
            }`}
          >
            {KIND_NAMES[kind]}
          </button>
        ))}
      </fieldset>
      <input
        type="search"
        data-search
        aria-label="Search the timeline"
        placeholder="Search"
        className="field !w-44"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
});
