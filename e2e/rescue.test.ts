import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CallContext, reply } from "@claude-orchestrator/rehearsal";
import { afterEach, describe, expect, test } from "vitest";
import { commitAll, handOver, openStage, play, type Stage, waitFor } from "./fixtures.js";

const PROGRAM = fileURLToPath(new URL("./fixtures/run-task.mjs", import.meta.url));
const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" });

let program: ChildProcess | null = null;

afterEach(() => {
  program?.kill("SIGKILL");
  program = null;
});

/** A task whose builder has written a file, and whose orchestrator is killed before the step ends. */
async function killInTheMiddle(stage: Stage): Promise<string> {
  program = spawn(process.execPath, [PROGRAM, stage.workspace, "builder"], {
    env: stage.environment,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const root = await waitFor("the file", () => {
    const folder = join(stage.data, "workspaces");
    if (!existsSync(folder)) return null;
    const found = execFileSync("find", [folder, "-name", "only-here.txt"], { encoding: "utf8" }).trim();
    return found && readFileSync(found, "utf8") === "precious\n" ? found : null;
  });
  const exited = once(program, "exit");
  program.kill("SIGKILL");
  await exited;
  await waitFor("the end of every process", () => stage.processes().length === 0);
  return root;
}

const write = "echo precious > only-here.txt; echo secret > .env.local; mkdir -p node_modules; echo x > node_modules/x";
const busy = {
  builder: [reply().tool("Bash", { command: `${write}; sleep 300` }), (call: CallContext) => handOver(call)],
};

describe("what exists only in a worktree", () => {
  test("outlives the death of the orchestrator, the end of the task and every cleaning", async (context) => {
    const stage = await openStage(context, { script: play(busy) });
    stage.write(".gitignore", ".env.local\nnode_modules\n");
    commitAll(stage.workspace);
    const file = await killInTheMiddle(stage);

    const orchestrator = await stage.orchestrator();
    const [task] = await orchestrator.listTasks();
    expect(task).toMatchObject({ status: "running", ownerAlive: false });
    const [interrupted] = await orchestrator.cleanWorkspaces();
    expect(interrupted).toMatchObject({ action: "kept", reason: expect.stringContaining("its process is gone") });
    // Saved already, and still there for whoever goes on with it.
    expect(git(stage.workspace, "show", `${interrupted?.rescued}:only-here.txt`)).toBe("precious\n");
    expect(existsSync(file)).toBe(true);

    await orchestrator.cancel(task?.taskId ?? "");
    expect(existsSync(file)).toBe(false);
    const { workspaces } = await orchestrator.getTaskDetails(task?.taskId ?? "");
    const ref = workspaces[0]?.rescued.at(-1)?.ref ?? "";
    await orchestrator.cleanWorkspaces();
    expect(git(stage.workspace, "show", `${ref}:only-here.txt`)).toBe("precious\n");
    // Ignored by git, and made by nobody else: kept. What an install makes again is not.
    expect(git(stage.workspace, "show", `${ref}:.env.local`)).toBe("secret\n");
    expect(git(stage.workspace, "ls-tree", "-r", "--name-only", ref)).not.toContain("node_modules");
    expect(git(stage.workspace, "worktree", "list").trim().split("\n")).toHaveLength(1);

    const kept = await orchestrator.listRescued();
    expect(kept.map((each) => each.ref)).toContain(ref);
    await orchestrator.restoreRescued(ref, "found-again");
    expect(git(stage.workspace, "show", "found-again:only-here.txt")).toBe("precious\n");
    await orchestrator.dropRescued(ref);
    expect((await orchestrator.listRescued()).map((each) => each.ref)).not.toContain(ref);
  });

  test("is listed and left alone by a dry run", async (context) => {
    const stage = await openStage(context, { script: play(busy), git: true });
    const file = await killInTheMiddle(stage);
    const orchestrator = await stage.orchestrator();
    expect(await orchestrator.cleanWorkspaces({ dryRun: true })).toMatchObject([{ action: "kept", rescued: null }]);
    expect(existsSync(file)).toBe(true);
    expect(git(stage.workspace, "for-each-ref", "refs/orchestrator")).toBe("");
  });

  test("a branch that nobody has merged is kept when its task is deleted, an applied one is not", async (context) => {
    const script = play({
      builder: [reply().tool("Bash", { command: "date +%s%N > made.txt" }), (call) => handOver(call)],
    });
    const stage = await openStage(context, { script, git: true });
    const orchestrator = await stage.orchestrator();
    const run = () => orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: ["builder"] });
    const [lost, applied] = [await run(), await run()];
    await orchestrator.apply(applied.taskId);
    expect(await orchestrator.deleteTask(lost.taskId)).toEqual([`refs/orchestrator/rescue/${lost.taskId}/branch`]);
    expect(await orchestrator.cleanWorkspaces()).toMatchObject([
      { taskId: applied.taskId, what: `orchestrator/${applied.taskId}`, action: "removed", reason: "it is merged" },
    ]);
    expect(await orchestrator.deleteTask(applied.taskId)).toEqual([]);
    expect(git(stage.workspace, "branch", "--list", "orchestrator/*")).toBe("");
    git(stage.workspace, "cat-file", "-e", `refs/orchestrator/rescue/${lost.taskId}/branch:made.txt`);
  });
});
