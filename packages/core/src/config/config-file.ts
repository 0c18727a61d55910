import { LineCounter, parseDocument } from "yaml";
import { OrchestratorError } from "../domain/index.js";
import { readSmallFile } from "./small-file.js";

/**
 * Reads `.orchestrator/config.yaml` as plain values with the line of each key.
 *
 * @param path - the file; one that does not exist counts as empty
 * @returns the top-level entries, each with its line (from 1)
 * @throws OrchestratorError `invalid_config` when the file is not a YAML mapping
 */
export function readConfigFile(path: string): Map<string, { value: unknown; line: number }> {
  let text: string | null;
  try {
    text = readSmallFile(path);
  } catch (error) {
    const message = `${path} ${(error as Error).message}.`;
    throw new OrchestratorError("invalid_config", message, "Make it a readable file, or remove it.", { cause: error });
  }
  if (text === null) return new Map();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const mistake = document.errors[0];
  if (mistake) {
    const line = lines.linePos(mistake.pos[0]).line;
    throw new OrchestratorError(
      "invalid_config",
      `${path}:${line} is not valid YAML: ${mistake.message.split("\n")[0]}`,
      "Correct that line.",
    );
  }
  const contents = toPlainValues(path, document);
  if (contents === null || contents === undefined) return new Map();
  if (typeof contents !== "object" || Array.isArray(contents)) {
    throw new OrchestratorError(
      "invalid_config",
      `${path} must hold settings as "name: value" lines.`,
      "Rewrite it so.",
    );
  }
  const entries = new Map<string, { value: unknown; line: number }>();
  const items = (document.contents as { items?: { key: { value?: unknown; range?: [number, number, number] } }[] })
    .items;
  for (const { key } of items ?? []) {
    const name = String(key.value);
    const line = key.range ? lines.linePos(key.range[0]).line : 1;
    entries.set(name, { value: (contents as Record<string, unknown>)[name], line });
  }
  return entries;
}

function toPlainValues(path: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that multiply without end, for example.
    const message = `${path} is not usable YAML: ${(error as Error).message}.`;
    throw new OrchestratorError("invalid_config", message, "Write the settings out.", { cause: error });
  }
}
