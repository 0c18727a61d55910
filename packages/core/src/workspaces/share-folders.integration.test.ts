import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findAlteredShares } from "./altered-shares.js";
import { findSharedFolders, shareFolders } from "./share-folders.js";

let base: string;
/** The user's checkout and the workspace, with names that need care. */
let from: string;
let to: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-share-")));
  from = join(base, "mein Projekt é");
  to = join(base, "work trees", "tâche 1");
  mkdirSync(from);
  run("git", ["init", "--quiet"], from);
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const IDENTITY = ["-c", "user.name=Me", "-c", "user.email=me@example.com", "-c", "commit.gpgSign=false"];

function run(command: string, args: string[], cwd: string): string {
  const options = command === "git" ? [...IDENTITY, ...args] : args;
  return execFileSync(command, options, { cwd, encoding: "utf8", stdio: "pipe" });
}

function npmInstall(cwd: string): void {
  run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], cwd);
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Commits what git does not ignore, and checks it out at another place. */
function makeWorktree(): void {
  run("git", ["add", "--all"], from);
  run("git", ["commit", "--quiet", "--allow-empty", "-m", "first"], from);
  run("git", ["worktree", "add", "--quiet", "--detach", to], from);
}

async function share(folders: string[]) {
  const warnings: string[] = [];
  const result = await shareFolders({ from, to, folders, onWarning: (message) => warnings.push(message) });
  return { ...result, warnings };
}

/** Every path below a folder, with what lies there. */
function fingerprint(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    paths.map((path) => {
      const stats = lstatSync(join(folder, path));
      if (stats.isSymbolicLink()) return [path, `-> ${readlinkSync(join(folder, path))}`];
      const content = stats.isFile() ? readFileSync(join(folder, path), "base64") : "";
      return [path, `${stats.mode} ${stats.mtimeMs} ${content}`];
    }),
  );
}

function inode(path: string): number {
  return lstatSync(path).ino;
}

describe("finding dependency folders", () => {
  test("names those that git ignores, at any depth and the shallowest first", async () => {
    write(join(from, ".gitignore"), "node_modules/\n");
    write(join(from, "node_modules/a/node_modules/b/index.js"), "");
    write(join(from, 'packages/weiß "1"/node_modules/c/index.js'), "");
    expect(await findSharedFolders(from)).toEqual(["node_modules", 'packages/weiß "1"/node_modules']);
  });

  test("leaves those alone that the checkout has already", async () => {
    write(join(from, "node_modules/a/index.js"), "");
    expect(await findSharedFolders(from)).toEqual([]);
  });

  test("knows a Python environment that ignores itself, as uv makes them", async () => {
    write(join(from, ".venv/.gitignore"), "*\n");
    write(join(from, ".venv/pyvenv.cfg"), "");
    expect(await findSharedFolders(from)).toEqual([".venv"]);
  });

  test("enters no link, no other repository and no other ignored folder", async () => {
    write(join(from, ".gitignore"), "node_modules\ndist/\n");
    write(join(base, "elsewhere/node_modules/a/index.js"), "");
    symlinkSync(join(base, "elsewhere"), join(from, "link"));
    symlinkSync(join(base, "elsewhere", "node_modules"), join(from, "node_modules"));
    write(join(from, "inner/node_modules/a/index.js"), "");
    run("git", ["init", "--quiet"], join(from, "inner"));
    write(join(from, "dist/node_modules/a/index.js"), "");
    expect(await findSharedFolders(from)).toEqual([]);
    expect(await findSharedFolders(from, ["link/node_modules"])).toEqual([]);
  });

  test("takes other names, and paths also below an ignored folder", async () => {
    write(join(from, ".gitignore"), "deps/\nvendor/\n");
    write(join(from, "a/deps/x.txt"), "");
    write(join(from, "vendor/bundle/x.txt"), "");
    expect(await findSharedFolders(from, ["deps", "./vendor/bundle/", "vendor/missing"])).toEqual([
      "a/deps",
      "vendor/bundle",
    ]);
  });

  test("stays within bounds", async () => {
    write(join(from, ".gitignore"), "node_modules\n");
    for (let index = 0; index < 60; index += 1) write(join(from, `p${index}/node_modules/a.js`), "");
    write(join(from, "1/2/3/4/5/6/node_modules/a.js"), "");
    const found = await findSharedFolders(from);
    expect(found).toHaveLength(50);
    expect(found.every((path) => path.startsWith("p"))).toBe(true);
  });

  test.each(["/etc", "../other", "a/../..", ".", "", ".git/hooks"])("refuses the name %j", async (name) => {
    await expect(findSharedFolders(from, [name])).rejects.toMatchObject({ code: "invalid_config" });
  });
});

describe("a repository of npm workspaces", () => {
  beforeEach(async () => {
    write(join(from, ".gitignore"), "node_modules/\n");
    write(join(from, "package.json"), JSON.stringify({ name: "root", private: true, workspaces: ["packages/*"] }));
    write(
      join(from, "packages/app/package.json"),
      JSON.stringify({ name: "app", version: "1.0.0", dependencies: { library: "file:../library" } }),
    );
    write(
      join(from, "packages/library/package.json"),
      JSON.stringify({ name: "library", version: "1.0.0", main: "index.js", bin: "index.js" }),
    );
    write(join(from, "packages/library/index.js"), "#!/usr/bin/env node\nmodule.exports = 'the code of the user';\n");
    npmInstall(from);
    // As if from a registry, which the tests do without.
    write(join(from, "node_modules/third/index.js"), "module.exports = 3;\n");
    write(join(from, "node_modules/.cache/tool/big.bin"), "cache");
    write(join(from, "node_modules/.prisma/client/index.js"), "generated");
    makeWorktree();
  });

  const inApp = (script: string) => run("node", ["-e", script], join(to, "packages/app"));

  test("resolves its packages to the code of the workspace", async () => {
    expect(await findSharedFolders(from)).toEqual(["node_modules"]);
    expect(await share(["node_modules"])).toMatchObject({ shared: ["node_modules"], warnings: [] });
    write(join(to, "packages/library/index.js"), "module.exports = 'the code of the task';\n");
    expect(inApp("console.log(require('library'), require('third'))")).toBe("the code of the task 3\n");
    expect(readlinkSync(join(to, "node_modules/library"))).toBe("../packages/library");
    expect(readlinkSync(join(to, "node_modules/.bin/library"))).toBe("../library/index.js");
    expect(run("git", ["status", "--porcelain"], to)).toBe(" M packages/library/index.js\n");
  });

  test("shares files without taking room, except those that tools rewrite in place", async () => {
    const { method } = await share(["node_modules"]);
    const isShared = (file: string) => inode(join(to, file)) === inode(join(from, file));
    expect(isShared("node_modules/third/index.js")).toBe(method === "hard_link");
    expect(isShared("node_modules/.package-lock.json")).toBe(false);
    expect(isShared("node_modules/.prisma/client/index.js")).toBe(false);
    expect(existsSync(join(to, "node_modules/.cache"))).toBe(false);
    const list = "node_modules/.package-lock.json";
    expect(statSync(join(to, list)).mtime).toEqual(statSync(join(from, list)).mtime);
  });

  test("has a folder of the user's that stays as it is, whatever is installed or removed in the workspace", async () => {
    const before = fingerprint(from);
    await share(["node_modules"]);
    npmInstall(to);
    rmSync(join(to, "node_modules/third"), { recursive: true, force: true });
    rmSync(join(to, "node_modules"), { recursive: true });
    npmInstall(to);
    const changed = ([path]: [string, string]) => !path.startsWith(".git");
    expect(Object.entries(fingerprint(from)).filter(changed)).toEqual(Object.entries(before).filter(changed));
  });

  test("can be shared twice", async () => {
    await share(["node_modules"]);
    const before = fingerprint(join(to, "node_modules"));
    expect(await share(["node_modules"])).toMatchObject({ shared: ["node_modules"], warnings: [] });
    expect(fingerprint(join(to, "node_modules"))).toEqual(before);
  });
});

describe("sharing", () => {
  beforeEach(() => {
    write(join(from, ".gitignore"), "node_modules/\n.venv/\n");
    write(join(from, "packages/a/index.js"), "");
  });

  test("keeps a store of packages with its relative links, as pnpm makes it", async () => {
    const store = join(from, "node_modules/.pnpm");
    write(join(store, "left@1.0.0/node_modules/left/index.js"), "module.exports = require('right');\n");
    write(join(store, "right@1.0.0/node_modules/right/index.js"), "module.exports = __filename;\n");
    write(join(store, "lock.yaml"), "lock");
    symlinkSync("../../right@1.0.0/node_modules/right", join(store, "left@1.0.0/node_modules/right"));
    mkdirSync(join(from, "packages/a/node_modules/.bin"), { recursive: true });
    symlinkSync("../../../node_modules/.pnpm/left@1.0.0/node_modules/left", join(from, "packages/a/node_modules/left"));
    write(join(from, "packages/a/node_modules/.bin/tool"), `export NODE_PATH="${from}/node_modules/.pnpm"\n`);
    makeWorktree();
    const folders = await findSharedFolders(from);
    expect(folders).toEqual(["node_modules", "packages/a/node_modules"]);
    await share(folders);
    const file = run("node", ["-p", "require('left')"], join(to, "packages/a")).trim();
    expect(file).toBe(join(to, "node_modules/.pnpm/right@1.0.0/node_modules/right/index.js"));
    expect(inode(join(to, "node_modules/.pnpm/lock.yaml"))).not.toBe(inode(join(store, "lock.yaml")));
    expect(readFileSync(join(to, "packages/a/node_modules/.bin/tool"), "utf8")).toContain(`"${to}/node_modules/.pnpm"`);
  });

  test("rewrites links that would lead to another place", async () => {
    const modules = join(from, "node_modules");
    write(join(base, "outside/index.js"), "");
    mkdirSync(modules);
    symlinkSync("../packages/a", join(modules, "inside"));
    symlinkSync("../../outside", join(modules, "outside"));
    symlinkSync(join(from, "packages/a"), join(modules, "absolute"));
    symlinkSync("/usr/bin/env", join(modules, "system"));
    makeWorktree();
    await share(["node_modules"]);
    const target = (name: string) => readlinkSync(join(to, "node_modules", name));
    expect(target("inside")).toBe("../packages/a");
    expect(target("outside")).toBe(join(base, "outside"));
    expect(target("absolute")).toBe(join(to, "packages/a"));
    expect(target("system")).toBe("/usr/bin/env");
  });

  test("keeps modes and times, and leaves out what is no file", async () => {
    const tool = join(from, "node_modules/a/tool.sh");
    write(tool, "");
    chmodSync(tool, 0o750);
    chmodSync(dirname(tool), 0o500);
    utimesSync(dirname(tool), 1_000, 2_000);
    run("mkfifo", [join(from, "node_modules/pipe")], from);
    makeWorktree();
    expect((await share(["node_modules"])).warnings).toEqual([]);
    const folder = statSync(join(to, "node_modules/a"));
    expect(statSync(join(to, "node_modules/a/tool.sh")).mode & 0o777).toBe(0o750);
    expect(folder.mode & 0o777).toBe(0o700);
    expect(folder.mtimeMs).toBe(2_000_000);
    expect(readdirSync(join(to, "node_modules"))).toEqual(["a"]);
    chmodSync(dirname(tool), 0o700);
  });

  test("writes through no link of the branch, and says why a folder is missing", async () => {
    write(join(from, "node_modules/a/index.js"), "");
    write(join(from, "packages/a/node_modules/b.js"), "");
    makeWorktree();
    rmSync(join(to, "packages"), { recursive: true });
    symlinkSync(join(from, "packages"), join(to, "packages"));
    symlinkSync(join(from, "node_modules"), join(to, "node_modules"));
    const before = fingerprint(from);
    const { shared, warnings } = await share(["node_modules", "packages/a/node_modules", "gone"]);
    expect(shared).toEqual([]);
    expect(warnings).toEqual([
      expect.stringContaining("node_modules is not shared with the workspace: something else"),
      expect.stringContaining("packages/a/node_modules is not shared with the workspace: something else"),
      expect.stringContaining("gone is not shared with the workspace: it is missing"),
    ]);
    expect(fingerprint(from)).toEqual(before);
  });

  test("says once that files could not be shared", async () => {
    write(join(from, "node_modules/a/index.js"), "");
    write(join(from, "node_modules/b/index.js"), "");
    write(join(from, "node_modules/c/index.js"), "c");
    makeWorktree();
    // In the place of two folders the workspace has files.
    write(join(to, "node_modules/a"), "");
    write(join(to, "node_modules/b"), "");
    const { shared, warnings } = await share(["node_modules"]);
    expect(shared).toEqual(["node_modules"]);
    expect(warnings).toEqual([expect.stringMatching(/^2 of the files in .*node_modules could not be shared/)]);
    expect(readFileSync(join(to, "node_modules/c/index.js"), "utf8")).toBe("c");
  });

  test("names a shared file that was rewritten in place, and no other", async () => {
    for (const name of ["old", "replaced", "rewritten"]) {
      const file = join(from, `node_modules/${name}/index.js`);
      write(file, name);
      utimesSync(file, 1_000, 1_000);
      // What a workspace shares has two names, also where this file system would clone.
      linkSync(file, join(base, name));
    }
    rmSync(join(base, "replaced"));
    write(join(base, "replaced"), "new");
    appendFileSync(join(base, "rewritten"), "new");
    const look = (sinceMs: number) => findAlteredShares({ from, folders: ["node_modules"], sinceMs });
    expect(await look(2_000_000)).toEqual(["node_modules/rewritten/index.js"]);
    expect(await look(Date.now() + 60_000)).toEqual([]);
  });
});

/** A file system of its own, to which nothing can be linked: in memory, or on the disk where tests are in memory. */
const OTHER_FILE_SYSTEM = ["/dev/shm", "/var/tmp"].find(
  (place) => existsSync(place) && statSync(place).dev !== statSync(tmpdir()).dev,
);

describe.skipIf(OTHER_FILE_SYSTEM === undefined)("to another file system", () => {
  beforeEach(() => {
    to = mkdtempSync(join(OTHER_FILE_SYSTEM ?? "", "orchestrator-share-"));
    write(join(from, "node_modules/a/index.js"), "a");
  });
  afterEach(() => {
    rmSync(to, { recursive: true, force: true });
  });

  test("files are copied", async () => {
    expect(await share(["node_modules"])).toEqual({ shared: ["node_modules"], method: "copy", warnings: [] });
    expect(readFileSync(join(to, "node_modules/a/index.js"), "utf8")).toBe("a");
    expect(readdirSync(join(to, "node_modules"))).toEqual(["a"]);
  });

  test("a folder too large to be copied is left out, with a remedy; its caches do not count", async () => {
    write(join(from, "packages/a/node_modules/.cache/hollow.bin"), "");
    truncateSync(join(from, "packages/a/node_modules/.cache/hollow.bin"), 2 * 1024 ** 3);
    write(join(from, "node_modules/a/hollow.bin"), "");
    truncateSync(join(from, "node_modules/a/hollow.bin"), 1024 ** 3 + 1);
    const { shared, warnings } = await share(["node_modules", "packages/a/node_modules"]);
    expect(shared).toEqual(["packages/a/node_modules"]);
    expect(warnings).toEqual([expect.stringContaining("Name a set-up command such as npm ci under setup:")]);
    expect(existsSync(join(to, "node_modules"))).toBe(false);
  });
});

const hasPython = (() => {
  try {
    execFileSync("python3", ["-c", "import venv"], { stdio: "ignore" });
    return true;
  } catch {
    // Without Python there is nothing to test.
    return false;
  }
})();

describe.skipIf(!hasPython)("a Python environment", () => {
  test("belongs to the workspace: its scripts, its prefix and what is installed for editing", async () => {
    write(join(from, ".gitignore"), ".venv/\n");
    write(join(from, "source/mine.py"), "WHERE = __file__\n");
    run("python3", ["-m", "venv", "--without-pip", ".venv"], from);
    const script = join(from, ".venv/bin/hello");
    write(script, `#!/bin/sh\n'''exec' "${from}/.venv/bin/python" "$0" "$@"\n' '''\nimport mine; print(mine.WHERE)\n`);
    chmodSync(script, 0o755);
    const packages = run(
      join(from, ".venv/bin/python"),
      ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
      from,
    ).trim();
    write(join(packages, "mine.pth"), `${from}/source\n`);
    write(join(packages, "other.py"), "OTHER = 1\n");
    makeWorktree();
    const { method } = await share(await findSharedFolders(from));
    const python = join(to, ".venv/bin/python");
    expect(run(python, ["-c", "import sys; print(sys.prefix)"], to).trim()).toBe(join(to, ".venv"));
    expect(run(join(to, ".venv/bin/hello"), [], to).trim()).toBe(join(to, "source/mine.py"));
    for (const file of ["bin/activate", "bin/hello", "pyvenv.cfg"]) {
      expect(readFileSync(join(to, ".venv", file), "utf8")).not.toContain(from);
    }
    expect(readFileSync(join(to, ".venv/bin/activate"), "utf8")).toContain(join(to, ".venv"));
    expect(readFileSync(script, "utf8")).toContain(from);
    const other = packages.slice(from.length + 1);
    const isShared = inode(join(to, other, "other.py")) === inode(join(packages, "other.py"));
    expect(isShared).toBe(method === "hard_link");
  });
});
