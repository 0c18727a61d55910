/** `340 ms`, `4.2 s`, `48 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`; `unknown` where nobody knows. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null || !Number.isFinite(durationMs)) return "unknown";
  const ms = Math.max(0, durationMs);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/**
 * How long something took, or has taken until now.
 *
 * @returns milliseconds; `null` when it has not begun
 */
export function durationOf(
  { startedAt, endedAt }: { startedAt: string | null; endedAt: string | null },
  nowMs: number,
): number | null {
  if (startedAt === null) return null;
  return Math.max(0, (endedAt === null ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt));
}

/** `just now`, `12 s ago`, `3 min ago`, `in 2 h`, `5 d ago`: one unit is enough to place a moment. */
export function formatRelative(iso: string, nowMs: number): string {
  const atMs = Date.parse(iso);
  if (Number.isNaN(atMs)) return iso;
  const seconds = Math.round(Math.abs(nowMs - atMs) / 1_000);
  if (seconds < 2) return "just now";
  const [count, unit] =
    seconds < 60
      ? [seconds, "s"]
      : seconds < 3_600
        ? [Math.floor(seconds / 60), "min"]
        : seconds < 172_800
          ? [Math.floor(seconds / 3_600), "h"]
          : [Math.floor(seconds / 86_400), "d"];
  return atMs > nowMs ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

const two = (value: number) => String(value).padStart(2, "0");

/** `2026-11-23 06:12:08`, in the reader's own time zone. */
export function formatAbsolute(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${formatClock(iso)}`;
}

/** `06:12:08`, in the reader's own time zone. */
export function formatClock(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
