import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TaskDetails } from "@claude-orchestrator/core";
import { reply } from "@claude-orchestrator/rehearsal";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, test } from "vitest";
import { runCommand } from "./command-line.js";
import { handOver, openStage, play, type Stage, stepOf, type TestContext, waitFor } from "./fixtures.js";
import { cutOff, startElsewhere, works } from "./interrupted.js";

const run = (stage: Stage, ...args: string[]) =>
  runCommand(args, { environment: stage.environment, cwd: stage.workspace });

/** Mounts something for one test; false, and said so, where that is not allowed. */
function mount(test: TestContext, target: string, ...options: string[]): boolean {
  mkdirSync(target, { recursive: true });
  if (spawnSync("mount", [...options, target]).status !== 0) {
    expect(process.env.CI, "CI must be able to mount").toBeUndefined();
    console.warn("SKIPPED: needs the right to mount.");
    return false;
  }
  test.onTestFinished(async () => {
    spawnSync("umount", ["--lazy", target]);
  });
  return true;
}

/** Lets the leases of whoever runs tasks run out, in a copy of a database that nobody has open. */
function endLeases(path: string): void {
  const database = new DatabaseSync(path);
  database.exec("UPDATE owners SET lease_until_ms = 0");
  database.close();
}

const conversationsOf = (stage: Stage) => join(stage.data, "claude", "projects");

/** A task that is cut off while its builder works, and its conversation has begun. */
async function cutOffTask(context: TestContext): Promise<{ stage: Stage; task: TaskDetails }> {
  const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt") }), git: true });
  const orchestrator = await stage.orchestrator();
  const { task, child } = await startElsewhere(context, stage, orchestrator);
  await waitFor("the conversation", () => existsSync(conversationsOf(stage)));
  await cutOff(child, stage);
  return { stage, task };
}

describe("a data folder", () => {
  test("that is read-only is refused with a clear word, and nothing is begun", async (context) => {
    const stage = await openStage(context, { script: play() });
    await (await stage.orchestrator()).stop();
    if (!mount(context, stage.data, "--bind", stage.data)) return context.skip();
    expect(spawnSync("mount", ["-o", "remount,bind,ro", stage.data]).status).toBe(0);
    for (const args of [
      ["execute", "--roles", "scout", "Look"],
      ["create-agent", "scout"],
      ["doctor", "--repair"],
    ]) {
      const { code, stdout, stderr } = await run(stage, ...args);
      expect(code, args[0]).toBe(1);
      expect(stdout + stderr, args[0]).toMatch(/cannot be (opened for writing|written)/);
      expect(stdout + stderr, args[0]).toMatch(/Give yourself the right/);
    }
    expect(stage.server.calls).toHaveLength(0);
  });

  test("on a disk that fills up in the middle loses nothing, and the task goes on once there is room", async (context) => {
    let isLong = true;
    const stage = await openStage(context, {
      script: play({
        scout: (call) =>
          isLong && call.turn < 400 ? reply().text("x".repeat(7_000)).tool("Glob", { pattern: "*" }) : handOver(call),
      }),
    });
    if (!mount(context, stage.data, "-t", "tmpfs", "-o", "size=1200k", "tmpfs")) return context.skip();
    const full = await run(stage, "execute", "--in-place", "--roles", "planner,scout", "Look");
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/Make room/);
    expect(stage.processes()).toEqual([]);
    expect(spawnSync("mount", ["-o", "remount,size=64m", stage.data]).status).toBe(0);
    isLong = false;
    const orchestrator = await stage.orchestrator();
    expect(await orchestrator.examineData()).not.toContainEqual(expect.objectContaining({ subject: "database" }));
    const [task] = await orchestrator.listTasks();
    expect(task).toMatchObject({ endedAt: null });
    const resumed = await run(stage, "resume", task?.taskId ?? "");
    expect(resumed.stderr).toBe("");
    const details = await orchestrator.getTaskDetails(task?.taskId ?? "");
    expect(details.status).toBe("unverified");
    // What had ended before was not begun again.
    expect(stepOf(details, "planner").attempt).toBe(1);
  });

  test("that was copied to another machine is nobody's there; what is not there is named", async (context) => {
    const { stage, task } = await cutOffTask(context);
    const elsewhere = join(stage.home, "elsewhere");
    cpSync(stage.data, join(elsewhere, ".orchestrator"), { recursive: true });
    renameSync(stage.workspace, `${stage.workspace}-of-the-other-machine`);
    mkdirSync(stage.workspace);
    // A PID namespace of its own is another host, as far as a pid means anything: nothing is known of its processes.
    const command = (...args: string[]) => {
      const program = [process.execPath, join(import.meta.dirname, "../packages/cli/bin/orchestrator.js"), ...args];
      const options = { env: { ...stage.environment, HOME: elsewhere }, cwd: elsewhere, encoding: "utf8" } as const;
      return spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "--", ...program], options);
    };
    if (command("--version").status !== 0) {
      expect(process.env.CI, "CI must be able to make namespaces").toBeUndefined();
      return context.skip("needs the right to make a PID namespace");
    }
    const alive = () => JSON.parse(command("list-tasks", "--json").stdout)[0]?.ownerAlive;
    expect(alive(), "while its lease runs").toBe(true);
    endLeases(join(elsewhere, ".orchestrator", "orchestrator.db"));
    expect(alive()).toBe(false);
    const refused = command("resume", task.taskId);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/cannot go on: .* is in no git repository any more/);
    expect(JSON.parse(command("list-tasks", "--json").stdout)[0]).toMatchObject({ status: "running", endedAt: null });
  });
});

describe("a task that was cut off", () => {
  test("stays as it is while its repository is away, and goes on when it is back", async (context) => {
    const { stage, task } = await cutOffTask(context);
    const away = `${stage.workspace}-away`;
    renameSync(stage.workspace, away);
    const refused = await runCommand(["resume", task.taskId], { environment: stage.environment, cwd: stage.home });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`cannot go on: its directory ${stage.workspace} is not there`);
    const orchestrator = await stage.orchestrator();
    expect(await orchestrator.getTaskDetails(task.taskId)).toMatchObject({ status: "running", ownerAlive: false });
    expect(await orchestrator.examineData()).toContainEqual(
      expect.objectContaining({ subject: "tasks", message: expect.stringContaining(`${stage.workspace} of the open`) }),
    );
    // A program that goes on with whatever was interrupted leaves it as well, and is not kept from its work.
    const other = await stage.orchestrator({ resumeInterrupted: true, workingDirectory: stage.home });
    expect(await other.getTaskDetails(task.taskId)).toMatchObject({ status: "running", ownerAlive: false });
    await other.stop();
    renameSync(away, stage.workspace);
    expect(await orchestrator.resume(task.taskId)).toMatchObject({ status: "unverified" });
  });

  test("whose conversation was deleted begins its step anew in the same files, and says so", async (context) => {
    const { stage, task } = await cutOffTask(context);
    rmSync(conversationsOf(stage), { recursive: true });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.resume(task.taskId);
    expect(result.status).toBe("unverified");
    expect(result.warnings).toContainEqual(expect.stringMatching(/conversation of "builder" is gone; .* began anew/));
    expect(result.files.produced.map((file) => file.path)).toEqual(["x.txt"]);
    expect(result.agents.map((agent) => agent.role)).toEqual(["builder", "tester"]);
  });
});
