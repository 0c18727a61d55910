import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AUTHOR, Project } from "./project.testsuite.js";
import { openWorktreeSnapshots } from "./tree-snapshots.js";
import {
  branchOf,
  clearStash,
  commitWorktree,
  createWorktree,
  findGitDirectory,
  moveWorktree,
  removeWorktree,
  repairWorktree,
  resetBranch,
  showTree,
  toRefPart,
  type Worktree,
  worktreeRoot,
} from "./worktrees.js";

const BRANCH = "orchestrator/task_a";
const RESCUE = "refs/orchestrator/rescue/task_a/builder-head";

let project: Project;
let worktree: Worktree;
let first: string;
let warnings: string[];

beforeEach(() => {
  project = Project.withCommit();
  first = project.head();
  warnings = [];
  worktree = worktreeOf(null);
});
afterEach(() => {
  project.remove();
});

function worktreeOf(lane: string | null): Worktree {
  return {
    root: worktreeRoot(join(project.base, "data"), "task_a", project.root, lane),
    branch: branchOf("task_a", lane),
    repository: project.root,
    commonDirectory: join(project.root, ".git"),
  };
}

const create = (commit = first, target = worktree) =>
  createWorktree(target, commit, (message) => warnings.push(message));
const inside = (...args: string[]) => project.gitIn(worktree.root, ...args);
const write = (path: string, content: string) => project.write(path, content, worktree.root);
const tipOf = (branch = BRANCH) => project.git("rev-parse", `refs/heads/${branch}`);

/** The files as they lie in the worktree, as a tree of the repository. */
async function takeTree(): Promise<string> {
  const index = join(project.base, "step.index");
  const { root, commonDirectory } = worktree;
  const gitDirectory = findGitDirectory(worktree) ?? commonDirectory;
  const snapshots = openWorktreeSnapshots({ root, directory: root, commonDirectory, gitDirectory }, index);
  const tree = await snapshots.take();
  snapshots.close();
  return tree;
}

/** Records what lies in the worktree, as it is done after each step that writes. */
async function commit(tip = first, merged: string | null = null) {
  const tree = await takeTree();
  const record = async () => {};
  return commitWorktree(worktree, { tree, tip, merged, message: "Work", author: AUTHOR, rescueRef: RESCUE, record });
}

describe("a worktree", () => {
  test("holds the files of its commit, on a branch of its own", async () => {
    await create();
    expect(project.files(worktree.root)).toEqual(project.files());
    expect(inside("symbolic-ref", "HEAD")).toBe(`refs/heads/${BRANCH}`);
    expect(tipOf()).toBe(first);
    expect(warnings).toEqual([]);
  });

  test("leaves the user's checkout as it is", async () => {
    const { refs: _, ...before } = project.state();
    await create();
    const { refs, ...after } = project.state();
    expect(after).toEqual(before);
    expect(refs).toContain(BRANCH);
  });

  test("runs no hook, neither when it is made nor when it is committed, moved or removed", async () => {
    project.installHooks();
    await create();
    write("new.txt", "x\n");
    const { commit: tip } = await commit();
    await moveWorktree(worktree, first);
    await showTree(worktree, tip);
    await removeWorktree(worktree);
    expect(project.hasHookRun).toBe(false);
  });

  test("may come from a commit that is on no branch", async () => {
    const loose = project.git("commit-tree", `${first}^{tree}`, "-p", first, "-m", "loose");
    await create(loose);
    expect(tipOf()).toBe(loose);
  });

  test("may be of a bare repository, by way of another worktree", async () => {
    const bare = join(project.base, "bare.git");
    const linked = join(project.base, "linked");
    project.git("clone", "--quiet", "--bare", project.root, bare);
    project.gitIn(bare, "worktree", "add", "--quiet", "-b", "side", linked);
    worktree = { ...worktree, repository: linked, commonDirectory: bare };
    await create();
    write("new.txt", "x\n");
    const { commit: tip } = await commit();
    expect(project.gitIn(bare, "show", `${tip}:new.txt`)).toBe("x");
    await removeWorktree(worktree);
    expect(project.has("kept.txt", linked)).toBe(true);
  });

  test("that could not be made says why, and what may be in the way", async () => {
    project.git("branch", "orchestrator");
    await expect(create()).rejects.toMatchObject({
      code: "workspace_failed",
      message: expect.stringContaining("'refs/heads/orchestrator' exists"),
      hint: expect.stringContaining('branch named "orchestrator"'),
    });
  });

  test("of a commit that is gone says so", async () => {
    await expect(create("0".repeat(40))).rejects.toMatchObject({ code: "workspace_failed" });
  });

  test("is found by its link to the repository", async () => {
    expect(findGitDirectory(worktree)).toBeNull();
    await create();
    expect(findGitDirectory(worktree)).toBe(join(project.root, ".git", "worktrees", "project"));
  });

  test("is found by a link that is relative, as newer versions of git can make it", async () => {
    await create();
    const gitDirectory = join(project.root, ".git", "worktrees", "project");
    write(".git", `gitdir: ${relative(worktree.root, gitDirectory)}\n`);
    writeFileSync(join(gitDirectory, "gitdir"), `${relative(gitDirectory, join(worktree.root, ".git"))}\n`);
    expect(findGitDirectory(worktree)).toBe(gitDirectory);
    await removeWorktree(worktree);
    expect(project.git("worktree", "list").split("\n")).toHaveLength(1);
  });

  test("is not found where its link leads to another repository", async () => {
    const other = Project.withCommit();
    await create();
    other.git("worktree", "add", "--quiet", "-b", "side", join(other.base, "linked"));
    write(".git", readFileSync(join(other.base, "linked", ".git"), "utf8"));
    expect(findGitDirectory(worktree)).toBeNull();
    other.remove();
  });
});

describe("submodules", () => {
  let library: Project;

  beforeEach(() => {
    library = Project.withCommit("library");
    project.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.root, "lib");
    first = project.commit("with a submodule");
  });
  afterEach(() => library.remove());

  test("are filled from the user's own checkout, though their origin is out of reach", async () => {
    library.remove();
    await create();
    expect(project.read("lib/kept.txt", worktree.root)).toBe("same\n");
    expect(project.gitIn(join(worktree.root, "lib"), "status", "--porcelain")).toBe("");
    expect(warnings).toEqual([]);
  });

  test("hold the commit that the project names, not the one that the user is at", async () => {
    project.write("lib/later.txt", "x\n");
    project.gitIn(join(project.root, "lib"), "add", "--all");
    project.gitIn(join(project.root, "lib"), "commit", "--quiet", "-m", "later");
    await create();
    expect(project.has("lib/later.txt", worktree.root)).toBe(false);
  });

  test("stay empty, with a warning, where the user has not got the commit", async () => {
    const gone = "1".repeat(40);
    project.git("update-index", "--cacheinfo", `160000,${gone},lib`);
    project.git("commit", "--quiet", "-m", "ahead");
    await create(project.head());
    expect(warnings).toEqual([expect.stringMatching(/^The submodule lib is empty in the workspace: /)]);
  });

  test("stay empty where they are in the user's checkout", async () => {
    project.git("submodule", "--quiet", "deinit", "--force", "lib");
    await create();
    expect(project.files(join(worktree.root, "lib"))).toEqual({});
    expect(warnings).toEqual([]);
  });

  test("are no change of the worktree, and go with it", async () => {
    await create();
    const { commit: tip } = await commit();
    expect(tip).toBe(first);
    await removeWorktree(worktree);
    expect(project.has("", worktree.root)).toBe(false);
    expect(project.git("worktree", "list").split("\n")).toHaveLength(1);
    expect(project.read("lib/kept.txt")).toBe("same\n");
  });
});

describe("what a step has left", () => {
  beforeEach(() => create());

  test("becomes a commit on the branch, by the author that was given", async () => {
    write("new.txt", "x\n");
    const { commit: tip, parents, rescued } = await commit();
    expect(tipOf()).toBe(tip);
    expect([parents, rescued]).toEqual([[first], null]);
    expect(project.show(tip, "new.txt")).toBe("x\n");
    expect(project.git("show", "--no-patch", "--format=%P %an %cn %s", tip)).toBe(`${first} Agents Agents Work`);
  });

  test("is in index and HEAD as well: the next step finds a clean worktree", async () => {
    write("new.txt", "x\n");
    await commit();
    expect(inside("status", "--porcelain")).toBe("");
    expect(inside("symbolic-ref", "HEAD")).toBe(`refs/heads/${BRANCH}`);
  });

  test("is no commit where nothing has changed", async () => {
    expect(await commit()).toEqual({ commit: first, parents: [], rescued: null });
    expect(tipOf()).toBe(first);
  });

  test("is a commit with two parents where something was merged, also without a change of files", async () => {
    const other = project.git("commit-tree", `${first}^{tree}`, "-p", first, "-m", "other");
    const { commit: tip, parents } = await commit(first, other);
    expect(parents).toEqual([first, other]);
    expect(project.git("show", "--no-patch", "--format=%P", tip)).toBe(`${first} ${other}`);
  });

  test("is not merged twice where it was recorded and interrupted then", async () => {
    const theirs = project.git("commit-tree", `${first}^{tree}`, "-p", first, "-m", "theirs");
    write("new.txt", "x\n");
    const made = await commit(first, theirs);
    expect(made.parents).toEqual([first, theirs]);
    expect(await commit(made.commit, theirs)).toMatchObject({ commit: made.commit, parents: [] });
  });

  test("is recorded before the branch moves; a branch that was left behind is put where it belongs", async () => {
    write("new.txt", "x\n");
    const tree = await takeTree();
    const step = { tree, tip: first, merged: null, message: "Work", author: AUTHOR, rescueRef: RESCUE };
    let recorded = "";
    const interrupted = commitWorktree(worktree, {
      ...step,
      record: async (made) => {
        recorded = made.commit;
        throw new Error("killed");
      },
    });
    await expect(interrupted).rejects.toThrow("killed");
    expect(tipOf()).toBe(first);
    const refs = () => project.git("for-each-ref", "--format=%(refname)");
    const before = refs();
    await resetBranch(worktree, recorded, RESCUE);
    expect(tipOf()).toBe(recorded);
    expect(inside("status", "--porcelain")).toBe("");
    // Nothing was beside the branch that would have to be kept.
    expect(refs()).toBe(before);
  });

  test("follows the commits of the agent's own, which stay in the history", async () => {
    write("own.txt", "x\n");
    inside("add", "--all");
    inside("commit", "--quiet", "-m", "the agent's own");
    const own = inside("rev-parse", "HEAD");
    write("more.txt", "y\n");
    const { commit: tip, parents, rescued } = await commit();
    expect([parents, rescued]).toEqual([[own], null]);
    expect(project.list(tip)).toEqual(expect.arrayContaining(["own.txt", "more.txt"]));
  });

  test("is the agent's own commit where it has committed everything itself", async () => {
    write("own.txt", "x\n");
    inside("add", "--all");
    inside("commit", "--quiet", "-m", "the agent's own");
    const own = inside("rev-parse", "HEAD");
    expect(await commit()).toEqual({ commit: own, parents: [], rescued: null });
  });

  test("is recorded on our branch when the agent has switched to another", async () => {
    inside("switch", "--quiet", "-c", "agents-own");
    write("own.txt", "x\n");
    inside("add", "--all");
    inside("commit", "--quiet", "-m", "elsewhere");
    const { commit: tip } = await commit();
    expect(tipOf()).toBe(tip);
    expect(project.show(tip, "own.txt")).toBe("x\n");
    expect(inside("symbolic-ref", "HEAD")).toBe(`refs/heads/${BRANCH}`);
  });

  test("is recorded when HEAD is detached", async () => {
    inside("checkout", "--quiet", "--detach");
    write("own.txt", "x\n");
    const { commit: tip } = await commit();
    expect(tipOf()).toBe(tip);
    expect(inside("symbolic-ref", "HEAD")).toBe(`refs/heads/${BRANCH}`);
  });

  test("is recorded on the old tip when the agent has reset its branch", async () => {
    write("one.txt", "x\n");
    const { commit: tip } = await commit();
    inside("reset", "--quiet", "--hard", first);
    write("two.txt", "y\n");
    const { commit: last, parents, rescued } = await commit(tip);
    expect(parents).toEqual([tip]);
    expect(project.list(last)).not.toContain("one.txt");
    expect(project.show(last, "two.txt")).toBe("y\n");
    expect(rescued).toBe(RESCUE);
  });

  test("keeps under a ref what the agent has committed on something else", async () => {
    inside("checkout", "--quiet", "--orphan", "own-root");
    write("own.txt", "x\n");
    inside("add", "--all");
    inside("commit", "--quiet", "-m", "a history of its own");
    const own = inside("rev-parse", "HEAD");
    const { parents, rescued } = await commit();
    expect(parents).toEqual([first]);
    expect(rescued).toBe(RESCUE);
    expect(project.git("rev-parse", RESCUE)).toBe(own);
  });

  test("is recorded when the agent has amended the last commit", async () => {
    write("one.txt", "x\n");
    const { commit: tip } = await commit();
    inside("commit", "--quiet", "--amend", "-m", "other words");
    const amended = inside("rev-parse", "HEAD");
    const { commit: last, rescued } = await commit(tip);
    expect(last).toBe(tip);
    expect(project.git("rev-parse", rescued ?? "")).toBe(amended);
  });

  test("is recorded when the agent has staged something else than what lies there", async () => {
    write("kept.txt", "staged\n");
    inside("add", "kept.txt");
    write("kept.txt", "as it lies there\n");
    const { commit: tip } = await commit();
    expect(project.show(tip, "kept.txt")).toBe("as it lies there\n");
    expect(inside("status", "--porcelain")).toBe("");
  });

  test("is recorded when the agent was in the middle of a merge", async () => {
    write("kept.txt", "ours\n");
    const { commit: tip } = await commit();
    const other = project.git("commit-tree", `${first}^{tree}`, "-p", first, "-m", "other");
    inside("merge", "--no-commit", "--no-ff", other);
    expect(inside("rev-parse", "MERGE_HEAD")).toBe(other);
    write("new.txt", "x\n");
    const { commit: last } = await commit(tip);
    expect(project.show(last, "new.txt")).toBe("x\n");
    expect(inside("status")).toContain("nothing to commit");
  });

  test("is recorded when the agent was ended in the middle of a git command, whose lock is left", async () => {
    write("new.txt", "x\n");
    const gitDirectory = findGitDirectory(worktree) ?? "";
    writeFileSync(join(gitDirectory, "index.lock"), "");
    writeFileSync(join(gitDirectory, "HEAD.lock"), "");
    writeFileSync(join(project.root, ".git", "refs", "heads", `${BRANCH}.lock`), "");
    const { commit: tip } = await commit();
    expect(tipOf()).toBe(tip);
    expect(inside("status", "--porcelain")).toBe("");
  });

  test("is recorded when the agent has removed the link to the repository", async () => {
    write("new.txt", "x\n");
    rmSync(join(worktree.root, ".git"));
    const { commit: tip } = await commit();
    expect(project.show(tip, "new.txt")).toBe("x\n");
    expect(tipOf()).toBe(tip);
  });

  test("is recorded when the agent has made a repository of its own in its place", async () => {
    write("new.txt", "x\n");
    rmSync(join(worktree.root, ".git"));
    inside("init", "--quiet");
    inside("add", "--all");
    inside("commit", "--quiet", "-m", "of its own");
    const { commit: tip, parents } = await commit();
    expect(parents).toEqual([first]);
    expect(project.show(tip, "new.txt")).toBe("x\n");
  });

  test("is recorded when the agent has removed the branch", async () => {
    inside("checkout", "--quiet", "--detach");
    inside("branch", "--quiet", "-D", BRANCH);
    write("new.txt", "x\n");
    const { commit: tip } = await commit();
    expect(tipOf()).toBe(tip);
  });
});

describe("a broken worktree", () => {
  beforeEach(() => create());

  test("that is none is left as it is", async () => {
    write("new.txt", "x\n");
    await repairWorktree(worktree, first);
    expect(project.read("new.txt", worktree.root)).toBe("x\n");
  });

  test.each<[string, () => void]>([
    ["its link was removed", () => rmSync(join(worktree.root, ".git"))],
    [
      "its link was replaced by a repository",
      () => {
        rmSync(join(worktree.root, ".git"));
        inside("init", "--quiet");
      },
    ],
    ["its registration was pruned", () => rmSync(join(project.root, ".git", "worktrees"), { recursive: true })],
    ["the whole of it was removed", () => project.git("worktree", "remove", "--force", worktree.root)],
    ["its directory was moved away", () => renameSync(worktree.root, join(project.base, "moved"))],
  ])("is mended where %s", async (_, harm) => {
    write("new.txt", "x\n");
    const { commit: tip } = await commit();
    harm();
    await repairWorktree(worktree, tip);
    expect(findGitDirectory(worktree)).not.toBeNull();
    expect(inside("rev-parse", "HEAD")).toBe(tip);
    expect(inside("status", "--porcelain")).toBe("");
    expect(project.read("new.txt", worktree.root)).toBe("x\n");
  });
});

describe("moving a worktree", () => {
  beforeEach(() => create());

  test("makes its files those of the commit, and its branch stand there", async () => {
    write("one.txt", "x\n");
    const { commit: tip } = await commit();
    await moveWorktree(worktree, first);
    expect([tipOf(), project.has("one.txt", worktree.root)]).toEqual([first, false]);
    await moveWorktree(worktree, tip);
    expect([tipOf(), project.has("one.txt", worktree.root)]).toEqual([tip, true]);
    expect(inside("status", "--porcelain")).toBe("");
  });

  test("can show a tree that is none of its commits, with the branch where it was", async () => {
    write("kept.txt", "<<<<<<< both sides\n");
    const tree = await takeTree();
    await moveWorktree(worktree, first);
    await showTree(worktree, tree);
    expect(project.read("kept.txt", worktree.root)).toBe("<<<<<<< both sides\n");
    expect(tipOf()).toBe(first);
  });
});

describe("removing a worktree", () => {
  const list = () => project.git("worktree", "list", "--porcelain");

  test("takes its directory and its registration, and leaves its branch", async () => {
    await create();
    write("untracked.txt", "x\n");
    await removeWorktree(worktree);
    expect(project.has("", worktree.root)).toBe(false);
    expect(list()).not.toContain(worktree.root);
    expect(tipOf()).toBe(first);
  });

  test.each<[string, () => void]>([
    ["link", () => rmSync(join(worktree.root, ".git"))],
    ["directory", () => rmSync(worktree.root, { recursive: true })],
    ["registration", () => rmSync(join(project.root, ".git", "worktrees"), { recursive: true })],
  ])("works where its %s is gone already", async (_, harm) => {
    await create();
    harm();
    await removeWorktree(worktree);
    expect(project.has("", worktree.root)).toBe(false);
    expect(list()).not.toContain(worktree.root);
  });

  test("works where it is locked", async () => {
    await create();
    project.git("worktree", "lock", worktree.root);
    await removeWorktree(worktree);
    expect(list()).not.toContain(worktree.root);
  });

  test("works where the user's checkout is gone", async () => {
    await create();
    project.remove();
    await removeWorktree(worktree);
    expect(project.has("", worktree.root)).toBe(false);
  });

  test("leaves a worktree of the user's registered that is out of reach at the moment", async () => {
    const usb = join(project.base, "usb");
    project.git("worktree", "add", "--quiet", "-b", "side", join(usb, "linked"));
    await create();
    rmSync(join(worktree.root, ".git"));
    renameSync(usb, join(project.base, "unplugged"));
    await removeWorktree(worktree);
    renameSync(join(project.base, "unplugged"), usb);
    expect(project.gitIn(join(usb, "linked"), "rev-parse", "HEAD")).toBe(first);
    expect(list()).not.toContain(worktree.root);
  });
});

describe("what an agent has put on the stash", () => {
  const refOf = (position: number) => `refs/orchestrator/rescue/task_a/builder-stash-${position + 1}`;
  const stashed = () => project.git("stash", "list").split("\n").filter(Boolean);

  beforeEach(() => create());

  test("is taken off the user's stash and kept, from the oldest on", async () => {
    write("kept.txt", "one\n");
    inside("stash", "push", "--quiet");
    write("kept.txt", "two\n");
    inside("stash", "push", "--quiet", "-m", "in its own words");
    expect(await clearStash(worktree, refOf)).toEqual([refOf(0), refOf(1)]);
    expect(stashed()).toEqual([]);
    expect(project.show(refOf(0), "kept.txt")).toBe("one\n");
    expect(project.show(refOf(1), "kept.txt")).toBe("two\n");
  });

  test("leaves what the user has stashed, before and after", async () => {
    project.write("kept.txt", "user's first\n");
    project.git("stash", "push", "--quiet");
    write("kept.txt", "agent's\n");
    inside("stash", "push", "--quiet");
    project.write("kept.txt", "user's second\n");
    project.git("stash", "push", "--quiet", "-m", `of ${BRANCH}: mine`);
    expect(await clearStash(worktree, refOf)).toHaveLength(1);
    expect(stashed()).toHaveLength(2);
    expect(project.show("stash@{0}", "kept.txt")).toBe("user's second\n");
    expect(project.show("stash@{1}", "kept.txt")).toBe("user's first\n");
  });

  test("of another task, whose branch begins alike, is left", async () => {
    const other = { ...worktree, branch: "orchestrator/task" };
    write("kept.txt", "agent's\n");
    inside("stash", "push", "--quiet");
    expect(await clearStash(other, refOf)).toEqual([]);
    expect(stashed()).toHaveLength(1);
  });

  test("may be nothing", async () => {
    expect(await clearStash(worktree, refOf)).toEqual([]);
  });
});

describe("names", () => {
  test("of a branch and a directory are the task's, with the step's where it has one for itself", () => {
    expect(branchOf("task_a", null)).toBe("orchestrator/task_a");
    expect(branchOf("task_a", "builder#2")).toBe("orchestrator/task_a.builder+2");
    expect(worktreeRoot("/data", "task_a", "/home/me/my app", null)).toBe("/data/workspaces/task_a/my app");
    expect(worktreeRoot("/data", "task_a", "/home/me/app", "left")).toBe("/data/workspaces/task_a/app@left");
    expect(worktreeRoot("/data", "task_a", "/", null)).toBe("/data/workspaces/task_a/files");
  });

  test.each([".", "..", "...", ".a", "a.", "a..b", "a.lock", "#", "#2", "-", "--force", "a.lock.", "x".repeat(60)])(
    "of a step %j make a ref and a folder that git takes",
    async (key) => {
      const target = worktreeOf(key);
      await create(first, target);
      expect(tipOf(target.branch)).toBe(first);
      expect(project.has("kept.txt", target.root)).toBe(true);
      await removeWorktree(target);
    },
  );

  test("of two steps are never the same", () => {
    const keys = ["a#2", "a-2", "a.2", "a..2", "a_2", ".a", "_a", "a.", "a_", "a.lock", "a_lock", "a"];
    expect(new Set(keys.map(toRefPart)).size).toBe(keys.length);
  });
});
