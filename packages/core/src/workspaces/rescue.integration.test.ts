import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AUTHOR, Project } from "./project.testsuite.js";
import { branchRescued, dropRescued, keepUnderRef, listRescued, rescueFiles, rescueRef } from "./rescue.js";
import { createWorktree, type Worktree } from "./worktrees.js";

const REF = rescueRef("task_a", "files");

let project: Project;
let worktree: Worktree;
let tip: string;

beforeEach(async () => {
  project = Project.withCommit();
  project.write(".gitignore", "node_modules/\ndist/\n*.pyc\n*.secret\n.env\ndata/\nvendor/\n");
  tip = project.commit("ignore");
  await makeWorktree();
});
afterEach(() => {
  project.remove();
});

async function makeWorktree(): Promise<void> {
  worktree = {
    root: join(project.base, "worktree"),
    branch: "orchestrator/task_a",
    repository: project.root,
    commonDirectory: join(project.root, ".git"),
  };
  await createWorktree(worktree, tip, () => {});
}

const write = (path: string, content: string | Buffer = "x\n") => project.write(path, content, worktree.root);

function rescue(placed: readonly string[] = [], ref = REF) {
  const { root, repository, commonDirectory } = worktree;
  const source = {
    root,
    repository,
    commonDirectory,
    index: join(project.base, "rescue.index"),
    indexFrom: join(project.base, "none.index"),
    placed,
    start: tip,
  };
  return rescueFiles(source, tip, { ref, author: AUTHOR });
}

/** What was rescued, beyond what the branch holds. */
async function rescued(placed?: readonly string[]): Promise<string[]> {
  const kept = await rescue(placed);
  if (!kept) return [];
  const names = project.git("-c", "core.quotePath=false", "diff-tree", "-r", "--name-only", tip, kept.commit);
  return names.split("\n").sort();
}

describe("what exists only in a worktree", () => {
  test("may be nothing", async () => {
    expect(await rescue()).toBeNull();
    expect(await listRescued(project.root)).toEqual([]);
  });

  test("is kept: changes, new files, and that a file is gone", async () => {
    write("kept.txt", "changed\n");
    write("new/ü b.txt");
    project.delete("notes.txt", worktree.root);
    const kept = await rescue();
    expect(kept).toMatchObject({ ref: REF, files: 3 });
    expect(project.git("rev-parse", REF)).toBe(kept?.commit);
    expect(project.git("rev-parse", `${REF}^`)).toBe(tip);
    expect(project.show(REF, "kept.txt")).toBe("changed\n");
    expect(project.show(REF, "new/ü b.txt")).toBe("x\n");
    expect(project.show(REF, "notes.txt")).toBeNull();
  });

  test("is kept also where it was staged, or committed on a detached HEAD", async () => {
    write("staged.txt");
    project.gitIn(worktree.root, "add", "staged.txt");
    project.gitIn(worktree.root, "checkout", "--quiet", "--detach");
    write("committed.txt");
    project.gitIn(worktree.root, "add", "committed.txt");
    project.gitIn(worktree.root, "commit", "--quiet", "-m", "own");
    expect(await rescued()).toEqual(["committed.txt", "staged.txt"]);
  });

  test("is kept where the worktree has lost its link to the repository", async () => {
    write("new.txt");
    project.delete(".git", worktree.root);
    expect(await rescued()).toEqual(["new.txt"]);
  });

  test("leaves the worktree, the checkout and the branches as they are", async () => {
    write("new.txt");
    const before = [project.state(), project.files(worktree.root)];
    await rescue();
    const { refs: _, ...after } = project.state();
    expect([{ ...after, refs: before[0]?.refs }, project.files(worktree.root)]).toEqual(before);
    expect(project.git("for-each-ref", "refs/heads")).toBe(before[0]?.refs);
    expect(project.has("rescue.index", project.base)).toBe(false);
  });
});

describe("ignored files", () => {
  test("that nothing could make again are kept", async () => {
    write(".env", "TOKEN=1\n");
    write("data/notes/one.txt");
    write("key.secret");
    expect(await rescued()).toEqual([".env", "data/notes/one.txt", "key.secret"]);
  });

  test("that a command makes again are left out, wherever they lie", async () => {
    for (const path of [
      "node_modules/left/index.js",
      "dist/app.js",
      "debug.pyc",
      "src/node_modules/a.js",
      "data/dist/a",
    ])
      write(path);
    write("src/kept.js");
    expect(await rescued()).toEqual(["src/kept.js"]);
  });

  test("are looked through where some below a folder can be made again and some cannot", async () => {
    write("data/cache.pyc");
    write("data/only-here.txt");
    write("vendor/node_modules/a.js");
    expect(await rescued()).toEqual(["data/only-here.txt"]);
  });

  test("that were copied from the user's checkout and left alone are left out", async () => {
    project.write(".env", "TOKEN=1\n");
    execFileSync("cp", ["-p", join(project.root, ".env"), worktree.root]);
    expect(await rescued()).toEqual([]);
  });

  test("that were copied and then changed are kept", async () => {
    project.write(".env", "TOKEN=1\n");
    write(".env", "TOKEN=22\n");
    expect(await rescued()).toEqual([".env"]);
  });

  test("that were put there by us are left out", async () => {
    write("data/big.bin");
    write(".env", "TOKEN=1\n");
    symlinkSync(project.root, join(worktree.root, "link.secret"));
    expect(await rescued(["data", ".env", "link.secret"])).toEqual([]);
  });

  test("may be named like a pattern of git's", async () => {
    write("data/[a].txt");
    write("data/*.txt");
    write("data/:(top)b.txt");
    write(":odd.secret");
    expect(await rescued()).toEqual([":odd.secret", "data/*.txt", "data/:(top)b.txt", "data/[a].txt"].sort());
  });

  test("that are too much for a commit are not: the directory must stay", async () => {
    write("data/small.txt");
    const file = openSync(join(worktree.root, "data", "large.bin"), "w");
    ftruncateSync(file, 65 * 1024 * 1024);
    closeSync(file);
    await expect(rescue()).rejects.toThrow(/ignored files of 65 MB, too much for a commit/);
    expect(project.has("data/small.txt", worktree.root)).toBe(true);
  });
});

describe("a git repository inside", () => {
  test("cannot travel in a commit: the directory must stay", async () => {
    write("inner/a.txt");
    const inner = join(worktree.root, "inner");
    project.gitIn(inner, "init", "--quiet");
    project.gitIn(inner, "add", "--all");
    project.gitIn(inner, "commit", "--quiet", "-m", "inner");
    await expect(rescue()).rejects.toThrow(/^inner is a git repository of its own/);
  });

  test("that has no commit yet cannot either", async () => {
    write("inner/a.txt");
    project.gitIn(join(worktree.root, "inner"), "init", "--quiet");
    await expect(rescue()).rejects.toThrow("git cannot take inner/ into a commit");
  });

  test("that is ignored cannot either", async () => {
    write("data/inner/a.txt");
    const inner = join(worktree.root, "data", "inner");
    project.gitIn(inner, "init", "--quiet");
    project.gitIn(inner, "add", "--all");
    project.gitIn(inner, "commit", "--quiet", "-m", "inner");
    await expect(rescue()).rejects.toThrow(/inner/);
  });

  describe("that is a submodule of the project", () => {
    let library: Project;

    beforeEach(async () => {
      library = Project.withCommit("library");
      project.git("worktree", "remove", "--force", worktree.root);
      project.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.root, "lib");
      tip = project.commit("submodule");
      await makeWorktree();
    });
    afterEach(() => library.remove());

    test("needs no rescue as it was", async () => {
      expect(await rescue()).toBeNull();
    });

    test("that is not filled is no obstacle either", async () => {
      project.delete("lib", worktree.root);
      project.write("lib/.gone", "", worktree.root);
      project.delete("lib/.gone", worktree.root);
      write("new.txt");
      expect(await rescued()).toEqual(["new.txt"]);
    });

    test("is no obstacle for the rest", async () => {
      write("new.txt");
      expect(await rescued()).toEqual(["new.txt"]);
    });

    test.each<[string, () => void]>([
      ["with changed files", () => write("lib/kept.txt", "changed\n")],
      ["with new files", () => write("lib/new.txt")],
      [
        "with a commit of its own",
        () => {
          write("lib/new.txt");
          project.gitIn(join(worktree.root, "lib"), "add", "--all");
          project.gitIn(join(worktree.root, "lib"), "commit", "--quiet", "-m", "own");
        },
      ],
    ])("must stay %s", async (_, change) => {
      change();
      await expect(rescue()).rejects.toThrow(/^lib is a git repository of its own/);
    });
  });
});

describe("refs", () => {
  test("of something else are never overwritten: the next gets a number", async () => {
    write("one.txt");
    const first = await rescue();
    write("two.txt");
    const second = await rescue();
    write("three.txt");
    const third = await rescue();
    expect([first?.ref, second?.ref, third?.ref]).toEqual([REF, `${REF}-2`, `${REF}-3`]);
    expect(project.git("rev-parse", REF)).toBe(first?.commit);
  });

  test("of the same commit stay one", async () => {
    expect(await keepUnderRef(project.root, REF, tip)).toBe(REF);
    expect(await keepUnderRef(project.root, REF, tip)).toBe(REF);
    expect((await listRescued(project.root)).map((each) => each.ref)).toEqual([REF]);
  });

  test("are listed with their task and the number of their files, the user's own refs are not", async () => {
    write("one.txt");
    write("two.txt");
    const kept = await rescue();
    const other = rescueRef("task_b", "builder-head");
    await keepUnderRef(project.root, other, project.git("commit-tree", `${tip}^{tree}`, "-m", "alone"));
    project.git("branch", "mine");
    const listed = await listRescued(project.root);
    expect(listed.map(({ ref, taskId, files }) => [ref, taskId, files]).sort()).toEqual(
      [
        [other, "task_b", 3],
        [REF, "task_a", 2],
      ].sort(),
    );
    expect(listed.find((each) => each.ref === REF)).toMatchObject({
      commit: kept?.commit,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  test("can become a branch, once", async () => {
    write("one.txt");
    await rescue();
    await branchRescued(project.root, REF, "looked-at");
    expect(project.show("looked-at", "one.txt")).toBe("x\n");
    await expect(branchRescued(project.root, REF, "looked-at")).rejects.toThrow(/already exists/);
  });

  test("can be let go", async () => {
    write("one.txt");
    await rescue();
    await dropRescued(project.root, REF);
    expect(await listRescued(project.root)).toEqual([]);
  });
});
