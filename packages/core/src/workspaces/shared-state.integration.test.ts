import { chmodSync, lstatSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project } from "./project.testsuite.js";
import { readSharedState, restoreSharedState, type SharedState } from "./shared-state.js";
import { createWorktree, type Worktree } from "./worktrees.js";

let project: Project;
let worktree: Worktree;
let before: SharedState;

const at = (path: string) => join(project.root, ".git", path);
const read = (path: string) => project.read(path, join(project.root, ".git"));
const inside = (...args: string[]) => project.gitIn(worktree.root, ...args);
const listStash = () => project.git("stash", "list", "--format=%gs").split("\n").filter(Boolean);
const listKept = () => project.git("for-each-ref", "--format=%(refname)", "refs/kept");

beforeEach(async () => {
  project = Project.withCommit();
  project.git("config", "user.name", "Me");
  project.git("config", "user.email", "me@example.com");
  writeFileSync(at("hooks/pre-commit"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  const root = join(project.base, "worktree");
  worktree = { root, branch: "orchestrator/task_a", repository: project.root, commonDirectory: at("") };
  await createWorktree(worktree, project.head(), () => {});
});
afterEach(() => {
  project.remove();
});

/** Lets somebody do something, and puts back what is to be. */
async function after(act: () => void, isAgents = true): Promise<string[]> {
  before = await readSharedState(worktree);
  act();
  const refOf = (position: number) => `refs/kept/${position}`;
  return restoreSharedState(worktree, before, { refOf, isAgents: async () => isAgents });
}

function stash(...names: string[]): void {
  for (const name of names) {
    project.write("notes.txt", `${name}\n`);
    project.git("stash", "push", "--quiet", "-m", name);
  }
}

describe("settings and hooks", () => {
  test("that nobody has touched are not asked about", async () => {
    before = await readSharedState(worktree);
    const isAgents = () => Promise.reject(new Error("asked"));
    expect(await restoreSharedState(worktree, before, { refOf: String, isAgents })).toEqual([]);
  });

  test("that an agent has changed are what they were", async () => {
    const [config, exclude] = [read("config"), read("info/exclude")];
    const changed = await after(() => {
      inside("config", "core.hooksPath", "/tmp/evil");
      writeFileSync(at("info/exclude"), "*\n");
      writeFileSync(at("info/attributes"), "* filter=evil\n");
      writeFileSync(at("hooks/pre-commit"), "#!/bin/sh\nexit 1\n");
      writeFileSync(at("hooks/post-commit"), "#!/bin/sh\n", { mode: 0o755 });
    });
    expect(changed.sort()).toEqual([
      "config",
      "hooks/post-commit",
      "hooks/pre-commit",
      "info/attributes",
      "info/exclude",
    ]);
    expect([read("config"), read("info/exclude")]).toEqual([config, exclude]);
    expect(read("hooks/pre-commit")).toBe("#!/bin/sh\nexit 0\n");
    expect([project.has(".git/hooks/post-commit"), project.has(".git/info/attributes")]).toEqual([false, false]);
    expect(await after(() => {})).toEqual([]);
  });

  test("that an agent has removed are there again", async () => {
    expect(await after(() => rmSync(at("hooks"), { recursive: true }))).toEqual(["hooks/pre-commit"]);
    expect(statSync(at("hooks/pre-commit")).mode & 0o777).toBe(0o755);
  });

  test("that run no more are run again", async () => {
    expect(await after(() => chmodSync(at("hooks/pre-commit"), 0o644))).toEqual(["hooks/pre-commit"]);
    expect(statSync(at("hooks/pre-commit")).mode & 0o777).toBe(0o755);
  });

  test("are not written through a link that an agent has put in their place", async () => {
    project.write("../elsewhere", "mine\n");
    const changed = await after(() => {
      rmSync(at("hooks/pre-commit"));
      symlinkSync(join(project.base, "elsewhere"), at("hooks/pre-commit"));
      symlinkSync("/tmp/evil", at("hooks/post-merge"));
    });
    expect(changed.sort()).toEqual(["hooks/post-merge", "hooks/pre-commit"]);
    expect(project.read("../elsewhere")).toBe("mine\n");
    expect(lstatSync(at("hooks/pre-commit")).isFile()).toBe(true);
    expect(lstatSync(at("hooks/post-merge"), { throwIfNoEntry: false })).toBeUndefined();
  });

  test("may be links of the user's own, and folders", async () => {
    symlinkSync("../../tools/hook", at("hooks/pre-push"));
    project.write(".git/hooks/parts/one", "x\n");
    expect(await after(() => {})).toEqual([]);
    expect(await after(() => rmSync(at("hooks/pre-push")))).toEqual(["hooks/pre-push"]);
    expect(readlinkSync(at("hooks/pre-push"))).toBe("../../tools/hook");
    expect(project.has(".git/hooks/parts/one")).toBe(true);
  });

  test("that the user has changed meanwhile stay", async () => {
    const changed = await after(() => {
      project.git("config", "core.editor", "ed");
      rmSync(at("hooks/pre-commit"));
    }, false);
    expect(changed).toEqual([]);
    expect(read("config")).toContain("editor = ed");
    expect(project.has(".git/hooks/pre-commit")).toBe(false);
  });
});

describe("the stash", () => {
  const isPutBack = ["entries of your stash"];

  test("has an entry again that an agent has taken off it, where it was", async () => {
    stash("first", "second", "third");
    const entries = project.git("stash", "list", "--format=%H %gs");
    expect(await after(() => inside("stash", "drop", "--quiet", "stash@{1}"))).toEqual(isPutBack);
    expect(project.git("stash", "list", "--format=%H %gs")).toBe(entries);
    expect(listKept()).toBe("");
  });

  test("has all of them again when it was cleared, and what came meanwhile on top", async () => {
    stash("first", "second");
    const changed = await after(() => {
      inside("stash", "clear");
      stash("meanwhile");
    });
    expect(changed).toEqual(isPutBack);
    expect(listStash()).toEqual(["On main: meanwhile", "On main: second", "On main: first"]);
  });

  test("to which something was only added is left as it is", async () => {
    stash("first");
    expect(await after(() => stash("second"))).toEqual([]);
    expect(listStash()).toEqual(["On main: second", "On main: first"]);
  });

  test("from which the user has taken an entry stays so", async () => {
    stash("first");
    expect(await after(() => void project.git("stash", "drop", "--quiet"), false)).toEqual([]);
    expect(listStash()).toEqual([]);
  });
});
