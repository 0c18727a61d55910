import { readFileSync } from "node:fs";
import { OrchestratorError } from "@claude-orchestrator/core";

const MAX_LIMIT = 100_000;

/** A limit that no history reaches: for commands that go through everything. */
export const NO_LIMIT = 1_000_000;

/** The error for a value that is not allowed. */
export function invalid(problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `${problem}.`, remedy);
}

/**
 * Reads the value of `--limit`.
 *
 * @throws OrchestratorError `invalid_input` for anything but a whole number from 1 to 100 000
 */
export function parseLimit(value: string): number {
  const limit = Number(value);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw invalid(`The limit "${value}" is not a whole number from 1 to ${MAX_LIMIT}`, "For example: --limit 20");
}

/** @throws OrchestratorError `invalid_input` for what is none of the choices */
export function parseChoice<T extends string>(value: string, choices: readonly T[], what: string): T {
  const found = choices.find((choice) => choice === value);
  if (found) return found;
  throw invalid(`"${value}" is not ${what}`, `There are: ${choices.join(", ")}.`);
}

/** @throws OrchestratorError `invalid_input` for what is no amount of US dollars */
export function parseUsd(value: string): number {
  const amount = Number(value.replace(/^\$/, ""));
  if (value.trim() !== "" && Number.isFinite(amount)) return amount;
  throw invalid(`The budget "${value}" is not a number`, "Give US dollars, for example --budget 0.50");
}

/** @throws OrchestratorError `invalid_input` for what is no whole number */
export function parseWhole(value: string, what: string): number {
  if (/^-?\d+$/.test(value)) return Number(value);
  throw invalid(`${what} is "${value}", which is not a whole number`, "Give a number such as 10.");
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const MAX_SPAN_MS = 100 * 365 * UNITS_MS.d;

/**
 * Reads a span of time such as `12h` or `30d`.
 *
 * @returns milliseconds
 * @throws OrchestratorError `invalid_input` for anything else
 */
export function parseSpan(value: string): number {
  const match = /^(\d+)([mhdw])$/.exec(value);
  const spanMs = match ? Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS] : Number.NaN;
  if (spanMs >= 0 && spanMs <= MAX_SPAN_MS) return spanMs;
  throw invalid(
    `"${value}" is not a span of time of at most a hundred years`,
    "Give minutes, hours, days or weeks: 90m, 12h, 30d, 2w.",
  );
}

/** Names separated by commas. */
export function parseNames(value: string): string[] {
  return value
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}

/**
 * A prompt or message as it may be given: as words, from a file, or from standard input.
 *
 * @param words - the arguments; a single `-` stands for standard input
 * @param file - the value of `--file`
 * @throws OrchestratorError `invalid_input` when it is given twice or cannot be read
 */
export function readText(words: readonly string[], file: string | undefined): string {
  if (file !== undefined && words.length > 0)
    throw invalid("The text was given twice, as words and as a file", "Give one of them.");
  if (file === undefined && !(words.length === 1 && words[0] === "-")) return words.join(" ");
  const source = file === undefined || file === "-" ? 0 : file;
  try {
    return readFileSync(source, "utf8");
  } catch (error) {
    throw invalid(
      `The text cannot be read from ${source === 0 ? "standard input" : source} (${(error as NodeJS.ErrnoException).code})`,
      "Name a file that exists and that you may read.",
    );
  }
}
