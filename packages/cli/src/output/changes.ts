import type { TaskDetails } from "@claude-orchestrator/core";
import { oneLine, paint } from "./format.js";

type FileChange = TaskDetails["files"]["produced"][number];

const MAX_PATH_SHOWN = 400;
const MARKS = { created: "A", modified: "M", deleted: "D", renamed: "R" } as const;

/** One line for each file that was changed, with the lines that came and went. */
export function renderChanges(changes: readonly FileChange[]): string {
  return changes
    .map((file) => {
      const counts = file.linesAdded === null ? "binary" : `+${file.linesAdded} -${file.linesRemoved}`;
      const name = file.previousPath ? `${file.previousPath} → ${file.path}` : file.path;
      return `  ${MARKS[file.kind]} ${oneLine(name, MAX_PATH_SHOWN)}  ${paint("gray", counts)}`;
    })
    .join("\n");
}

/** `2 files, +10 -3`. */
export function renderTotalOf(changes: readonly FileChange[]): string {
  const sum = (field: "linesAdded" | "linesRemoved") => changes.reduce((total, file) => total + (file[field] ?? 0), 0);
  return `${changes.length === 1 ? "1 file" : `${changes.length} files`}, +${sum("linesAdded")} -${sum("linesRemoved")}`;
}
