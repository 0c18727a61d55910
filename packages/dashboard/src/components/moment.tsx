import { formatAbsolute, formatDuration, formatRelative } from "../format/moments.ts";
import { useNow } from "../live/clock.ts";
import { usePreferences } from "../preferences/preferences.ts";

/** A moment, written as the reader has chosen; the title shows the other way. */
export function Moment({ at, className = "" }: { at: string | null; className?: string }) {
  const nowMs = useNow();
  const style = usePreferences((preferences) => preferences.timeStyle);
  if (at === null) return <span className={className}>not yet</span>;
  const [relative, absolute] = [formatRelative(at, nowMs), formatAbsolute(at)];
  return (
    <time dateTime={at} title={style === "relative" ? absolute : relative} className={`whitespace-nowrap ${className}`}>
      {style === "relative" ? relative : absolute}
    </time>
  );
}

/** How long something took, or has taken until now. */
export function Elapsed({ from, to, className = "" }: { from: string | null; to: string | null; className?: string }) {
  const nowMs = useNow(from !== null && to === null);
  if (from === null) return <span className={className}>not begun</span>;
  const durationMs = Math.max(0, (to === null ? nowMs : Date.parse(to)) - Date.parse(from));
  return <span className={`whitespace-nowrap ${className}`}>{formatDuration(durationMs)}</span>;
}

/** The time that is left until a moment, each second anew. */
export function TimeLeft({ until }: { until: string }) {
  const leftMs = Date.parse(until) - useNow();
  return <span className="whitespace-nowrap">{leftMs > 0 ? `${formatDuration(leftMs)} left` : "due now"}</span>;
}
