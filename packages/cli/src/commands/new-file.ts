import { closeSync, openSync, writeFileSync } from "node:fs";
import { invalid } from "./options.js";

/**
 * Writes a file that was not there before.
 *
 * @throws OrchestratorError `invalid_input` for one that is, and for a folder that cannot be written to
 */
export function writeNew(path: string, text: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problem = code === "EEXIST" ? "exists already" : `cannot be written (${code})`;
    throw invalid(`The file ${path} ${problem}`, "Name a new file in a folder that you may write to.");
  }
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
