import { chmodSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { diffTrees } from "./diff.js";
import { Project } from "./project.testsuite.js";
import { findSnapshots, openTreeSnapshots, openWorktreeSnapshots, type TreeSnapshots } from "./tree-snapshots.js";
import { createWorktree, findGitDirectory } from "./worktrees.js";

let project: Project;
let snapshots: TreeSnapshots;
/** Where the files lie that are taken and put back. */
let root: string;

afterEach(() => {
  snapshots.close();
  project.remove();
});

const at = (path: string) => join(root, path);
const write = (path: string, content: string | Buffer) => project.write(path, content, root);

function fill(): void {
  write("kept.txt", "same\n");
  write("src/a.txt", "a\nb\nc\nd\n");
  write("src/deep/b.txt", "b\n");
  write("script.sh", "#!/bin/sh\n");
  write("Case.txt", "case\n");
  symlinkSync("kept.txt", at("link"));
  write(".gitignore", "*.log\nbuild/\n");
}

const data = () => join(project.base, "data");

/** Makes a worktree of ours in the project, as tasks do it. */
async function openWorktree(commit: string): Promise<void> {
  const commonDirectory = join(project.root, ".git");
  root = join(project.base, "worktree");
  const worktree = { root, branch: "orchestrator/task_a", repository: project.root, commonDirectory };
  await createWorktree(worktree, commit, () => {});
  const gitDirectory = findGitDirectory(worktree) ?? "";
  mkdirSync(data());
  const index = join(data(), "task.index");
  snapshots = openWorktreeSnapshots({ root, directory: root, commonDirectory, gitDirectory }, index);
}

const PLACES: [string, () => Promise<void>][] = [
  [
    "a git repository",
    async () => {
      project = Project.withCommit();
      root = project.root;
      fill();
      project.commit("filled");
      snapshots = await openTreeSnapshots(root, data(), "task_a");
    },
  ],
  [
    "a plain directory",
    async () => {
      project = new Project();
      root = project.root;
      fill();
      snapshots = await openTreeSnapshots(root, data(), "task_a");
    },
  ],
  [
    "a worktree of ours",
    async () => {
      project = Project.withCommit();
      root = project.root;
      fill();
      await openWorktree(project.commit("filled"));
    },
  ],
];

describe.each(PLACES)("what was done in %s is put back", (_, prepare) => {
  beforeEach(prepare);

  /** Does something, puts it back, and tells which paths that took. */
  async function undo(act: () => void): Promise<string[]> {
    const [before, files] = [await snapshots.take(), project.files(root)];
    act();
    const after = await snapshots.take();
    expect(after).not.toBe(before);
    const paths = await snapshots.restore(after, before);
    expect(project.files(root)).toEqual(files);
    expect(await snapshots.take()).toBe(before);
    return paths.sort();
  }

  test("where nothing was done, nothing is", async () => {
    const tree = await snapshots.take();
    expect(await snapshots.restore(tree, tree)).toEqual([]);
  });

  test("a changed file", async () => {
    expect(await undo(() => write("src/a.txt", "other\n"))).toEqual(["src/a.txt"]);
  });

  test("a new file, and the folder that it alone was in", async () => {
    expect(await undo(() => write("new/deep/x.txt", "x\n"))).toEqual(["new/deep/x.txt"]);
    expect(project.has("new", root)).toBe(false);
  });

  test("a removed file, and its folder", async () => {
    expect(await undo(() => rmSync(at("src/deep"), { recursive: true }))).toEqual(["src/deep/b.txt"]);
  });

  test("a renamed file, also into another folder", async () => {
    const paths = await undo(() => {
      mkdirSync(at("other"));
      renameSync(at("src/a.txt"), at("other/a.txt"));
    });
    expect(paths).toContain("src/a.txt");
    expect(project.has("other", root)).toBe(false);
  });

  test("a renamed and changed file", async () => {
    await undo(() => {
      rmSync(at("src/a.txt"));
      write("src/moved.txt", "a\nb\nc\nD\n");
    });
  });

  test("a name that differs in its case alone", async () => {
    await undo(() => renameSync(at("Case.txt"), at("case.txt")));
    expect(project.read("Case.txt", root)).toBe("case\n");
  });

  test("a mode", async () => {
    await undo(() => chmodSync(at("script.sh"), 0o755));
  });

  test("a link that became a file, and a file that became a link", async () => {
    await undo(() => {
      rmSync(at("link"));
      write("link", "a file\n");
      rmSync(at("kept.txt"));
      symlinkSync("src/a.txt", at("kept.txt"));
    });
    expect(readlinkSync(at("link"))).toBe("kept.txt");
  });

  test("a file that became a folder, and a folder that became a file", async () => {
    await undo(() => {
      rmSync(at("kept.txt"));
      write("kept.txt/inside.txt", "x\n");
      rmSync(at("src"), { recursive: true });
      write("src", "a file\n");
    });
  });

  test("a binary file, and names of every script", async () => {
    await undo(() => {
      write("logo.png", Buffer.from([0, 1, 2, 0, 255]));
      write("ü 日本/a b\tc.txt", "x\n");
    });
  });

  test("ignored files are not touched", async () => {
    write("debug.log", "before\n");
    const before = await snapshots.take();
    write("debug.log", "after\n");
    write("build/out.js", "x\n");
    write("kept.txt", "changed\n");
    await snapshots.restore(await snapshots.take(), before);
    expect([project.read("debug.log", root), project.read("build/out.js", root)]).toEqual(["after\n", "x\n"]);
  });

  test("what was done afterwards in other files stays", async () => {
    const before = await snapshots.take();
    write("src/a.txt", "the task's\n");
    const after = await snapshots.take();
    write("kept.txt", "the user's\n");
    write("mine.txt", "the user's\n");
    expect(await snapshots.restore(after, before)).toEqual(["src/a.txt"]);
    expect([project.read("kept.txt", root), project.read("mine.txt", root)]).toEqual(["the user's\n", "the user's\n"]);
  });

  test("a folder in which something else lies by now stays", async () => {
    const before = await snapshots.take();
    write("new/x.txt", "x\n");
    const after = await snapshots.take();
    write("new/mine.txt", "mine\n");
    await snapshots.restore(after, before);
    expect(project.files(join(root, "new"))).toEqual({ "mine.txt": expect.any(String) });
  });
});

describe("a repository of which only a part is checked out", () => {
  let whole: string;

  beforeEach(() => {
    project = Project.withCommit();
    root = project.root;
    fill();
    write("left-out/c.txt", "c\n");
    whole = project.git("rev-parse", `${project.commit("filled")}^{tree}`);
    project.git("sparse-checkout", "set", "src");
    expect(project.has("left-out")).toBe(false);
  });

  test.each(["in place", "in a worktree"])("keeps the rest when something is put back (%s)", async (place) => {
    if (place === "in place") snapshots = await openTreeSnapshots(root, data(), "task_a");
    else await openWorktree(project.head());
    expect(await snapshots.take()).toBe(whole);
    write("src/new.txt", "new\n");
    write("src/a.txt", "changed\n");
    expect(await snapshots.restore(await snapshots.take(), whole)).toHaveLength(2);
    expect(await snapshots.take()).toBe(whole);
  });
});

describe("the user's repository", () => {
  beforeEach(async () => {
    await PLACES[0]?.[1]();
  });

  test("keeps its index and HEAD when files are put back", async () => {
    write("kept.txt", "staged\n");
    project.git("add", "kept.txt");
    const before = await snapshots.take();
    const { index, HEAD, refs } = project.state();
    write("src/a.txt", "the task's\n");
    await snapshots.restore(await snapshots.take(), before);
    expect(project.state()).toMatchObject({ index, HEAD, refs });
  });

  test("has no hook run", async () => {
    project.installHooks();
    const before = await snapshots.take();
    write("src/a.txt", "the task's\n");
    await snapshots.restore(await snapshots.take(), before);
    expect(project.hasHookRun).toBe(false);
  });

  test("can be put back from a folder below its top, with paths as seen from there", async () => {
    const below = await openTreeSnapshots(at("src"), data(), "task_b");
    const before = await below.take();
    write("src/a.txt", "x\n");
    write("kept.txt", "x\n");
    expect((await below.restore(await below.take(), before)).sort()).toEqual(["../kept.txt", "a.txt"]);
    expect([project.read("src/a.txt"), project.read("kept.txt")]).toEqual(["a\nb\nc\nd\n", "same\n"]);
    below.close();
  });

  test("can be compared later, when the one who took the snapshots is gone", async () => {
    const before = await snapshots.take();
    write("src/a.txt", "a\nb\nc\nD\n");
    write("new.txt", "x\n");
    const after = await snapshots.take();
    snapshots.close();
    const { changes, patch } = await diffTrees(await findSnapshots(root, data()), before, after);
    expect(changes).toEqual([
      { path: "new.txt", kind: "created", previousPath: null, linesAdded: 1, linesRemoved: 0 },
      { path: "src/a.txt", kind: "modified", previousPath: null, linesAdded: 1, linesRemoved: 1 },
    ]);
    expect(patch).toContain("-d\n+D\n");
  });
});

describe("a difference", () => {
  beforeEach(async () => {
    await PLACES[0]?.[1]();
  });

  const diff = async (act: () => void, color = false) => {
    const from = project.head();
    act();
    return diffTrees({ cwd: root, environment: {} }, from, project.commit("changed"), color);
  };

  test("of the same is nothing", async () => {
    expect(await diffTrees({ cwd: root, environment: {} }, project.head(), project.head())).toEqual({
      changes: [],
      patch: "",
    });
  });

  test("shows a renamed file as one", async () => {
    const { changes, patch } = await diff(() => project.git("mv", "src/a.txt", "src/moved.txt"));
    expect(changes).toMatchObject([{ kind: "renamed", path: "src/moved.txt", previousPath: "src/a.txt" }]);
    expect(patch).toContain("rename from src/a.txt\nrename to src/moved.txt");
  });

  test("has colours on request only, whatever the user's settings are", async () => {
    project.git("config", "color.ui", "always");
    project.git("config", "color.diff", "always");
    const { patch } = await diff(() => write("kept.txt", "other\n"));
    expect(patch).not.toContain("\u001b[");
    expect((await diff(() => write("kept.txt", "more\n"), true)).patch).toContain("\u001b[");
  });

  test("runs no program that the repository names", async () => {
    const sign = join(project.base, "program-ran");
    write("run.sh", `#!/bin/sh\ntouch '${sign}'\n`);
    chmodSync(at("run.sh"), 0o755);
    project.git("config", "diff.external", at("run.sh"));
    project.git("config", "diff.odd.textconv", at("run.sh"));
    write(".gitattributes", "*.txt diff=odd\n");
    const { patch } = await diff(() => write("kept.txt", "other\n"));
    expect(patch).toContain("-same\n+other\n");
    expect(project.has("program-ran", project.base)).toBe(false);
  });
});
