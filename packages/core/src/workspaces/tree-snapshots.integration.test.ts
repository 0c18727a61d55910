import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTreeSnapshots } from "./tree-snapshots.js";

let base: string;
let data: string;
let project: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "orchestrator-trees-"));
  data = join(base, "data");
  project = join(base, "project");
  mkdirSync(project);
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const IDENTITY = ["-c", "user.name=Me", "-c", "user.email=me@example.com", "-c", "commit.gpgSign=false"];

function git(...args: string[]): string {
  return execFileSync("git", [...IDENTITY, ...args], { cwd: project, encoding: "utf8", stdio: "pipe" });
}

function write(file: string, content: string | Buffer): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), content);
}

function makeRepository(): void {
  git("init", "--quiet");
  write("kept.txt", "same\n");
  write("old.txt", "one\ntwo\nthree\nfour\n");
  write("gone.txt", "bye\n");
  write(".gitignore", "build/\n*.log\n");
  git("add", "--all");
  git("commit", "--quiet", "-m", "first");
}

/** Every byte below .git. */
function fingerprint(): Record<string, string> {
  const root = join(project, ".git");
  const files = (readdirSync(root, { recursive: true, withFileTypes: true }) as import("node:fs").Dirent[]).filter(
    (entry) => entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      return [path, createHash("sha256").update(readFileSync(path)).digest("hex")];
    }),
  );
}

async function changesOf(act: () => void, directory = project) {
  const snapshots = await openTreeSnapshots(directory, data, "task_a");
  const before = await snapshots.take();
  act();
  const changes = await snapshots.compare(before, await snapshots.take());
  snapshots.close();
  return changes;
}

describe.each([
  ["in a git repository", makeRepository],
  [
    "in a plain directory",
    () => {
      write("kept.txt", "same\n");
      write("old.txt", "one\ntwo\nthree\nfour\n");
      write("gone.txt", "bye\n");
      write(".gitignore", "build/\n*.log\n");
    },
  ],
])("%s", (_, prepare) => {
  beforeEach(prepare);

  test("nothing that happened is nothing to report", async () => {
    expect(await changesOf(() => {})).toEqual([]);
  });

  test("created, modified and deleted files are seen, with their lines", async () => {
    const changes = await changesOf(() => {
      write("src/new.ts", "a\nb\n");
      write("kept.txt", "other\nlines\n");
      rmSync(join(project, "gone.txt"));
    });
    expect(changes).toEqual([
      { path: "gone.txt", kind: "deleted", previousPath: null, linesAdded: 0, linesRemoved: 1 },
      { path: "kept.txt", kind: "modified", previousPath: null, linesAdded: 2, linesRemoved: 1 },
      { path: "src/new.ts", kind: "created", previousPath: null, linesAdded: 2, linesRemoved: 0 },
    ]);
  });

  test("a renamed file is one change, and does not disturb the count of those after it", async () => {
    const changes = await changesOf(() => {
      renameSync(join(project, "old.txt"), join(project, "moved.txt"));
      write("zebra.txt", "1\n2\n3\n");
    });
    expect(changes).toEqual([
      { path: "moved.txt", kind: "renamed", previousPath: "old.txt", linesAdded: 0, linesRemoved: 0 },
      { path: "zebra.txt", kind: "created", previousPath: null, linesAdded: 3, linesRemoved: 0 },
    ]);
  });

  test("a binary file has no lines", async () => {
    expect(await changesOf(() => write("logo.png", Buffer.from([0, 1, 2, 0, 255])))).toEqual([
      { path: "logo.png", kind: "created", previousPath: null, linesAdded: null, linesRemoved: null },
    ]);
  });

  test("a file that a shell command changed is seen", async () => {
    const changes = await changesOf(() => execFileSync("sed", ["-i", "s/two/2/", "old.txt"], { cwd: project }));
    expect(changes).toMatchObject([{ path: "old.txt", kind: "modified", linesAdded: 1, linesRemoved: 1 }]);
  });

  test("a file that becomes a link is modified", async () => {
    const changes = await changesOf(() => {
      rmSync(join(project, "kept.txt"));
      symlinkSync("old.txt", join(project, "kept.txt"));
      write("zebra.txt", "1\n");
    });
    expect(changes.map(({ path, kind }) => `${kind} ${path}`)).toEqual(["modified kept.txt", "created zebra.txt"]);
    expect(changes[1]).toMatchObject({ linesAdded: 1, linesRemoved: 0 });
  });

  test("ignored files are left out", async () => {
    const changes = await changesOf(() => {
      write("build/out.js", "x");
      write("debug.log", "x");
    });
    expect(changes).toEqual([]);
  });

  test("names may have spaces, quotes and letters of every script", async () => {
    const names = ["a b.txt", 'say "hi".txt', "日本語/ファイル.txt", "é\t.txt"];
    const changes = await changesOf(() => {
      for (const name of names) write(name, "x\n");
    });
    expect(changes.map((change) => change.path).sort()).toEqual([...names].sort());
  });

  test("a repository inside that has no commit yet does not keep the rest from being seen", async () => {
    const changes = await changesOf(() => {
      write("inner/file.txt", "x\n");
      execFileSync("git", ["init", "--quiet"], { cwd: join(project, "inner") });
      write("zebra.txt", "x\n");
    });
    expect(changes).toMatchObject([{ path: "zebra.txt", kind: "created" }]);
  });

  test("the difference can be read as a patch", async () => {
    const snapshots = await openTreeSnapshots(project, data, "task_a");
    const before = await snapshots.take();
    write("kept.txt", "changed\n");
    const patch = await snapshots.patch(before, await snapshots.take());
    snapshots.close();
    expect(patch).toContain("-same\n+changed\n");
  });

  test("two tasks in one directory do not disturb each other", async () => {
    const one = await openTreeSnapshots(project, data, "task_one");
    const two = await openTreeSnapshots(project, data, "task_two");
    const before = [await one.take(), await two.take()];
    write("kept.txt", "changed\n");
    const after = await Promise.all([one.take(), two.take()]);
    one.close();
    expect(before[0]).toBe(before[1]);
    expect(after[0]).toBe(after[1]);
    expect(await two.compare(before[0] ?? "", after[1] ?? "")).toHaveLength(1);
    two.close();
  });
});

describe("the user's repository", () => {
  test("is byte for byte what it was, with staged and unstaged changes in it", async () => {
    makeRepository();
    write("staged.txt", "staged\n");
    git("add", "staged.txt");
    write("staged.txt", "and changed again\n");
    write("untracked.txt", "new\n");
    const before = [git("status", "--porcelain"), git("count-objects", "-v"), git("rev-parse", "HEAD")];
    const bytes = fingerprint();
    const changes = await changesOf(() => write("big.txt", "x".repeat(10_000)));
    expect(changes).toHaveLength(1);
    expect(fingerprint()).toEqual(bytes);
    expect([git("status", "--porcelain"), git("count-objects", "-v"), git("rev-parse", "HEAD")]).toEqual([
      before[0]?.replace("?? untracked.txt", "?? big.txt\n?? untracked.txt"),
      before[1],
      before[2],
    ]);
  });

  test("may have no commit yet", async () => {
    git("init", "--quiet");
    write("first.txt", "x\n");
    expect(await changesOf(() => write("second.txt", "y\n"))).toMatchObject([{ path: "second.txt", kind: "created" }]);
  });

  test("may have a hook, which we do not run", async () => {
    makeRepository();
    const hook = join(project, ".git", "hooks", "post-index-change");
    mkdirSync(dirname(hook), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\ntouch ${join(base, "hook-ran")}\n`, { mode: 0o755 });
    await changesOf(() => write("a.txt", "x"));
    expect(readdirSync(base)).not.toContain("hook-ran");
  });

  test("is taken as a whole, its files named as seen from the directory", async () => {
    makeRepository();
    write("packages/app/a.ts", "x\n");
    const changes = await changesOf(
      () => {
        write("packages/app/b.ts", "x\n");
        write("root.txt", "x\n");
      },
      join(project, "packages", "app"),
    );
    expect(changes.map((change) => change.path)).toEqual(["b.ts", join("..", "..", "root.txt")]);
  });

  test.each(["with space", "ünïcode-日本", "colon:inside", 'quote"inside'])("may lie in a folder %s", async (name) => {
    const folder = join(base, name);
    renameSync(project, folder);
    project = folder;
    makeRepository();
    expect(await changesOf(() => write("new.txt", "x\n"))).toMatchObject([{ path: "new.txt", kind: "created" }]);
  });

  test("may be a linked worktree", async () => {
    makeRepository();
    const linked = join(base, "linked");
    git("worktree", "add", "--quiet", linked, "-b", "side");
    project = linked;
    expect(await changesOf(() => write("new.txt", "x\n"))).toMatchObject([{ path: "new.txt" }]);
    expect(git("status", "--porcelain")).toBe("?? new.txt\n");
  });
});

test("what a plain directory should not be read for is left out", async () => {
  const changes = await changesOf(() => {
    write("node_modules/left/index.js", "x");
    write("__pycache__/a.pyc", "x");
    write("main.py", "x\n");
  });
  expect(changes.map((change) => change.path)).toEqual(["main.py"]);
  expect(readdirSync(project)).not.toContain(".git");
});

test("closing takes the index away", async () => {
  makeRepository();
  const snapshots = await openTreeSnapshots(project, data, "task_a");
  await snapshots.take();
  snapshots.close();
  const left = readdirSync(data, { recursive: true }).filter((name) => String(name).includes("index-task_a"));
  expect(left).toEqual([]);
});
