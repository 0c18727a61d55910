import { OrchestratorError } from "./domain/index.js";
import { parseDirectory } from "./task-request.js";
import { branchRescued, dropRescued, findRepository, type KeptWork, listRescued } from "./workspaces/index.js";

/** What was kept of past tasks in a repository, newest first; nothing outside git. */
export async function listKeptWork(directory: string): Promise<KeptWork[]> {
  const cwd = parseDirectory(directory);
  return (await findRepository(cwd)) === null ? [] : listRescued(cwd);
}

/** Makes a branch of what was kept. @throws OrchestratorError `not_found`, or `invalid_input` with git's words */
export async function restoreKeptWork(directory: string, ref: string, branch: string): Promise<void> {
  await requireKept(directory, ref);
  try {
    await branchRescued(parseDirectory(directory), ref, branch);
  } catch (error) {
    throw new OrchestratorError(
      "invalid_input",
      `No branch "${branch}" could be made: ${(error as Error).message}.`,
      "Give a name that git allows and that no branch has yet.",
      { cause: error },
    );
  }
}

/** Lets go of what was kept. @throws OrchestratorError `not_found`: no other ref is ever deleted */
export async function dropKeptWork(directory: string, ref: string): Promise<void> {
  await requireKept(directory, ref);
  await dropRescued(parseDirectory(directory), ref);
}

async function requireKept(directory: string, ref: string): Promise<void> {
  if ((await listKeptWork(directory)).some((each) => each.ref === ref)) return;
  throw new OrchestratorError("not_found", `Nothing is kept under the ref "${ref}".`, "See: orchestrator rescue list");
}
