import { randomInt } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const RANDOM_LENGTH = 10;

/** What an id names; its first part, so that an id seen alone still says what it is. */
export type IdKind = "task" | "agent" | "owner" | "process" | "call";

/**
 * Makes a new id such as `task_k3v9x2m1qa`: random, so that a short prefix is soon unique.
 *
 * @param kind - what the id will name
 * @returns the id
 * @example newId("task") // "task_k3v9x2m1qa"
 */
export function newId(kind: IdKind): string {
  let random = "";
  for (let position = 0; position < RANDOM_LENGTH; position += 1) random += ALPHABET[randomInt(ALPHABET.length)];
  return `${kind}_${random}`;
}
