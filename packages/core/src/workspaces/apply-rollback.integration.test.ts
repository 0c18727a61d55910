import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, type TestContext, test } from "vitest";
import type { ApplyMode } from "../domain/index.js";
import { applyResult } from "./apply.js";
import { AUTHOR, Project } from "./project.testsuite.js";

const MODES: ApplyMode[] = ["merge", "squash", "patch"];

let project: Project;
let unlock: (() => void) | null = null;

beforeEach(() => {
  project = Project.withCommit();
  project.write("a/changed.txt", "before\n");
  project.write("a/script.sh", "#!/bin/sh\n");
  project.write("b/renamed.txt", "one\ntwo\nthree\n");
  project.write("b/removed.txt", "bye\n");
  project.write("locked/last.txt", "before\n");
  project.commit("filled");
});
afterEach(() => {
  unlock?.();
  unlock = null;
  project.remove();
});

/** The result of a task that git has written in part when it comes to the folder `locked`: it goes by name. */
function task(start: string): string {
  const root = join(project.base, "worktree");
  project.git("worktree", "add", "--quiet", "--detach", root, start);
  project.write("a/changed.txt", "after\n", root);
  chmodSync(join(root, "a/script.sh"), 0o755);
  project.write("a/new.txt", "new\n", root);
  project.write("fresh/deep/new.txt", "new\n", root);
  project.gitIn(root, "mv", "b/renamed.txt", "a/renamed.txt");
  project.delete("b/removed.txt", root);
  project.write("locked/last.txt", "after\n", root);
  project.write("locked/new.txt", "new\n", root);
  project.gitIn(root, "add", "--all");
  project.gitIn(root, "commit", "--quiet", "-m", "work");
  return project.gitIn(root, "rev-parse", "HEAD");
}

/** Makes a folder one that nobody can write to: root only minds a flag of the file system. */
function lock({ skip }: TestContext, folder: string): void {
  const path = join(project.root, folder);
  if (process.getuid?.() !== 0) {
    chmodSync(path, 0o555);
    unlock = () => chmodSync(path, 0o755);
    return;
  }
  const setFlag = (flag: string) => execFileSync("chattr", [flag, path], { stdio: "pipe" });
  try {
    setFlag("+i");
  } catch (error) {
    skip(`NOT TESTED: no folder can be locked against root here: ${(error as Error).message}`);
  }
  unlock = () => setFlag("-i");
}

async function apply(mode: ApplyMode, start: string, result: string) {
  const application = { mode, start, result, message: "Apply it", fallbackAuthor: AUTHOR, withHooks: false };
  return applyResult(await project.repository(), application);
}

/** Without the index itself: what it says of the files is in `status`. */
function stateOf() {
  const { index: _, ...state } = project.state();
  return { ...state, staged: project.git("diff", "--cached", "--name-only"), folders: readdirSync(project.root) };
}

test.for(MODES)("a result that cannot be written to its end is taken back as a whole (%s)", async (mode, context) => {
  const start = project.head();
  const result = task(start);
  project.write("kept.txt", "mine, not committed\n");
  project.write("a/mine.txt", "mine, untracked\n");
  const before = stateOf();
  lock(context, "locked");
  await expect(apply(mode, start, result)).rejects.toMatchObject({
    code: "not_applied",
    message: expect.stringContaining("locked/"),
    hint: expect.stringContaining("Nothing was changed."),
  });
  expect(stateOf()).toEqual(before);
  unlock?.();
  await apply(mode, start, result);
  expect([project.read("a/changed.txt"), project.read("locked/last.txt")]).toEqual(["after\n", "after\n"]);
});

test("a patch on changes that were brought along is taken back to these", async (context) => {
  project.write("a/changed.txt", "before\nmine\n");
  const start = project.git("stash", "create");
  const result = task(start);
  const before = stateOf();
  lock(context, "locked");
  await expect(apply("patch", start, result)).rejects.toMatchObject({ code: "not_applied" });
  expect(stateOf()).toEqual(before);
  expect(project.read("a/changed.txt")).toBe("before\nmine\n");
});
