import { OrchestratorError, type StoredEvent } from "../../../domain/index.js";
import type { SqlValue } from "../database.js";

/** Runs one statement; the store keeps them prepared. */
export type Run = (sql: string, ...parameters: SqlValue[]) => void;
/** Reads one row; the store keeps the statements prepared. */
export type Get = (sql: string, ...parameters: SqlValue[]) => Record<string, SqlValue> | undefined;

/** The events whose type begins with a noun, such as `task.`. */
export type EventAbout<Noun extends string> = Extract<StoredEvent, { type: `${Noun}.${string}` }>;

/** Narrows an event to those about a noun. */
export function isAbout<Noun extends string>(event: StoredEvent, noun: Noun): event is EventAbout<Noun> {
  return event.type.startsWith(`${noun}.`);
}

/** A value for a column that holds JSON. */
export function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** The error for a status that cannot follow from the one before. */
export function invalidTransition(what: string, from: string | undefined, to: string): OrchestratorError {
  return new OrchestratorError(
    "invalid_transition",
    `The ${what} is ${from ?? "unknown"} and cannot become ${to}.`,
    "Look at its events: orchestrator task-details --json",
  );
}
