import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, loadConfig } from "./config/index.js";
import type { TaskType } from "./domain/index.js";
import { findPlace } from "./place.js";

let base: string;
let project: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-place-")));
  project = join(base, "project");
  mkdirSync(project);
  execFileSync("git", ["init", "--quiet"], { cwd: project });
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
}

const leaveGit = () => rmSync(join(project, ".git"), { recursive: true });

interface Given {
  directory?: string;
  inPlace?: boolean | null;
  uncommitted?: "bring" | "leave" | null;
  taskType?: TaskType;
  config?: Partial<Config>;
}

function find({
  directory = "",
  inPlace = null,
  uncommitted = null,
  taskType = "feature_implementation",
  config,
}: Given = {}) {
  const workingDirectory = join(project, directory);
  const environment = { ORCHESTRATOR_HOME: join(base, "data"), HOME: base };
  const loaded = { ...loadConfig({ environment, workingDirectory }), ...config };
  return findPlace({ workingDirectory, inPlace, uncommitted }, taskType, loaded, process.env);
}

const npmTest = () => write("package.json", JSON.stringify({ name: "app", scripts: { test: "node --test" } }));

describe("where a task works", () => {
  test("is a worktree in a git repository", async () => {
    expect(await find()).toMatchObject({ workspaceKind: "worktree", uncommitted: "bring", warnings: [] });
  });

  test("is the directory itself on request, or where the settings say so; the request wins", async () => {
    expect(await find({ inPlace: true })).toMatchObject({ workspaceKind: "in_place" });
    expect(await find({ config: { inPlace: true } })).toMatchObject({ workspaceKind: "in_place" });
    expect(await find({ inPlace: false, config: { inPlace: true } })).toMatchObject({ workspaceKind: "worktree" });
  });

  test("is the directory itself outside of git", async () => {
    leaveGit();
    expect(await find()).toMatchObject({ workspaceKind: "in_place", warnings: [] });
  });

  test("is the directory itself where git ignores it, with a warning", async () => {
    write(".gitignore", "scratch/\n");
    mkdirSync(join(project, "scratch", "deep"), { recursive: true });
    const place = await find({ directory: "scratch/deep" });
    expect(place.workspaceKind).toBe("in_place");
    expect(place.warnings).toEqual([expect.stringMatching(/^git ignores .*scratch\/deep, so no copy/)]);
  });

  test("cannot be found in a repository that git refuses, but in place it can be worked there", async () => {
    write(".git/config", "[broken\n");
    await expect(find()).rejects.toMatchObject({ code: "workspace_failed" });
    expect(await find({ inPlace: true })).toMatchObject({ workspaceKind: "in_place" });
  });

  test("takes uncommitted changes along or not as the request says, or else the settings", async () => {
    expect(await find({ uncommitted: "leave" })).toMatchObject({ uncommitted: "leave" });
    expect(await find({ config: { uncommitted: "leave" } })).toMatchObject({ uncommitted: "leave" });
    expect(await find({ uncommitted: "bring", config: { uncommitted: "leave" } })).toMatchObject({
      uncommitted: "bring",
    });
  });
});

describe("its checks", () => {
  test("are found from the project's files", async () => {
    npmTest();
    const { checks } = await find();
    expect(checks).toMatchObject([{ name: "test", directory: "", source: expect.stringContaining("package.json") }]);
  });

  test("are found below the directory that the task works in, as seen from the top", async () => {
    write("packages/app/package.json", JSON.stringify({ scripts: { test: "node --test" } }));
    const { checks } = await find({ directory: "packages/app" });
    expect(checks).toMatchObject([{ directory: "packages/app" }]);
  });

  test("are those of the settings, and no others, where they name some", async () => {
    npmTest();
    const checks = ["make test", { command: "make lint", name: "lint", directory: "tools", timeoutMinutes: 2 }];
    expect((await find({ config: { checks } })).checks).toEqual([
      { name: "check-1", command: "make test", directory: "", timeoutMinutes: 15, source: "config", definition: "" },
      { name: "lint", command: "make lint", directory: "tools", timeoutMinutes: 2, source: "config", definition: "" },
    ]);
  });

  test("of the settings have names of their own", async () => {
    const names = async (...checks: NonNullable<Config["checks"]>) =>
      (await find({ config: { checks } })).checks.map((check) => check.name);
    expect(await names("make test")).toEqual(["test"]);
    expect(await names("a", { command: "b", name: "check-1" }, { command: "c", name: "check-1" })).toEqual([
      "check-1",
      "check-1-2",
      "check-1-3",
    ]);
  });

  test("of the settings run where the task works, unless they say where", async () => {
    mkdirSync(join(project, "packages", "app"), { recursive: true });
    const { checks } = await find({ directory: "packages/app", config: { checks: ["make test"] } });
    expect(checks).toMatchObject([{ directory: "packages/app" }]);
  });

  test("are none where the settings say so", async () => {
    npmTest();
    expect((await find({ config: { checks: [] } })).checks).toEqual([]);
  });

  test("are none for a review of code, which changes nothing", async () => {
    npmTest();
    expect((await find({ taskType: "code_review", config: { checks: ["make test"] } })).checks).toEqual([]);
  });

  test("are found outside of git and in place as well", async () => {
    npmTest();
    expect((await find({ inPlace: true })).checks).toHaveLength(1);
    leaveGit();
    expect((await find()).checks).toHaveLength(1);
  });
});
