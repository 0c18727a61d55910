import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readSmallFile } from "../config/index.js";
import { OrchestratorError } from "../domain/index.js";
import type { Role } from "../roles/index.js";
import { parseWorkflowFile, type Workflow } from "./workflow-file.js";

const FOLDER = join(".orchestrator", "workflows");

/**
 * Loads a repository's own workflows.
 *
 * @param workingDirectory - the repository
 * @param roles - the roles that their steps may have
 * @throws OrchestratorError `invalid_workflow` for a file that cannot be used, with its line
 */
export function loadWorkflows(workingDirectory: string, roles: ReadonlyMap<string, Role>): Map<string, Workflow> {
  const workflows = new Map<string, Workflow>();
  for (const file of filesIn(join(workingDirectory, FOLDER))) {
    const source = join(FOLDER, file);
    const text = readFile(join(workingDirectory, source), source);
    const workflow = parseWorkflowFile(text, source, file.replace(/\.ya?ml$/, ""), roles);
    const other = workflows.get(workflow.name);
    if (other)
      throw invalid(
        source,
        `has the name "${workflow.name}", which ${other.source} has as well`,
        "Rename one of them.",
      );
    workflows.set(workflow.name, workflow);
  }
  return workflows;
}

/**
 * Finds a workflow by name.
 *
 * @throws OrchestratorError `not_found` that lists those there are
 */
export function requireWorkflow(workflows: ReadonlyMap<string, Workflow>, name: string): Workflow {
  const workflow = workflows.get(name);
  if (workflow) return workflow;
  const known = [...workflows.keys()].join(", ") || "none";
  throw new OrchestratorError(
    "not_found",
    `There is no workflow "${name}".`,
    `The workflows of this repository are: ${known}. Add one in ${join(FOLDER, `${name}.yaml`)}.`,
  );
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw invalid(
      FOLDER,
      `cannot be read (${(error as NodeJS.ErrnoException).code})`,
      "Make it readable, or remove it.",
    );
  }
}

function readFile(path: string, source: string): string {
  let text: string | null;
  try {
    text = readSmallFile(path);
  } catch (error) {
    throw invalid(source, (error as Error).message, "Make it a readable file, or remove it.");
  }
  if (text === null) throw invalid(source, "is a link to nothing", "Remove it.");
  return text;
}

function invalid(source: string, problem: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_workflow", `${source}:1 ${problem}.`, remedy);
}
