import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./config/index.js";
import { planned, stepEnded, stepStarted, taskCreated, taskEnded } from "./conformance/task-events.testsuite.js";
import type { EventData } from "./domain/index.js";
import { type ApplyOptions, applyTask, undoTask } from "./task-apply.js";
import type { TaskSummary } from "./task-details.js";
import { Wiring } from "./wiring.js";
import { openTreeSnapshots } from "./workspaces/index.js";

const IDENTITY = ["-c", "commit.gpgSign=false"];
const TASK = "task_a";
const SUBJECT = { taskId: TASK, stepKey: null, agentId: null };

let base: string;
let repository: string;
let wiring: Wiring;
let start: string;

beforeEach(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-task-apply-")));
  repository = join(base, "repository");
  mkdirSync(repository);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Me");
  git("config", "user.email", "me@example.com");
  write("notes.txt", "before\n");
  write("other.txt", "same\n");
  start = commit("first");
  const environment = { HOME: base, ORCHESTRATOR_HOME: join(base, "data") };
  const config = loadConfig({ environment, workingDirectory: repository });
  wiring = new Wiring({ config, environment, workingDirectory: repository, endpoint: null });
  await wiring.open();
});
afterEach(async () => {
  await wiring.close();
  rmSync(base, { recursive: true, force: true });
});

const git = (...args: string[]) =>
  execFileSync("git", [...IDENTITY, ...args], { cwd: repository, encoding: "utf8", stdio: "pipe" }).trim();
const write = (path: string, content: string) => writeFileSync(join(repository, path), content);
const read = (path: string) => readFileSync(join(repository, path), "utf8");

function commit(message: string): string {
  git("add", "--all");
  git("commit", "--quiet", "--message", message);
  return git("rev-parse", "HEAD");
}

/** What a task has made of the files: a commit that no branch of the user's holds. */
function makeResult(content = "after\n"): string {
  write("notes.txt", content);
  const result = commit("work");
  git("reset", "--quiet", "--hard", start);
  return result;
}

async function getTask(given: Partial<TaskSummary> = {}): Promise<TaskSummary> {
  const task = await wiring.store.getTask(TASK);
  if (!task) throw new Error("The task is gone.");
  return { ...task, ownerAlive: false, ...given };
}

interface Recorded {
  workspaceKind?: "worktree" | "in_place";
  /** `null`: it has not ended. */
  status?: EventData<"task.ended">["status"] | null;
  workspace?: Partial<EventData<"workspace.created">> | null;
  committed?: { fromTree: string; toTree: string; commit: string | null };
}

/** Records a task with one step, as its engine would have. */
async function record(given: Recorded): Promise<void> {
  const { workspaceKind = "worktree", status = "unverified", workspace = {}, committed } = given;
  const { store } = wiring;
  await store.append([
    taskCreated(TASK, {
      prompt: "Mend the notes. Then rest.",
      workingDirectory: repository,
      workspaceKind,
      uncommitted: "bring",
    }),
    planned(TASK, "builder!"),
    { ...SUBJECT, type: "task.started", data: { ownerId: "owner_1" } },
  ]);
  if (workspace) {
    const data: EventData<"workspace.created"> = {
      kind: workspaceKind,
      lane: null,
      root: join(base, "worktree"),
      directory: join(base, "worktree"),
      repository,
      branch: null,
      userCommit: start,
      startCommit: workspaceKind === "worktree" ? start : null,
      tip: workspaceKind === "worktree" ? start : null,
      startTree: null,
      uncommittedFiles: 0,
      portBase: 0,
      host: "here",
      ...workspace,
    };
    await store.append([{ ...SUBJECT, type: "workspace.created", data }]);
  }
  await store.append([stepStarted(TASK, "builder")]);
  if (committed) {
    const data = { lane: null, parents: [], ...committed };
    await store.append([{ ...SUBJECT, stepKey: "builder", type: "workspace.committed", data }]);
  }
  await store.append([stepEnded(TASK, "builder")]);
  if (status === null) return;
  await store.append([taskEnded(TASK, status)]);
}

/** A task with a result that nobody has taken in. */
async function recordResult(given: Recorded = {}, result = makeResult()): Promise<void> {
  const trees = { fromTree: git("rev-parse", `${start}^{tree}`), toTree: git("rev-parse", `${result}^{tree}`) };
  await record({ committed: { ...trees, commit: result }, ...given });
}

const apply = async (options: ApplyOptions = {}) => applyTask(wiring, await getTask(), options);
const undo = async () => undoTask(wiring, await getTask());
const refusedFor = (why: RegExp) =>
  expect.objectContaining({ code: "not_applied", message: expect.stringMatching(why), hint: expect.any(String) });

describe("a result", () => {
  test("comes as a merge, with the beginning of the prompt and the task's id as its message", async () => {
    await recordResult();
    expect(await apply()).toEqual({ mode: "merge", from: start, commit: git("rev-parse", "HEAD"), repository });
    expect(read("notes.txt")).toBe("after\n");
    expect(git("log", "-1", "--format=%B")).toBe(`Mend the notes\n\nOrchestrator-Task: ${TASK}`);
    expect((await getTask()).applied).toMatchObject({ mode: "merge", from: start, commit: git("rev-parse", "HEAD") });
  });

  test("comes as a patch where changes of the user's were brought along", async () => {
    await recordResult({ workspace: { uncommittedFiles: 1 } });
    expect(await apply()).toMatchObject({ mode: "patch", commit: null });
    expect([read("notes.txt"), git("rev-parse", "HEAD")]).toEqual(["after\n", start]);
  });

  test("comes as it is asked for, with the user's own words", async () => {
    await recordResult();
    expect(await apply({ mode: "squash", message: "My words" })).toMatchObject({ mode: "squash" });
    expect(git("log", "-1", "--format=%s %P")).toBe(`My words ${start}`);
  });

  test("comes a second time only when that is forced", async () => {
    await recordResult();
    await apply({ mode: "patch" });
    await expect(apply({ mode: "patch" })).rejects.toEqual(refusedFor(/it was applied before/));
    git("checkout", "--quiet", "--", ".");
    await apply({ mode: "patch", force: true });
    expect(read("notes.txt")).toBe("after\n");
  });

  test.each(["failed", "cancelled"] as const)("of a task that is %s comes only when that is forced", async (status) => {
    await recordResult({ status });
    await expect(apply()).rejects.toEqual(refusedFor(new RegExp(`it ended as ${status}`)));
    expect(read("notes.txt")).toBe("before\n");
    await apply({ force: true });
    expect(read("notes.txt")).toBe("after\n");
  });

  test("of a task that has not ended does not come, however much it is forced", async () => {
    await recordResult({ status: null });
    await expect(apply({ force: true })).rejects.toEqual(refusedFor(/it is running/));
  });

  test.each([
    ["at work", { ownerAlive: true }, `Wait until it has ended: orchestrator wait ${TASK}`],
    ["gone", {}, `The process that ran it is gone. Go on with it first: orchestrator resume ${TASK}`],
    ["gone while it was paused", { status: "paused" }, `Go on with it first: orchestrator resume ${TASK}`],
  ] as const)("of a task whose process is %s comes after what ends the task", async (_, given, hint) => {
    await recordResult({ status: null });
    const task = await getTask(given);
    await expect(applyTask(wiring, task, {})).rejects.toMatchObject({ code: "not_applied", hint });
    const hintOfUndo = `${hint}, or end it: orchestrator cancel ${TASK}`;
    await expect(undoTask(wiring, task)).rejects.toMatchObject({ code: "not_applied", hint: hintOfUndo });
  });

  test("that is what it began with is none", async () => {
    await recordResult({}, start);
    await expect(apply()).rejects.toEqual(refusedFor(/it changed nothing/));
  });

  test("of a task that never had files is none", async () => {
    await record({ workspace: null });
    await expect(apply()).rejects.toEqual(refusedFor(/it ended before anything was changed/));
  });

  test("of a task that has no files yet is still to come", async () => {
    await record({ workspace: null, status: null });
    await expect(apply()).rejects.toEqual(refusedFor(/it is running/));
  });

  test("of a task in the directory itself is there already", async () => {
    await record({ workspaceKind: "in_place" });
    await expect(apply()).rejects.toEqual(refusedFor(/its agents worked in the directory itself/));
  });

  test("cannot come to a repository that is gone", async () => {
    await recordResult();
    rmSync(join(repository, ".git"), { recursive: true });
    await expect(apply()).rejects.toEqual(refusedFor(/its repository is gone/));
  });

  test("that is refused leaves no sign of having been applied", async () => {
    await recordResult();
    write("notes.txt", "mine\n");
    await expect(apply()).rejects.toMatchObject({ code: "not_applied", message: expect.stringContaining("notes.txt") });
    expect((await getTask()).applied).toBeNull();
  });
});

describe("what a task has changed in place", () => {
  /** The task changes one file, removes one and adds one. */
  async function work(): Promise<void> {
    const snapshots = await openTreeSnapshots(repository, wiring.config.home, TASK);
    const fromTree = await snapshots.take();
    write("notes.txt", "after\n");
    write("new.txt", "new\n");
    rmSync(join(repository, "other.txt"));
    const toTree = await snapshots.take();
    snapshots.close();
    await record({
      workspaceKind: "in_place",
      workspace: { startTree: fromTree, root: repository, directory: repository },
      committed: { fromTree, toTree, commit: null },
    });
  }

  test("is put back, once", async () => {
    await work();
    expect((await undo()).sort()).toEqual(["new.txt", "notes.txt", "other.txt"]);
    expect([read("notes.txt"), read("other.txt"), existsSync(join(repository, "new.txt"))]).toEqual([
      "before\n",
      "same\n",
      false,
    ]);
    expect((await getTask()).undoneAt).not.toBeNull();
    await expect(undo()).rejects.toEqual(refusedFor(/it was undone before/));
  });

  test("is put back beside what the user has done since in other files", async () => {
    await work();
    write("mine.txt", "mine\n");
    await undo();
    expect([read("notes.txt"), read("mine.txt")]).toEqual(["before\n", "mine\n"]);
  });

  test("stays as a whole where the user has changed one of the files since", async () => {
    await work();
    write("notes.txt", "mine\n");
    await expect(undo()).rejects.toEqual(refusedFor(/you have changed since: notes\.txt/));
    expect([read("notes.txt"), existsSync(join(repository, "other.txt"))]).toEqual(["mine\n", false]);
    expect((await getTask()).undoneAt).toBeNull();
  });

  test("is nothing where no step has recorded anything", async () => {
    await record({ workspaceKind: "in_place" });
    expect(await undo()).toEqual([]);
  });

  test("is not put back while the task runs, nor what lies in a worktree", async () => {
    await recordResult({ status: null });
    await expect(undo()).rejects.toEqual(refusedFor(/it is running/));
    await wiring.store.append([taskEnded(TASK)]);
    await expect(undo()).rejects.toEqual(refusedFor(/it worked in a worktree of its own/));
  });
});
