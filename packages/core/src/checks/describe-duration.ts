/**
 * Says a duration as a person would, rounded down: `15 minutes`, `90 seconds`, `300 ms`.
 *
 * @param durationMs - the duration
 */
export function describeDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.floor(durationMs)} ms`;
  const seconds = Math.floor(durationMs / 1_000);
  if (seconds < 120) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.floor(seconds / 60)} minutes`;
}
