import { createHash } from "node:crypto";
import type { LoginMethod } from "./environment.js";

/** What decides who pays, and so whose limits count. */
const CREDENTIALS = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CONFIG_DIR"];
const DIGEST_CHARACTERS = 16;

/**
 * A digest of how the models are reached. It tells one account from another and says nothing of either.
 *
 * @param method - how the CLI authenticates
 * @param variables - the user's environment
 */
export function digestAccount(method: LoginMethod, variables: Readonly<Record<string, string | undefined>>): string {
  const parts = [method, ...CREDENTIALS.map((name) => variables[name] ?? "")];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, DIGEST_CHARACTERS);
}
