import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ApplyMode } from "../domain/index.js";
import { type Application, applyResult } from "./apply.js";
import { AUTHOR, Project } from "./project.testsuite.js";

const MODES: ApplyMode[] = ["merge", "squash", "patch"];
const COMMITTING: ApplyMode[] = ["merge", "squash"];

let project: Project;
let start: string;
let result: string;
let firstStart: string;
let firstResult: string;

/** The project as it stands before each test, which gets a copy. */
let template: Project;

beforeAll(() => {
  template = Project.withCommit();
  project = template;
  project.git("config", "user.name", "Me");
  project.git("config", "user.email", "me@example.com");
  project.write("gone.txt", "bye\n");
  project.write("old/name.txt", "a\nb\nc\nd\ne\n");
  project.write(".gitignore", "*.log\n");
  firstStart = project.commit("start");
  start = firstStart;
  firstResult = task(work);
});
afterAll(() => {
  template.remove();
});
beforeEach(() => {
  project = template.copy();
  start = firstStart;
  result = firstResult;
});
afterEach(() => {
  project.remove();
});

/** What a task does by default: a change, a new file, a removed one, a renamed one. */
function work(root: string): void {
  project.write("notes.txt", "ONE\ntwo\nthree\nfour\nfive\n", root);
  project.write("new/ü b.txt", "new\n", root);
  project.delete("gone.txt", root);
  project.gitIn(root, "mv", "old/name.txt", "old/other.txt");
}

/** The result of a task that does something in a worktree of its own. */
function task(change: (root: string) => void, from = start): string {
  const root = join(project.base, "worktree");
  project.git("worktree", "add", "--quiet", "--detach", root, from);
  change(root);
  project.gitIn(root, "add", "--all");
  project.gitIn(root, "commit", "--quiet", "--allow-empty", "-m", "work");
  const commit = project.gitIn(root, "rev-parse", "HEAD");
  project.git("worktree", "remove", "--force", root);
  return commit;
}

async function apply(mode: ApplyMode, given: Partial<Application> = {}) {
  const application = { mode, start, result, message: "Apply it", fallbackAuthor: AUTHOR, withHooks: false, ...given };
  return applyResult(await project.repository(), application);
}

/** Refused with these words, and nothing at all has changed. */
async function expectRefusal(mode: ApplyMode, words: RegExp, given: Partial<Application> = {}) {
  const before = project.state();
  await expect(apply(mode, given)).rejects.toMatchObject({
    code: "not_applied",
    message: expect.stringMatching(words),
    hint: expect.stringContaining("Nothing was changed."),
  });
  expect(project.state()).toEqual(before);
}

function expectWork(): void {
  expect(project.read("notes.txt")).toBe("ONE\ntwo\nthree\nfour\nfive\n");
  expect(project.read("new/ü b.txt")).toBe("new\n");
  expect(project.has("gone.txt")).toBe(false);
  expect([project.has("old/name.txt"), project.read("old/other.txt")]).toEqual([false, "a\nb\nc\nd\ne\n"]);
}

describe("a result", () => {
  test("is merged: a commit of the user's with the task's work behind it", async () => {
    const commit = await apply("merge");
    expectWork();
    expect(project.head()).toBe(commit);
    expect(project.git("show", "--no-patch", "--format=%P|%an|%cn|%s", commit ?? "")).toBe(
      `${start} ${result}|Me|Me|Apply it`,
    );
    expect([project.git("status", "--porcelain"), project.git("symbolic-ref", "HEAD")]).toEqual([
      "",
      "refs/heads/main",
    ]);
  });

  test("is squashed: one commit of the user's", async () => {
    const commit = await apply("squash");
    expectWork();
    expect(project.git("show", "--no-patch", "--format=%P|%an|%s", commit ?? "")).toBe(`${start}|Me|Apply it`);
    expect(project.git("status", "--porcelain")).toBe("");
  });

  test("is patched: changed files, nothing staged and nothing committed", async () => {
    expect(await apply("patch")).toBeNull();
    expectWork();
    expect(project.head()).toBe(start);
    expect(project.git("diff", "--cached", "--name-only")).toBe("");
  });

  test.each(MODES)("that is nothing changes nothing (%s)", async (mode) => {
    const before = project.state();
    expect(await apply(mode, { result: start })).toBeNull();
    expect(project.state()).toEqual(before);
  });

  test.each(MODES)("may have binary files, modes and links in it (%s)", async (mode) => {
    project.write("script.sh", "#!/bin/sh\n");
    start = project.commit("script");
    result = task((root) => {
      project.write("logo.png", Buffer.from([0, 1, 2, 0, 255]), root);
      chmodSync(join(root, "script.sh"), 0o755);
      symlinkSync("kept.txt", join(root, "link"));
      project.write("no-newline.txt", "x", root);
      project.write("empty.txt", "", root);
      project.write("trailing.txt", "space \r\n", root);
    });
    await apply(mode);
    const expected = Object.fromEntries(
      ["logo.png", "script.sh", "link", "no-newline.txt", "empty.txt", "trailing.txt"].map((path) => [
        path,
        project.git("rev-parse", `${result}:${path}`),
      ]),
    );
    project.git("add", "--all");
    const got = Object.fromEntries(Object.keys(expected).map((path) => [path, project.git("rev-parse", `:${path}`)]));
    expect(got).toEqual(expected);
    expect(project.files()["script.sh"]).toMatch(/^755 /);
  });

  test.each(MODES)("runs no hook (%s)", async (mode) => {
    project.installHooks();
    await apply(mode);
    expectWork();
    expect(project.hasHookRun).toBe(false);
  });

  test("is committed by the fallback where the user has told git no name", async () => {
    project.git("config", "user.name", "");
    const commit = await apply("merge");
    expect(project.git("show", "--no-patch", "--format=%an <%ae>", commit ?? "")).toBe(
      "Agents <agents@example.invalid>",
    );
  });

  test.each(COMMITTING)("comes to a detached HEAD as well (%s)", async (mode) => {
    project.git("checkout", "--quiet", "--detach");
    const commit = await apply(mode);
    expect(project.head()).toBe(commit);
    expectWork();
  });
});

describe("a checkout that has gone on since", () => {
  test.each(MODES)("keeps what it has become where the two do not contradict each other (%s)", async (mode) => {
    project.write("mine.txt", "mine\n");
    project.write("notes.txt", "one\ntwo\nthree\nfour\nFIVE\n");
    const head = project.commit("gone on");
    await apply(mode);
    expect(project.read("mine.txt")).toBe("mine\n");
    expect(project.read("notes.txt")).toBe("ONE\ntwo\nthree\nfour\nFIVE\n");
    expect(project.git("merge-base", head, "HEAD")).toBe(head);
  });

  test.each(COMMITTING)("refuses what contradicts it, and names the files (%s)", async (mode) => {
    project.write("notes.txt", "uno\ntwo\nthree\nfour\nfive\n");
    project.commit("gone on");
    await expectRefusal(mode, /has gone on since the task began.*contradict each other in notes\.txt\.$/);
  });

  test("refuses a patch that does not fit any more", async () => {
    project.write("notes.txt", "uno\ntwo\nthree\nfour\nfive\n");
    project.commit("gone on");
    await expectRefusal("patch", /does not fit your files any more: .*notes\.txt/s);
  });

  test.each(COMMITTING)("refuses what it holds already (%s)", async (mode) => {
    await apply("merge");
    await expectRefusal(mode, /holds the result already/);
  });

  test("refuses a patch that it holds already", async () => {
    await apply("patch");
    await expectRefusal("patch", /You have changed files that the task changes too: /);
    project.commit("kept");
    await expectRefusal("patch", /./);
  });
});

describe("changes of the user's that are not committed", () => {
  test.each(MODES)("in other files stay as they are (%s)", async (mode) => {
    project.write("kept.txt", "changed\n");
    project.write("untracked.txt", "new\n");
    project.write("debug.log", "ignored\n");
    await apply(mode);
    expectWork();
    expect(project.read("kept.txt")).toBe("changed\n");
    expect(project.git("status", "--porcelain")).toContain("?? untracked.txt");
  });

  test.each(MODES)("in the same files are in the way (%s)", async (mode) => {
    project.write("notes.txt", "one\ntwo\nthree\nfour\nmine\n");
    await expectRefusal(mode, /You have changed files that the task changes too: notes\.txt\.$/);
  });

  test.each(MODES)("are in the way where the user has deleted what the task changes (%s)", async (mode) => {
    project.delete("notes.txt");
    await expectRefusal(mode, /notes\.txt/);
  });

  test.each(MODES)("are in the way where the user has changed what the task deletes (%s)", async (mode) => {
    project.write("gone.txt", "not yet\n");
    await expectRefusal(mode, /gone\.txt/);
  });

  test.each(MODES)("are in the way where a file that the task creates lies there untracked (%s)", async (mode) => {
    project.write("new/ü b.txt", "mine\n");
    await expectRefusal(mode, /new\/ü b\.txt/);
  });

  test.each(MODES)(
    "are in the way where an ignored file has the name of one that the task creates (%s)",
    async (mode) => {
      result = task((root) => {
        project.write("build.log", "the task's\n", root);
        project.gitIn(root, "add", "--force", "build.log");
      });
      project.write("build.log", "mine\n");
      await expectRefusal(mode, /build\.log/);
    },
  );

  test.each(COMMITTING)("that are staged are in the way of a commit, wherever they are (%s)", async (mode) => {
    project.write("kept.txt", "staged\n");
    project.git("add", "kept.txt");
    await expectRefusal(mode, /index holds changes that are not committed: kept\.txt/);
  });

  test("that are staged in other files are no obstacle for a patch, and stay staged", async () => {
    project.write("kept.txt", "staged\n");
    project.git("add", "kept.txt");
    await apply("patch");
    expectWork();
    expect(project.git("diff", "--cached", "--name-only")).toBe("kept.txt");
  });

  test("that were brought along when the task began are no obstacle for a patch", async () => {
    project.write("notes.txt", "one\ntwo\nthree\nfour\nmine\n");
    project.write("mine.txt", "untracked\n");
    start = project.git("commit-tree", treeOfFiles(), "-p", project.head(), "-m", "brought");
    result = task((root) => {
      project.write("notes.txt", "ONE\ntwo\nthree\nfour\nmine\n", root);
      project.write("mine.txt", "untracked\nand more\n", root);
    });
    await apply("patch");
    expect(project.read("notes.txt")).toBe("ONE\ntwo\nthree\nfour\nmine\n");
    expect(project.read("mine.txt")).toBe("untracked\nand more\n");
  });

  test("that were brought along and have been changed since are in the way of a patch", async () => {
    project.write("notes.txt", "one\ntwo\nthree\nfour\nmine\n");
    start = project.git("commit-tree", treeOfFiles(), "-p", project.head(), "-m", "brought");
    result = task((root) => project.write("notes.txt", "ONE\ntwo\nthree\nfour\nmine\n", root));
    project.write("notes.txt", "one\ntwo\nthree\nfour\nmine, and more\n");
    await expectRefusal("patch", /notes\.txt/);
  });

  test("that were brought along untracked and have been changed since are in the way of a patch", async () => {
    project.write("mine.txt", "untracked\n");
    start = project.git("commit-tree", treeOfFiles(), "-p", project.head(), "-m", "brought");
    result = task((root) => project.write("mine.txt", "the task's\n", root));
    project.write("mine.txt", "changed since\n");
    await expectRefusal("patch", /mine\.txt/);
  });
});

/** All that lies in the project as a tree, without touching the index. */
function treeOfFiles(): string {
  const stash = project.git("stash", "create");
  const root = join(project.base, "brought");
  project.git("worktree", "add", "--quiet", "--detach", root, stash || "HEAD");
  for (const path of project.git("ls-files", "--others", "--exclude-standard").split("\n").filter(Boolean))
    project.write(path, project.read(path), root);
  project.gitIn(root, "add", "--all");
  const tree = project.gitIn(root, "write-tree");
  project.git("worktree", "remove", "--force", root);
  return tree;
}

describe("a checkout in the middle of something", () => {
  test.each(MODES)("as a merge is refused (%s)", async (mode) => {
    project.git("switch", "--quiet", "-c", "side");
    project.write("kept.txt", "theirs\n");
    project.commit("theirs");
    project.git("switch", "--quiet", "main");
    project.write("kept.txt", "ours\n");
    project.commit("ours");
    expect(() => project.git("merge", "side")).toThrow();
    await expectRefusal(mode, /^A merge is under way in your checkout\.$/);
  });

  test.each(MODES)("as a rebase is refused (%s)", async (mode) => {
    project.git("switch", "--quiet", "-c", "side");
    project.write("kept.txt", "theirs\n");
    project.commit("theirs");
    project.git("switch", "--quiet", "main");
    project.write("kept.txt", "ours\n");
    project.commit("ours");
    expect(() => project.git("rebase", "side")).toThrow();
    await expectRefusal(mode, /^A rebase is under way in your checkout\.$/);
  });

  test.each(MODES)("as another git command, which holds the index, is refused (%s)", async (mode) => {
    writeFileSync(join(project.root, ".git", "index.lock"), "");
    await expectRefusal(mode, /^The index is locked: /);
  });
});

describe("before the first commit", () => {
  beforeEach(() => {
    project.remove();
    project = new Project();
    project.init();
    project.write("first.txt", "x\n");
    const tree = (() => {
      project.git("add", "--all");
      const written = project.git("write-tree");
      project.git("rm", "--quiet", "--cached", "-r", ".");
      return written;
    })();
    start = project.git("commit-tree", tree, "-m", "start");
    result = task((root) => project.write("second.txt", "y\n", root));
  });

  test("a result can come as a patch", async () => {
    expect(await apply("patch")).toBeNull();
    expect(project.read("second.txt")).toBe("y\n");
    expect(() => project.head()).toThrow();
  });

  test.each(COMMITTING)("it cannot be committed (%s)", async (mode) => {
    await expectRefusal(mode, /no commit that could be merged with/);
  });
});

describe("with the repository's hooks", () => {
  test.each(COMMITTING)("they run, and the result comes when they agree (%s)", async (mode) => {
    project.installHooks(0);
    const commit = await apply(mode, { withHooks: true });
    expect(project.hasHookRun).toBe(true);
    expect(project.head()).toBe(commit);
    expectWork();
    expect(project.git("status", "--porcelain")).toBe("");
  });

  test.each(COMMITTING)("nothing is changed when one refuses (%s)", async (mode) => {
    const hook = `#!/bin/sh\necho no thanks >&2\nexit 1\n`;
    for (const name of ["pre-commit", "pre-merge-commit"])
      writeFileSync(join(project.root, ".git", "hooks", name), hook, { mode: 0o755 });
    project.write("kept.txt", "mine, not committed\n");
    project.write("untracked.txt", "mine\n");
    const { index: _, ...before } = project.state();
    await expect(apply(mode, { withHooks: true })).rejects.toMatchObject({
      code: "not_applied",
      message: expect.stringContaining("no thanks"),
      hint: expect.stringContaining("--hooks"),
    });
    const { index, ...after } = project.state();
    expect(after).toEqual(before);
    expect(project.has(".git/MERGE_HEAD")).toBe(false);
    expect(project.has(".git/SQUASH_MSG")).toBe(false);
  });

  test.each(COMMITTING)("come to terms with a user who never fast-forwards (%s)", async (mode) => {
    project.git("config", "merge.ff", "false");
    await apply(mode, { withHooks: true });
    expectWork();
  });
});
