import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the user sees of the checkout: nothing of it may be another after a task. */
export function checkoutOf({ git, workspace }) {
  return {
    head: git("rev-parse", "HEAD"),
    branch: git("symbolic-ref", "HEAD"),
    status: git("status", "--porcelain", "--untracked-files=all"),
    index: git("ls-files", "--stage"),
    difference: git("diff", "HEAD"),
    stash: git("stash", "list"),
    settings: readFileSync(join(workspace, ".git", "config"), "utf8"),
    notes: readFileSync(join(workspace, "notes.txt"), "utf8"),
  };
}

/** What a task has left in the repository and beside the database. */
export function repositoryOf({ git, workspace, data }, taskId) {
  const branch = `refs/heads/orchestrator/${taskId}`;
  const names = git("for-each-ref", "--format=%(refname)").split("\n");
  const registered = join(workspace, ".git", "worktrees");
  const folders = join(data, "workspaces");
  return {
    tree: git("rev-parse", `${branch}^{tree}`),
    steps: git("log", "--format=%(trailers:key=Orchestrator-Step,valueonly)", `HEAD..${branch}`)
      .split("\n")
      .filter(Boolean)
      .sort(),
    refs: names.map((name) => name.replace(taskId, "<task>")).sort(),
    worktrees: git("worktree", "list", "--porcelain")
      .split("\n")
      .filter((line) => line.startsWith("worktree ")).length,
    registrations: existsSync(registered) ? readdirSync(registered) : [],
    workspaces: existsSync(folders) ? readdirSync(folders, { recursive: true }).map(String) : [],
    locks: [join(workspace, ".git"), data].flatMap(findLocks).filter((path) => !isOfCli(path)),
    cliLocks: findLocks(data).filter(isOfCli).length,
    unsound: findUnsound(git),
  };
}

/** The CLI's own folder of settings and conversations; it takes no notice of the locks that a killed one leaves there. */
function isOfCli(path) {
  return path.startsWith("claude/");
}

function findLocks(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith(".lock"));
}

function findUnsound(git) {
  try {
    return git("fsck", "--no-dangling", "--no-progress");
  } catch (error) {
    return error.message;
  }
}
