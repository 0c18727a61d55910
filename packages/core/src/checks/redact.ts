import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Variables } from "../processes/index.js";

const REDACTED = "[redacted]";
/** Shorter values are found in ordinary words as well. */
const SHORTEST_SECRET_CHARACTERS = 6;
/** A line of a value with several; shorter ones are brackets and the like. */
const SHORTEST_LINE_CHARACTERS = 16;

/** Secrets that are known by their shape. Every repetition has a limit or cannot overlap what follows: linear time. */
const SHAPES: readonly [shape: RegExp, replacement: string][] = [
  [/\bsk-[A-Za-z0-9_-]{16,}/g, REDACTED],
  [/\bgh[oprsu]_[A-Za-z0-9]{20,}/g, REDACTED],
  // A token of our own server, and a link that signs in.
  [/\borc_[A-Za-z0-9_-]{40,}/g, REDACTED],
  [/(\/sign-in#)[A-Za-z0-9_-]{40,}/g, `$1${REDACTED}`],
  [/\bgithub_pat_[A-Za-z0-9_]{20,}/g, REDACTED],
  [/\bA[KS]IA[0-9A-Z]{16}\b/g, REDACTED],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/g, REDACTED],
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^\n]*(?:\n[A-Za-z0-9+/=]{16,100}(?=\r?\n))*/g, REDACTED],
  [/\b(Bearer[ \t]{1,8})[A-Za-z0-9._~+/=-]{16,}/gi, `$1${REDACTED}`],
  [/:\/\/[^\s/:@]{0,256}:[^\s/@]{1,256}@/g, `://${REDACTED}@`],
];

/**
 * Makes the function that takes secrets out of a text.
 *
 * @param secrets - values to take out wherever they stand; those shorter than six characters are left
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const values = [...new Set(secrets.flatMap(toSearchable))]
    .filter((value) => !REDACTED.includes(value))
    // One that contains another goes first, or its rest would stay.
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let redacted = text;
    for (const value of values) redacted = redacted.replaceAll(value, REDACTED);
    for (const [shape, replacement] of SHAPES) redacted = redacted.replace(shape, replacement);
    return redacted;
  };
}

/** A text is cleaned some lines at a time, so a value with several is looked for line by line. */
function toSearchable(secret: string): string[] {
  const lines = secret.split("\n").map((line) => line.trim());
  const shortest = lines.length > 1 ? SHORTEST_LINE_CHARACTERS : SHORTEST_SECRET_CHARACTERS;
  return lines.filter((line) => line.length >= shortest);
}

const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|HEADERS/i;
/** Such a variable says where a secret lies, which is none itself. */
const PLACE_NAME = /(PATH|FILE|DIR|DIRECTORY|SOCK)$/i;
/** A limit such as MAX_TOKENS, or a switch. */
const PLAIN_VALUE = /^(\d{1,9}|true|false|null|none)$/i;

/**
 * Finds the values that no log may show.
 *
 * @param variables - an environment
 * @param envFiles - the texts of `.env` files
 * @returns the values of variables that are secret by their name
 */
export function findSecrets(variables: Variables, envFiles: readonly string[]): string[] {
  const sources: Variables[] = [variables, ...envFiles.map((text) => parseEnv(text) as Variables)];
  const values = sources.flatMap((source) =>
    Object.entries(source)
      .filter(([name]) => SECRET_NAME.test(name) && !PLACE_NAME.test(name))
      .map(([, value]) => value?.trim() ?? ""),
  );
  return [...new Set(values)].filter((value) => value.length >= SHORTEST_SECRET_CHARACTERS && !PLAIN_VALUE.test(value));
}

/** Of a `.env` file so much is looked at. */
const MAX_ENV_FILE_CHARACTERS = 1_000_000;

/**
 * Makes the function that takes out of a text what no log may show: the secrets of an environment, and those of the
 * `.env` files of some directories.
 */
export function createRedactorFor(variables: Variables, directories: readonly string[]): (text: string) => string {
  return createRedactor(findSecrets(variables, directories.map(readEnvFile)));
}

function readEnvFile(directory: string): string {
  try {
    return readFileSync(join(directory, ".env"), "utf8").slice(0, MAX_ENV_FILE_CHARACTERS);
  } catch {
    // There is none, or it is not ours to read: then it holds no secret that anything here could print.
    return "";
  }
}
