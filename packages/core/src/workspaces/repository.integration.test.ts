import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Project } from "./project.testsuite.js";
import { findRepository, isIgnored } from "./repository.js";

let project: Project;

beforeEach(() => {
  project = Project.withCommit();
});
afterEach(() => {
  vi.unstubAllEnvs();
  project.remove();
});

describe("the repository of a directory", () => {
  test("is found at its top", async () => {
    const gitDirectory = join(project.root, ".git");
    expect(await findRepository(project.root)).toEqual({
      topLevel: project.root,
      commonDirectory: gitDirectory,
      gitDirectory,
      prefix: "",
      head: project.head(),
      branch: "main",
    });
  });

  test("is found from a folder below it, which is named from the top", async () => {
    project.write("packages/app/index.js", "");
    expect(await findRepository(join(project.root, "packages", "app"))).toMatchObject({
      topLevel: project.root,
      prefix: "packages/app",
    });
  });

  test("is found through a link", async () => {
    mkdirSync(join(project.root, "src"));
    symlinkSync(join(project.root, "src"), join(project.base, "link"));
    expect(await findRepository(join(project.base, "link"))).toMatchObject({ topLevel: project.root, prefix: "src" });
  });

  test("may have a branch whose name has slashes", async () => {
    project.git("switch", "--quiet", "-c", "feature/some-thing");
    expect(await findRepository(project.root)).toMatchObject({ branch: "feature/some-thing" });
  });

  test("has no branch where HEAD is detached", async () => {
    const head = project.head();
    project.git("checkout", "--quiet", "--detach");
    expect(await findRepository(project.root)).toMatchObject({ head, branch: null });
  });

  test("has no head before its first commit", async () => {
    const fresh = new Project();
    fresh.init();
    expect(await findRepository(fresh.root)).toMatchObject({ head: null, branch: "main", topLevel: fresh.root });
    fresh.remove();
  });

  test("may be a linked worktree, which shares the objects of another", async () => {
    const linked = join(project.base, "linked");
    project.git("worktree", "add", "--quiet", "-b", "side", linked);
    expect(await findRepository(linked)).toMatchObject({
      topLevel: linked,
      commonDirectory: join(project.root, ".git"),
      gitDirectory: join(project.root, ".git", "worktrees", "linked"),
      branch: "side",
    });
  });

  test("may be a linked worktree of a bare one", async () => {
    const bare = join(project.base, "bare.git");
    const linked = join(project.base, "linked");
    project.git("clone", "--quiet", "--bare", project.root, bare);
    project.gitIn(bare, "worktree", "add", "--quiet", "-b", "side", linked);
    expect(await findRepository(linked)).toMatchObject({ topLevel: linked, commonDirectory: bare, branch: "side" });
  });

  test("may be a submodule", async () => {
    const library = Project.withCommit("library");
    project.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.root, "lib");
    expect(await findRepository(join(project.root, "lib"))).toMatchObject({
      topLevel: join(project.root, "lib"),
      gitDirectory: join(project.root, ".git", "modules", "lib"),
      prefix: "",
    });
    library.remove();
  });

  test.each(["with space", "ünïcode-日本", "quote'inside", "-dash", "colon:inside"])(
    "may lie in a folder named %s",
    async (name) => {
      const odd = Project.withCommit(name);
      odd.write(`${name}/a.txt`, "");
      expect(await findRepository(join(odd.root, name))).toMatchObject({ topLevel: odd.root, prefix: name });
      odd.remove();
    },
  );

  test("is not that which the caller's own environment names", async () => {
    const other = Project.withCommit();
    vi.stubEnv("GIT_DIR", join(other.root, ".git"));
    vi.stubEnv("GIT_WORK_TREE", other.root);
    expect(await findRepository(project.root)).toMatchObject({ topLevel: project.root });
    other.remove();
  });

  test("is none outside of git", async () => {
    const plain = new Project();
    expect(await findRepository(plain.root)).toBeNull();
    plain.remove();
  });
});

describe("a directory without a checkout is refused", () => {
  test("in a bare repository", async () => {
    const bare = join(project.base, "bare.git");
    project.git("clone", "--quiet", "--bare", project.root, bare);
    await expect(findRepository(bare)).rejects.toMatchObject({
      code: "workspace_failed",
      message: expect.stringContaining("without a checkout"),
      hint: expect.stringContaining("git worktree add"),
    });
  });

  test("inside of .git", async () => {
    await expect(findRepository(join(project.root, ".git"))).rejects.toMatchObject({ code: "workspace_failed" });
    await expect(findRepository(join(project.root, ".git", "refs"))).rejects.toMatchObject({
      code: "workspace_failed",
    });
  });

  test("where git cannot read its own files, with git's words", async () => {
    project.write(".git/config", "[broken\n");
    await expect(findRepository(project.root)).rejects.toMatchObject({
      code: "workspace_failed",
      message: expect.stringContaining("bad config"),
      hint: expect.stringContaining("--in-place"),
    });
  });

  test("where a .git file leads nowhere", async () => {
    rmSync(join(project.root, ".git"), { recursive: true });
    project.write(".git", "gitdir: /nowhere/at/all\n");
    await expect(findRepository(project.root)).rejects.toMatchObject({ code: "workspace_failed" });
  });
});

test("without git there is no repository as far as anybody can tell", async () => {
  vi.stubEnv("PATH", project.base);
  expect(await findRepository(project.root)).toBeNull();
});

describe("a directory is ignored", () => {
  const ask = async (path: string) => isIgnored(await project.repository(join(project.root, path)));

  beforeEach(() => {
    project.write(".gitignore", "build/\n*.tmp\n/packages/*\n!/packages/kept\n");
    for (const path of ["build/inner", "packages/other", "packages/kept", "src"])
      mkdirSync(join(project.root, path), { recursive: true });
  });

  test.each([
    ["build", true],
    ["build/inner", true],
    ["packages/other", true],
    ["packages/kept", false],
    ["src", false],
    ["", false],
  ])("where git says so: %s %s", async (path, expected) => {
    expect(await ask(path)).toBe(expected);
  });
});
