import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { OrchestratorError } from "../domain/index.js";
import { GitError, git, gitOrNull } from "./git.js";

/** The git repository that a directory belongs to. */
export interface Repository {
  /** The top of the checkout. */
  topLevel: string;
  /** Where objects and refs lie, for every worktree of it. */
  commonDirectory: string;
  /** The git directory of this very checkout. */
  gitDirectory: string;
  /** The directory as seen from the top; empty for the top itself. */
  prefix: string;
  /** The commit that is checked out; `null` before the first one. */
  head: string | null;
  /** The branch, `null` when HEAD is detached. */
  branch: string | null;
}

/**
 * Finds the repository of a directory.
 *
 * @param directory - the directory
 * @returns `null` outside git, and where git is not installed
 * @throws OrchestratorError `workspace_failed` for a bare repository, and for one that git refuses
 */
export async function findRepository(directory: string): Promise<Repository | null> {
  const cwd = realpathSync(directory);
  let paths: string;
  try {
    const wanted = ["--show-toplevel", "--git-common-dir", "--absolute-git-dir"];
    paths = await git(["rev-parse", "--path-format=absolute", ...wanted], { cwd });
  } catch (error) {
    // Without git there is no repository as far as anybody can tell.
    const isMissing = error instanceof GitError && /spawn git ENOENT/.test(error.message);
    if (isMissing || /not a git repository \(or any/.test(String(error))) return null;
    throw refusal(cwd, error);
  }
  const [topLevel = cwd, commonDirectory = "", gitDirectory = ""] = paths.trim().split("\n");
  const [head, ref] = await Promise.all([
    gitOrNull(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { cwd }),
    gitOrNull(["symbolic-ref", "--quiet", "--short", "HEAD"], { cwd }),
  ]);
  return {
    topLevel,
    commonDirectory,
    gitDirectory,
    prefix: relative(realpathSync(topLevel), cwd),
    head: head?.trim() || null,
    branch: ref?.trim() || null,
  };
}

function refusal(directory: string, error: unknown): OrchestratorError {
  const words = error instanceof Error ? error.message : String(error);
  if (/must be run in a work tree/.test(words)) {
    return new OrchestratorError(
      "workspace_failed",
      `${directory} is inside a repository without a checkout (a bare one, or a .git folder), so there are no files to work on.`,
      "Name a checkout of it; git worktree add or git clone makes one.",
      { cause: error },
    );
  }
  return new OrchestratorError(
    "workspace_failed",
    `git cannot use ${directory}: ${words}.`,
    "Mend the repository, or work in the directory itself: --in-place.",
    { cause: error },
  );
}

/** Whether git ignores a directory, so that no worktree of its repository would hold it. */
export async function isIgnored(repository: Repository): Promise<boolean> {
  if (repository.prefix === "") return false;
  const answer = await gitOrNull(["check-ignore", "--quiet", "--", `${repository.prefix}/`], {
    cwd: repository.topLevel,
  });
  return answer !== null;
}
