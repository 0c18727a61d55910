import { execFileSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test, vi } from "vitest";
import { type Outcome, runCommand } from "./command-line.js";
import { handOver, openStage, play, type Stage } from "./fixtures.js";
import { cutOff, startElsewhere, works } from "./interrupted.js";

/** Many starts of Node and of the CLI in each: on a machine that is busy with others they take their time. */
vi.setConfig({ testTimeout: 150_000 });

const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" });
const run = (stage: Stage, ...args: string[]): Promise<Outcome> =>
  runCommand(args, { environment: stage.environment, cwd: stage.workspace });

interface Finding {
  name: string;
  state: string;
  message: string;
  remedy: string;
}

/** What doctor says about the records and folders of the orchestrator. */
async function examine(stage: Stage, ...flags: string[]): Promise<{ findings: Finding[]; code: number | null }> {
  const { stdout, code } = await run(stage, "doctor", "--json", ...flags);
  const names = ["repair", "database", "owners", "tasks", "workspaces", "locks"];
  return { findings: (JSON.parse(stdout) as Finding[]).filter((finding) => names.includes(finding.name)), code };
}

const SOUND = expect.objectContaining({ name: "database", state: "ok", message: expect.stringContaining("is sound") });

describe("doctor", () => {
  test("tells what a killed process has left, mends it, and the task goes on", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt") }), git: true });
    const orchestrator = await stage.orchestrator();
    const { task, child } = await startElsewhere(context, stage, orchestrator);
    await cutOff(child, stage);
    const { taskId, workspaces } = task;
    const root = workspaces[0]?.root ?? "";
    const locks = [
      join(stage.data, "workspaces", taskId, "index.lock"),
      join(git(root, "rev-parse", "--absolute-git-dir").trim(), "index.lock"),
    ];
    for (const lock of locks) writeFileSync(lock, "");
    const first = await examine(stage);
    expect(first.code).toBe(0);
    expect(first.findings).toEqual([
      SOUND,
      expect.objectContaining({
        name: "owners",
        message: expect.stringContaining(`pid ${child.pid}`),
        remedy: expect.stringContaining("--repair"),
      }),
      expect.objectContaining({
        name: "tasks",
        message: expect.stringContaining(taskId),
        remedy: expect.stringContaining("resume"),
      }),
      ...locks.map((lock) => expect.objectContaining({ name: "locks", message: expect.stringContaining(lock) })),
    ]);
    const mended = await examine(stage, "--repair");
    expect(mended.code).toBe(0);
    expect(mended.findings.filter(({ name }) => name === "repair").map(({ message }) => message)).toEqual([
      `The record of process ${child.pid}, which is gone, was removed.`,
      ...locks.map((lock) => `The lock ${lock} was removed: the command that made it is gone.`),
    ]);
    expect(mended.findings.filter(({ name }) => name !== "repair")).toEqual([
      SOUND,
      expect.objectContaining({ name: "tasks" }),
    ]);
    expect(await orchestrator.resume(taskId)).toMatchObject({ status: "unverified" });
    expect((await examine(stage)).findings).toEqual([SOUND]);
  });

  test("mends nothing while a process works, and says which", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("sleep 2; echo x > x.txt") }), git: true });
    const orchestrator = await stage.orchestrator();
    const { task, child } = await startElsewhere(context, stage, orchestrator);
    const { findings, code } = await examine(stage, "--repair");
    expect(findings[0]).toMatchObject({
      name: "repair",
      state: "bad",
      message: expect.stringContaining(`process ${child.pid} works`),
      remedy: expect.stringContaining("stop --all"),
    });
    expect(code).toBe(2);
    expect(findings.slice(1)).toEqual([SOUND]);
    expect(await orchestrator.wait(task.taskId)).toMatchObject({ status: "unverified" });
  });

  test("records a workspace as removed whose folder is gone, and leaves the user's own worktrees alone", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt") }), git: true });
    const orchestrator = await stage.orchestrator();
    const { task, child } = await startElsewhere(context, stage, orchestrator);
    await cutOff(child, stage);
    // Of the user's own, on a disk that is not mounted at the moment.
    const own = join(stage.home, "own-worktree");
    git(stage.workspace, "worktree", "add", "--quiet", own);
    rmSync(own, { recursive: true });
    const root = task.workspaces[0]?.root ?? "";
    rmSync(root, { recursive: true });
    expect((await examine(stage)).findings).toContainEqual(
      expect.objectContaining({ name: "workspaces", message: expect.stringContaining(root) }),
    );
    const mended = await examine(stage, "--repair");
    expect(mended.findings).toContainEqual(
      expect.objectContaining({
        name: "repair",
        message: expect.stringContaining(`${root} of ${task.taskId} is recorded as removed`),
      }),
    );
    expect(git(stage.workspace, "worktree", "list", "--porcelain")).toContain(own);
    expect(git(stage.workspace, "worktree", "list", "--porcelain")).not.toContain(root);
    const result = await orchestrator.resume(task.taskId);
    expect(result.status).toBe("unverified");
    expect(git(stage.workspace, "show", `orchestrator/${task.taskId}:x.txt`)).toBe("x\n");
  });

  test("finds a damaged database, and saves everything else that is in it", async (context) => {
    const stage = await openStage(context, {
      script: play({
        scout: (call) =>
          call.turn === 0
            ? reply()
                .text(`MARK ${"of what was said. ".repeat(400)}`)
                .tool("Glob", { pattern: "*" })
            : handOver(call),
      }),
    });
    for (const prompt of ["Look once", "Look twice"])
      expect((await run(stage, "execute", "--roles", "scout", prompt)).code).toBe(0);
    const before = JSON.parse((await run(stage, "list-tasks", "--json")).stdout);
    const path = join(stage.data, "orchestrator.db");
    ruin(path, "of what was said. of what was said. ");
    const broken = await examine(stage);
    expect(broken.code).toBe(1);
    expect(broken.findings).toMatchObject([
      { name: "database", state: "bad", remedy: expect.stringContaining("doctor --repair") },
    ]);
    const mended = await examine(stage, "--repair");
    expect(mended.code).toBe(0);
    expect(mended.findings[0]?.message).toMatch(/damaged.*rows that could be read/);
    expect(mended.findings[1]).toEqual(SOUND);
    // What the log has lost is told, and the records know it still.
    expect(mended.findings.slice(2).every((finding) => finding.state === "notice")).toBe(true);
    expect(readdirSync(stage.data).filter((name) => /^orchestrator\.db\.damaged-/.test(name)).length).toBeGreaterThan(
      0,
    );
    expect(JSON.parse((await run(stage, "list-tasks", "--json")).stdout)).toEqual(before);
    expect((await run(stage, "execute", "--roles", "scout", "Look again")).code).toBe(0);
  });
});

/** Overwrites the pages of a database on which a text stands, as a failing disk would. Nobody has it open. */
function ruin(path: string, text: string): void {
  const pageBytes = 4_096;
  // All of it was taken into the file when the last command ended; read again it would mend the pages.
  for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  const bytes = readFileSync(path);
  const pages = new Set<number>();
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) pages.add(Math.floor(at / pageBytes));
  expect(pages.size).toBeGreaterThan(0);
  const file = openSync(path, "r+");
  for (const page of pages) writeSync(file, Buffer.alloc(pageBytes, 0x5a), 0, pageBytes, page * pageBytes);
  closeSync(file);
}

describe("clean", () => {
  test("removes old copies, logs of what was removed and empty folders; with --dry-run it only says so", async (context) => {
    const stage = await openStage(context, { script: play() });
    for (const prompt of ["One", "Two"]) expect((await run(stage, "execute", "--roles", "scout", prompt)).code).toBe(0);
    const [{ taskId: kept }, { taskId: removed }] = JSON.parse((await run(stage, "list-tasks", "--json")).stdout);
    const orchestrator = await stage.orchestrator();
    const log = join(stage.data, "logs", removed);
    await orchestrator.deleteTask(removed);
    await orchestrator.stop();
    // As if the process had been killed before the log was gone.
    mkdirSync(log);
    writeFileSync(join(log, "text.txt"), "left behind");
    for (const name of ["logs/somebody-elses", `workspaces/${kept}`, "workspaces/task_unknown/app"])
      mkdirSync(join(stage.data, name), { recursive: true });
    writeFileSync(join(stage.data, "workspaces", kept, "index"), "");
    writeFileSync(join(stage.data, "workspaces", "task_unknown", "app", "work.txt"), "work");
    const path = join(stage.data, "orchestrator.db");
    const copies = [2, 3, 4, 5].map((version) => `${path}.before-version-${version}`);
    for (const [age, copy] of copies.entries()) {
      copyFileSync(path, copy);
      execFileSync("touch", ["-d", `2026-01-0${age + 1}`, copy]);
    }
    writeFileSync(`${path}.damaged-20260101T000000Z`, "damaged");
    const wanted = [
      ["copy", copies[0], "removed"],
      ["copy", `${path}.damaged-20260101T000000Z`, "kept"],
      ["folder", join(stage.data, "workspaces", kept), "removed"],
      ["log", join(stage.data, "logs", "somebody-elses"), "kept"],
      ["log", log, "removed"],
      ["workspace", join(stage.data, "workspaces", "task_unknown"), "kept"],
    ];
    const clean = async (...flags: string[]) =>
      (
        JSON.parse((await run(stage, "clean", "--json", ...flags)).stdout) as {
          kind: string;
          what: string;
          action: string;
        }[]
      )
        .map(({ kind, what, action }) => [kind, what, action])
        .sort((a, b) => String(a[0] ?? "").localeCompare(String(b[0])) || String(a[1]).localeCompare(String(b[1])));
    expect(await clean("--dry-run")).toEqual(wanted);
    expect(existsSync(log)).toBe(true);
    expect(await clean()).toEqual(wanted);
    for (const [, what, action] of wanted) expect(existsSync(what ?? ""), what).toBe(action === "kept");
    expect(await clean()).toEqual(wanted.filter(([, , action]) => action === "kept"));
    expect(existsSync(join(stage.data, "logs", kept))).toBe(true);
  });
});
