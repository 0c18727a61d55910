import { chmodSync, closeSync, ftruncateSync, openSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AUTHOR, Project } from "./project.testsuite.js";
import { makeStartCommit, type StartCommit } from "./start-commit.js";

let project: Project;

beforeEach(() => {
  project = Project.withCommit();
});
afterEach(() => {
  project.remove();
});

async function start(bring = true, directory = project.root): Promise<StartCommit> {
  const index = join(project.base, "start.index");
  const made = await makeStartCommit(await project.repository(directory), { bring, index, author: AUTHOR });
  expect(project.has("start.index", project.base)).toBe(false);
  return made;
}

/** Every kind of change that a user may not have committed. */
function change(): void {
  project.write("src/old.txt", "a\nb\nc\nd\ne\n");
  project.write("gone.txt", "bye\n");
  project.write("staged.txt", "as committed\n");
  project.commit("second");
  project.write("staged.txt", "as staged\n");
  project.git("add", "staged.txt");
  project.write("staged.txt", "as it lies there\n");
  project.write("kept.txt", "changed\n");
  project.delete("gone.txt");
  renameSync(join(project.root, "src", "old.txt"), join(project.root, "src", "new.txt"));
  project.write("untracked/ü b.txt", "new\n");
}

describe("without uncommitted changes", () => {
  test.each([true, false])("a task begins with the user's own commit (bring: %s)", async (bring) => {
    const commit = project.head();
    expect(await start(bring)).toEqual({ commit, userCommit: commit, uncommitted: [], tooLarge: [] });
  });

  test("ignored files are no changes", async () => {
    project.write(".gitignore", "*.log\n");
    const commit = project.commit("ignore");
    project.write("debug.log", "x");
    expect(await start()).toMatchObject({ commit, uncommitted: [] });
  });
});

describe("uncommitted changes that are brought along", () => {
  test("are all in the commit as they lie there, on top of the user's", async () => {
    change();
    const head = project.head();
    const { commit, userCommit, uncommitted } = await start();
    expect(project.git("rev-parse", `${commit}^`)).toBe(head);
    expect(userCommit).toBe(head);
    expect(project.list(commit).sort()).toEqual(
      ["kept.txt", "notes.txt", "src/new.txt", "staged.txt", "untracked/ü b.txt"].sort(),
    );
    expect(project.show(commit, "staged.txt")).toBe("as it lies there\n");
    expect(project.show(commit, "kept.txt")).toBe("changed\n");
    expect(uncommitted.sort()).toEqual(
      ["gone.txt", "kept.txt", "src/new.txt", "src/old.txt", "staged.txt", "untracked/ü b.txt"].sort(),
    );
  });

  test("are found from a folder below the top, too, for the whole repository", async () => {
    change();
    const { commit } = await start(true, join(project.root, "src"));
    expect(project.show(commit, "kept.txt")).toBe("changed\n");
  });

  test("may be links and modes", async () => {
    symlinkSync("kept.txt", join(project.root, "link"));
    chmodSync(join(project.root, "kept.txt"), 0o755);
    const { commit } = await start();
    expect(project.git("ls-tree", commit, "kept.txt", "link").replaceAll(/ [0-9a-f]{40}/g, "")).toBe(
      "100755 blob\tkept.txt\n120000 blob\tlink",
    );
  });

  test("are committed by the author that was given, with a message that says what they are", async () => {
    project.write("new.txt", "x\n");
    const { commit } = await start();
    expect(project.git("show", "--no-patch", "--format=%an <%ae> %cn %s", commit)).toBe(
      "Agents <agents@example.invalid> Agents Uncommitted changes when the task began",
    );
  });

  test("may be in the middle of a merge, whose marks are taken as they are", async () => {
    project.git("switch", "--quiet", "-c", "side");
    project.write("kept.txt", "theirs\n");
    project.commit("theirs");
    project.git("switch", "--quiet", "main");
    project.write("kept.txt", "ours\n");
    project.commit("ours");
    expect(() => project.git("merge", "side")).toThrow();
    const before = project.state();
    const { commit } = await start();
    expect(project.show(commit, "kept.txt")).toContain("<<<<<<<");
    expect(project.state()).toEqual(before);
  });

  test("leave out what is too large for a commit, and say so", async () => {
    const file = openSync(join(project.root, "huge [1].bin"), "w");
    ftruncateSync(file, 100 * 1024 * 1024 + 1);
    closeSync(file);
    project.write("small.txt", "x\n");
    project.write("huge 1.bin", "has a similar name\n");
    const { commit, tooLarge, uncommitted } = await start();
    expect(tooLarge).toEqual(["huge [1].bin"]);
    expect(uncommitted.sort()).toEqual(["huge 1.bin", "huge [1].bin", "small.txt"]);
    expect(project.list(commit).sort()).toEqual(["huge 1.bin", "kept.txt", "notes.txt", "small.txt"]);
  });

  test("leave out a repository inside that has no commit yet", async () => {
    project.write("inner/a.txt", "x\n");
    project.gitIn(join(project.root, "inner"), "init", "--quiet");
    project.write("outer.txt", "x\n");
    const { commit } = await start();
    expect(project.list(commit)).toContain("outer.txt");
    expect(project.list(commit)).not.toContain("inner/a.txt");
  });
});

describe("uncommitted changes that are left", () => {
  test("are counted, and the task begins with the user's commit alone", async () => {
    change();
    const commit = project.head();
    const made = await start(false);
    expect(made).toMatchObject({ commit, userCommit: commit, tooLarge: [] });
    expect(made.uncommitted).toHaveLength(6);
  });
});

describe("before the first commit", () => {
  beforeEach(() => {
    project.remove();
    project = new Project();
    project.init();
    project.write("first.txt", "x\n");
  });

  test("the files that lie there are brought along, in a commit without parents", async () => {
    const { commit, userCommit } = await start();
    expect(userCommit).toBeNull();
    expect(project.list(commit)).toEqual(["first.txt"]);
    expect(project.git("rev-list", "--count", commit)).toBe("1");
    expect(project.git("show", "--no-patch", "--format=%s", commit)).toBe("The files when the task began");
  });

  test("or are left, and it begins with nothing", async () => {
    const { commit, uncommitted } = await start(false);
    expect(project.list(commit)).toEqual([]);
    expect(uncommitted).toEqual(["first.txt"]);
  });

  test("HEAD still has no commit afterwards", async () => {
    const before = project.state();
    await start();
    expect(project.state()).toEqual(before);
    expect(() => project.head()).toThrow();
  });
});

describe("the user's checkout", () => {
  test.each([true, false])("is what it was: files, index, branches and HEAD (bring: %s)", async (bring) => {
    change();
    const before = project.state();
    await start(bring);
    expect(project.state()).toEqual(before);
  });

  test("is what it was also while another git command holds its index", async () => {
    change();
    writeFileSync(join(project.root, ".git", "index.lock"), "");
    const index = project.indexHash();
    const { commit } = await start();
    expect(project.show(commit, "kept.txt")).toBe("changed\n");
    expect(project.indexHash()).toBe(index);
    expect(project.has(".git/index.lock")).toBe(true);
  });

  test("has no hook run", async () => {
    change();
    project.installHooks();
    await start();
    expect(project.hasHookRun).toBe(false);
  });

  test("may have a detached HEAD", async () => {
    change();
    project.git("checkout", "--quiet", "--detach");
    const before = project.state();
    expect((await start()).userCommit).toBe(project.head());
    expect(project.state()).toEqual(before);
  });

  test("may be a linked worktree with an index of its own", async () => {
    const linked = join(project.base, "linked");
    project.git("worktree", "add", "--quiet", "-b", "side", linked);
    project.write("only-here.txt", "x\n", linked);
    project.write("elsewhere.txt", "x\n");
    const { commit } = await start(true, linked);
    expect(project.list(commit).sort()).toEqual(["kept.txt", "notes.txt", "only-here.txt"]);
  });
});
