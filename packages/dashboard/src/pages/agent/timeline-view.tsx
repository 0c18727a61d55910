import { getRouteApi } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/button.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { useDraft } from "../../live/activity-store.ts";
import { TimelineFilters } from "./timeline-filters.tsx";
import { DraftRow, RowView } from "./timeline-row.tsx";
import { buildRows, readKinds, type TimelineRow } from "./timeline-rows.ts";
import { useTimeline } from "./use-timeline.ts";

const route = getRouteApi("/agents/$agentId");

/** So many rows before either end of what is held, the next page is asked for. */
const NEAR_ROWS = 12;
/** Within this distance the end counts as in sight. */
const NEAR_END_PX = 60;

const ESTIMATES_PX: Record<TimelineRow["kind"], number> = {
  text: 90,
  thinking: 64,
  tools: 96,
  messages: 120,
  status: 30,
  models: 30,
};

/** All that an agent has done, live and back to its beginning, of which only what is in sight is drawn. */
export function AgentTimeline({ agentId }: { agentId: string }) {
  const { kinds: kindsText, search = "" } = route.useSearch();
  const kinds = useMemo(() => readKinds(kindsText), [kindsText]);
  const pane = useRef<HTMLDivElement>(null);
  const isFollowing = useCallback(() => {
    const element = pane.current;
    return !element || element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR_END_PX;
  }, []);
  const { timeline, state } = useTimeline(agentId, kinds, search, isFollowing);
  const { window: held, loading, error } = state;
  const rows = useMemo(() => buildRows(held.events), [held.events]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((key: string) => {
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);

  const draft = useDraft(agentId);
  const isDraftWanted = held.isAtEnd && loading !== "first" && search === "";
  const shownDraft = isDraftWanted && draft && kinds.includes(draft.kind) ? draft : null;
  const count = rows.length + (shownDraft ? 1 : 0);

  const rowsRef = useRef(rows);
  rowsRef.current = rows;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => pane.current,
    estimateSize: (index) => ESTIMATES_PX[rowsRef.current[index]?.kind ?? "text"],
    getItemKey: (index) => rowsRef.current[index]?.key ?? "draft",
    overscan: 4,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_END_PX,
  });
  const items = virtualizer.getVirtualItems();

  // The first page, and any new beginning, is read from its end.
  const isFresh = useRef(true);
  useLayoutEffect(() => {
    if (loading === "first") isFresh.current = true;
    else if (isFresh.current && rows.length > 0) {
      isFresh.current = false;
      virtualizer.scrollToEnd();
    }
  }, [loading, rows.length, virtualizer]);

  const [first, last] = [items[0]?.index, items.at(-1)?.index];
  useEffect(() => {
    if (loading !== null || error !== null || isFresh.current || first === undefined || last === undefined) return;
    if (first < NEAR_ROWS && held.hasOlder) void timeline.loadOlder();
    else if (last >= rows.length - NEAR_ROWS && !held.isAtEnd) void timeline.loadNewer();
  }, [first, last, loading, error, held, rows.length, timeline]);

  const isAtEnd = held.isAtEnd && virtualizer.isAtEnd(NEAR_END_PX);
  const goToEnd = async () => {
    if (!held.isAtEnd) await timeline.loadEnd();
    virtualizer.scrollToEnd();
  };

  const latest = useRef(goToEnd);
  latest.current = goToEnd;
  const press = useCallback(() => void latest.current(), []);

  return (
    <section aria-label="Timeline" className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="font-semibold">Timeline</h2>
        <TimelineFilters kinds={kinds} search={search} />
      </div>
      <div className="panel relative overflow-hidden">
        <div
          ref={pane}
          role="log"
          aria-label="What the agent did"
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          tabIndex={0}
          className="h-[max(22rem,calc(100dvh-23rem))] overflow-y-auto overscroll-contain contain-strict [overflow-anchor:none]"
        >
          <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              return (
                (row ?? shownDraft) && (
                  <div
                    key={item.key}
                    ref={virtualizer.measureElement}
                    data-index={item.index}
                    className="absolute left-0 top-0 w-full contain-content"
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    {row ? (
                      <RowView
                        rowKey={row.key}
                        kind={row.kind}
                        event={row.event}
                        end={row.end}
                        isOpen={open.has(row.key)}
                        onToggle={toggle}
                      />
                    ) : (
                      shownDraft && <DraftRow draft={shownDraft} />
                    )}
                  </div>
                )
              );
            })}
          </div>
          {count === 0 && loading === null && error === null && (
            <div className="p-3">
              <EmptyState title={search ? "Nothing here has these words." : "Nothing yet."}>
                {search
                  ? "Search for others, or choose more kinds."
                  : "What the agent does appears here as it happens."}
              </EmptyState>
            </div>
          )}
          {loading === "first" && rows.length === 0 && <div className="px-3">{<Loading what="the timeline" />}</div>}
        </div>
        {loading === "older" && (
          <p className="label pointer-events-none absolute left-3 top-1 rounded-sm bg-surface px-1">loading older …</p>
        )}
        {!isAtEnd && rows.length > 0 && <NewestButton onPress={press} />}
      </div>
      {error !== null && (
        <ErrorState error={error} onRetry={() => void (rows.length > 0 ? timeline.loadOlder() : timeline.loadEnd())} />
      )}
    </section>
  );
}

/** Goes to the newest row and stays there. */
const NewestButton = memo(function NewestButton({ onPress }: { onPress(): void }) {
  return (
    <Button className="absolute bottom-3 right-5 shadow-md" onClick={onPress}>
      <ArrowDown aria-hidden="true" className="size-4" />
      Newest
    </Button>
  );
});
