import { parseEnv } from "node:util";
import { OrchestratorError } from "../domain/index.js";
import { readSmallFile } from "./small-file.js";

/**
 * Reads a `.env` file.
 *
 * @param path - the file; one that does not exist counts as empty
 * @returns its variables
 * @throws OrchestratorError `invalid_config` when the file exists and cannot be read
 */
export function readEnvFile(path: string): Record<string, string> {
  try {
    return parseEnv(readSmallFile(path) ?? "") as Record<string, string>;
  } catch (error) {
    const message = `The file ${path} ${(error as Error).message}.`;
    throw new OrchestratorError("invalid_config", message, "Make it a readable file, or remove it.", { cause: error });
  }
}
