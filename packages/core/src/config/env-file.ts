import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { OrchestratorError } from "../domain/index.js";

/**
 * Reads a `.env` file.
 *
 * @param path - the file; one that does not exist counts as empty
 * @returns its variables
 * @throws OrchestratorError `invalid_config` when the file exists and cannot be read
 */
export function readEnvFile(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw new OrchestratorError(
      "invalid_config",
      `The file ${path} cannot be read (${code ?? "unknown error"}).`,
      "Make it a readable file, or remove it.",
      { cause: error },
    );
  }
  return parseEnv(text) as Record<string, string>;
}
