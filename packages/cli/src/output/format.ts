import { styleText } from "node:util";
import type { UsageTotals } from "@claude-orchestrator/core";

/** Colours are for terminals, and for users who want them: see no-color.org. */
const wantsColour = !process.env.NO_COLOR && process.env.TERM !== "dumb";

type Style = Parameters<typeof styleText>[0];

/** Whether what is written there may have colours; a file or pipe gets none. */
export function hasColours(stream: NodeJS.WriteStream = process.stdout): boolean {
  return wantsColour && stream.isTTY === true;
}

/**
 * Colours a text where colours are wanted.
 *
 * @param stream - where it will be written
 */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return hasColours(stream) ? styleText(style, text) : text;
}

/** `1.2k`, `3.4M`: tokens for a column. */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 1_000_000) return `${(count / 1_000).toFixed(count < 10_000 ? 1 : 0)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** `312 bytes`, `4.2 kB`, `17.3 MB`: what something takes on a disk. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return countOf(bytes, "byte");
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 call`, `2 calls`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** USD, or `unknown` where the price of a model is not known: never a guess. */
export function formatCost(costUsd: number | null): string {
  if (costUsd === null) return "unknown";
  return `$${costUsd.toFixed(costUsd < 1 ? 4 : 2)}`;
}

/** What somebody has cost; nothing is said where no call was counted, because cost tracking may be off. */
export function formatCostOf({ costUsd, modelCalls }: { costUsd: number | null; modelCalls: number }): string {
  return modelCalls === 0 ? "–" : formatCost(costUsd);
}

/** `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `0:04`, `3:20`, `1:02:05`: for a column. */
export function formatClock(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1_000));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** How long something took or has taken so far, in milliseconds. */
export function durationOf(record: { startedAt: string | null; endedAt: string | null }, nowMs = Date.now()): number {
  if (!record.startedAt) return 0;
  return (record.endedAt ? Date.parse(record.endedAt) : nowMs) - Date.parse(record.startedAt);
}

/** All tokens of whatever kind. */
export function tokensOf(usage: UsageTotals): number {
  return usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}

/** Local time to the second. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * One line of text for a terminal: control characters of whatever an agent or model wrote are taken out, so that they
 * cannot move the cursor or change the screen.
 *
 * @param text - any text
 * @param width - the greatest length
 */
export function oneLine(text: string, width: number): string {
  const clean = plain(text).replace(/\s+/g, " ").trim();
  return clean.length <= width ? clean : `${clean.slice(0, Math.max(0, width - 1))}…`;
}

/** Where a terminal does not tell its width, or there is none. */
export const DEFAULT_WIDTH = 80;

/** The width that the user's `COLUMNS` asks for, also of what goes to a pipe or a file; `null` where it asks for none. */
function askedWidth(): number | null {
  const columns = process.env.COLUMNS ?? "";
  return /^[1-9]\d*$/.test(columns) ? Number(columns) : null;
}

/** The terminal's width, or the one that is asked for. */
export function terminalWidth(): number {
  return process.stdout.columns || askedWidth() || DEFAULT_WIDTH;
}

/** The widest that text is set, however wide the terminal. */
const READING_WIDTH = 80;

/**
 * Breaks a text at spaces for a terminal, or where `COLUMNS` asks for it; for any other pipe its lines are left whole,
 * so that they can be searched.
 *
 * @param text - the text; its own line breaks are kept
 * @param indent - spaces before each line
 */
export function wrap(text: string, indent: number): string {
  const isBroken = process.stdout.isTTY || askedWidth() !== null;
  const width = isBroken ? Math.min(terminalWidth(), READING_WIDTH) - indent - 1 : Number.POSITIVE_INFINITY;
  const margin = " ".repeat(indent);
  return plain(text)
    .split("\n")
    .flatMap((line) => breakLine(line, width))
    .map((line) => `${margin}${line}`.trimEnd())
    .join("\n");
}

function breakLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current ? `${current} ${word}` : word;
  }
  return [...lines, current];
}

/** What a terminal would obey: escape sequences, and every control character but tab and line feed. */
const OBEYED = new RegExp(
  [
    String.raw`\u001b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?`,
    String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f]`,
  ].join("|"),
  "g",
);

/** A text without what a terminal would obey. */
export function plain(text: string): string {
  return text.replace(OBEYED, "");
}

/** The same, but colours stay: of a text that git has coloured. */
export function plainButColours(text: string): string {
  return text
    .split(COLOUR)
    .map((part, position) => (position % 2 === 0 ? plain(part) : part))
    .join("");
}

const ESCAPE = String.fromCharCode(27);
const COLOUR = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);

/** Moves every line to the right. */
export function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}

const MARKS: Readonly<Record<string, [string, Style]>> = {
  succeeded: ["✓", "green"],
  completed: ["✓", "green"],
  passed: ["✓", "green"],
  reused: ["✓", "gray"],
  unproven: ["✓", "yellow"],
  needs_attention: ["!", "yellow"],
  unverified: ["✓", "yellow"],
  running: ["●", "cyan"],
  waiting: ["◌", "yellow"],
  pending: ["○", "gray"],
  queued: ["○", "gray"],
  failed: ["✗", "red"],
  skipped: ["–", "gray"],
  cancelled: ["–", "yellow"],
};

/** The sign of a status. */
export function markOf(status: string): string {
  const [mark, style] = MARKS[status] ?? ["·", "gray"];
  return paint(style, mark);
}

/** A status in its colour. */
export function paintStatus(status: string, width = 0): string {
  return paint(MARKS[status]?.[1] ?? "gray", status.padEnd(width));
}
