import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { hang, httpError, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { type Outcome, runCommand, startCommand } from "./command-line.js";
import { handOver, openStage, play, type Stage, waitFor } from "./fixtures.js";

function run(stage: Stage, ...args: string[]): Promise<Outcome> {
  return runCommand(args, { environment: stage.environment, cwd: stage.workspace });
}

function json(outcome: Outcome) {
  return JSON.parse(outcome.stdout);
}

describe("demo", () => {
  test("fixes the bug with five agents, says that it is a rehearsal, and needs no account", async (context) => {
    const stage = await openStage(context, { script: play() });
    const { ANTHROPIC_BASE_URL: _, ...environment } = stage.environment;
    const outcome = await runCommand(["demo"], {
      environment: { ...environment, TMPDIR: stage.home },
      cwd: stage.workspace,
    });
    expect(outcome.stderr).toBe("");
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/^A REHEARSAL\./);
    expect(outcome.stdout).toMatch(/✖ loses no cent[\s\S]*✔ loses no cent/);
    expect(outcome.stdout).toMatch(/8 planned, 8 ran, 8 succeeded, 0 failed/);
    expect(outcome.stdout).toMatch(/^✓ completed - every step succeeded, proven by `npm test`$/m);
    expect(outcome.stdout).toMatch(/^ {2}✓ test +passed +0 +\d+\.\d s +5 passed$/m);
    expect(outcome.stdout).toMatch(/The agents worked on a copy\. Now their result is applied/);
    expect(outcome.stdout).toMatch(
      /git log and the report agree on the files: src\/split\.js, test\/split-edges\.test\.js/,
    );
    for (const role of ["analyst", "planner", "builder", "tester", "reviewer"]) {
      expect(outcome.stdout).toMatch(new RegExp(`^ +${role} +sonnet +\\d+ .*\\$0\\.`, "m"));
    }
    expect(stage.server.calls).toEqual([]);
  });
});

describe("execute", () => {
  test("works with an endpoint of the user's own, and --json prints one document with the library's names", async (context) => {
    const stage = await openStage(context, { script: play() });
    const outcome = await run(stage, "execute", "--task-type", "simple_fix", "--json", "Fix", "it");
    expect(outcome.code).toBe(0);
    const result = json(outcome);
    expect(result).toMatchObject({
      taskId: expect.stringMatching(/^task_/),
      prompt: "Fix it",
      status: "unverified",
      success: true,
      verified: false,
      rehearsal: false,
      census: { planned: 2, succeeded: 2 },
      metrics: { agents: 2 },
    });
    expect(result.steps.map((step: { stepKey: string }) => step.stepKey)).toEqual(["builder", "tester"]);
    expect(result.costUsd).toBeGreaterThan(0);
  });

  test("reads the prompt from a file and from standard input", async (context) => {
    const stage = await openStage(context, { script: play() });
    stage.write("task.md", "From a file");
    const fromFile = await run(stage, "execute", "--roles", "scout", "--json", "-f", "task.md");
    expect(json(fromFile).prompt).toBe("From a file");
    const options = { environment: stage.environment, cwd: stage.workspace, input: "From a pipe" };
    expect(json(await runCommand(["execute", "--roles", "scout", "--json", "-"], options)).prompt).toBe("From a pipe");
  });

  test("says before it starts where agents work, and reports agents, files and census after", async (context) => {
    const stage = await openStage(context, {
      script: play({
        builder: [reply().tool("Write", { file_path: "new.txt", content: "one\ntwo\n" }), (call) => handOver(call)],
      }),
      git: true,
    });
    const outcome = await run(stage, "execute", "--roles", "builder", "Write a file");
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/Agents work on a copy of [^\n]+; your files stay as they are/);
    expect(existsSync(join(stage.workspace, "new.txt"))).toBe(false);
    expect(outcome.stdout).toMatch(/Files changed {2}1 .*\n {2}A new\.txt {2}\+2 -0/);
    expect(outcome.stdout).toMatch(/1 planned, 1 ran, 1 succeeded/);
  });

  test("--rehearse needs no endpoint, says so, and changes nothing", async (context) => {
    const stage = await openStage(context, { script: play(), git: true });
    const { ANTHROPIC_BASE_URL: _, ...environment } = stage.environment;
    const outcome = await runCommand(["execute", "--rehearse", "--task-type", "bug_fix", "Fix it"], {
      environment,
      cwd: stage.workspace,
    });
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/This is a rehearsal/);
    expect(outcome.stdout).toMatch(/nothing was charged/);
    expect(spawnSync("git", ["status", "--porcelain"], { cwd: stage.workspace, encoding: "utf8" }).stdout).toBe("");
  });

  test("a wrong key ends with 3 and the remedy, without a long wait", async (context) => {
    const stage = await openStage(context, {
      script: play({ scout: httpError(401) }),
      environment: { ANTHROPIC_API_KEY: "wrong" },
    });
    const outcome = await run(stage, "execute", "--roles", "scout", "Look");
    expect(outcome.code).toBe(3);
    expect(outcome.stdout).toMatch(/refused the credentials/);
    expect(outcome.stdout).toMatch(/ANTHROPIC_API_KEY/);
    expect(outcome.tookMs).toBeLessThan(15_000);
  });

  test("a budget that is reached ends with 4 and keeps what was done", async (context) => {
    const costly = reply().usage({ inputTokens: 1_000_000 });
    const stage = await openStage(context, {
      script: play({
        scout: [costly.tool("Glob", { pattern: "*" }), costly.tool("Glob", { pattern: "*" }), (call) => handOver(call)],
      }),
    });
    const outcome = await run(stage, "execute", "--roles", "scout,planner", "--budget", "1", "--json", "Look");
    expect(outcome.code).toBe(4);
    expect(json(outcome)).toMatchObject({ status: "failed", error: { code: "budget_reached" } });
    // One response of 2 USD reaches it; at most one more was on its way.
    expect(stage.server.calls.length).toBeLessThanOrEqual(2);
  });

  test("Ctrl-C ends every child, keeps the finished step and exits with 130", async (context) => {
    const stage = await openStage(context, { script: play({ planner: hang() }) });
    const command = startCommand(["execute", "--roles", "scout,planner", "Look"], {
      environment: stage.environment,
      cwd: stage.workspace,
    });
    await waitFor("the planner's call", () => stage.server.calls.some((call) => call.role === "planner"));
    command.child.kill("SIGINT");
    const outcome = await command.ended;
    expect(outcome.code).toBe(130);
    expect(stage.processes()).toEqual([]);
    const [task] = json(await run(stage, "list-tasks", "--json"));
    const details = json(await run(stage, "task-details", task.taskId, "--json"));
    expect(details.status).toBe("cancelled");
    expect(details.steps.map((step: { status: string }) => step.status)).toEqual(["succeeded", "cancelled"]);
  });

  test("two at once on one database both end, one writer at a time", async (context) => {
    const writing = reply().tool("Bash", { command: "sleep 0.3", description: "Wait" });
    const stage = await openStage(context, { script: play({ builder: [writing, (call) => handOver(call)] }) });
    const both = await Promise.all([
      run(stage, "execute", "--roles", "builder", "--json", "One"),
      run(stage, "execute", "--roles", "builder", "--json", "Two"),
    ]);
    const [first, second] = both
      .map((outcome) => json(outcome).steps[0])
      .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
    expect(both.map((outcome) => outcome.code)).toEqual([0, 0]);
    expect(second.startedAt >= first.endedAt).toBe(true);
  });

  test("a full disk ends the task with a clear word and no process left", async (context) => {
    const stage = await openStage(context, {
      script: play({
        scout: (call) =>
          call.turn < 400 ? reply().text("x".repeat(7_000)).tool("Glob", { pattern: "*" }) : handOver(call),
      }),
    });
    const small = join(stage.home, "small");
    mkdirSync(small);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
    if (mounted.status !== 0) {
      expect(process.env.CI, "CI must be able to mount a small file system").toBeUndefined();
      return context.skip("needs the right to mount a small file system");
    }
    try {
      const environment = { ...stage.environment, ORCHESTRATOR_DB_PATH: join(small, "orchestrator.db") };
      const outcome = await runCommand(["execute", "--roles", "scout", "Look"], { environment, cwd: stage.workspace });
      expect(outcome.stderr).toMatch(/could not be written/);
      expect(outcome.stderr).toMatch(/Make room/);
      expect(outcome.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
      expect(outcome.code).toBe(1);
      expect(stage.processes()).toEqual([]);
      const kept = await runCommand(["list-tasks", "--json"], { environment, cwd: stage.workspace });
      expect(json(kept)).toHaveLength(1);
    } finally {
      spawnSync("umount", [small]);
    }
  });
});

describe("reading commands beside a running task", () => {
  test("each sees it from a second process", async (context) => {
    const stage = await openStage(context, { script: play({ planner: hang() }) });
    const command = startCommand(["execute", "--roles", "scout,planner", "Look"], {
      environment: stage.environment,
      cwd: stage.workspace,
    });
    await waitFor("the planner's call", () => stage.server.calls.some((call) => call.role === "planner"));
    const [task] = json(await run(stage, "list-tasks", "--status", "running", "--json"));
    expect(task).toMatchObject({ status: "running", prompt: "Look", modelCalls: 2 });
    const agents = json(await run(stage, "list-agents", "--json"));
    expect(agents.map((agent: { role: string; status: string }) => [agent.role, agent.status])).toEqual([
      ["scout", "completed"],
      ["planner", "running"],
    ]);
    const short = task.taskId.slice(0, 9);
    expect(json(await run(stage, "task-details", short, "--json"))).toMatchObject({
      ownerAlive: true,
      steps: [{ status: "succeeded" }, { status: "running" }],
    });
    expect((await run(stage, "task-details", short)).stdout).toMatch(/● planner +running/);
    expect((await run(stage, "status")).stdout).toMatch(/● planner +running/);
    expect(json(await run(stage, "status", "--json"))).toMatchObject({
      tasks: { total: 1 },
      running: [{ taskId: task.taskId }],
    });
    expect(json(await run(stage, "agent-details", agents[1].agentId, "--json"))).toMatchObject({
      role: "planner",
      status: "running",
      incompleteCalls: 1,
    });
    expect((await run(stage, "logs", agents[1].agentId, "--show", "prompt")).stdout).toMatch(/# Task\s+Look/);
    expect((await run(stage, "doctor")).code).toBe(0);
    command.child.kill("SIGTERM");
    expect((await command.ended).code).toBe(130);
  });

  test("a killed run is not shown as if it still ran", async (context) => {
    const stage = await openStage(context, { script: play({ scout: hang() }) });
    const command = startCommand(["execute", "--roles", "scout", "Look"], {
      environment: stage.environment,
      cwd: stage.workspace,
    });
    await waitFor("the call", () => stage.server.calls.length > 0);
    command.child.kill("SIGKILL");
    await command.ended;
    const [task] = json(await run(stage, "list-tasks", "--json"));
    expect(json(await run(stage, "task-details", task.taskId, "--json")).ownerAlive).toBe(false);
    expect((await run(stage, "status")).stdout).toMatch(/process that ran it is gone/);
    // Nor does it keep others from running.
    expect((await run(stage, "execute", "--roles", "planner", "Go on")).code).toBe(0);
  });
});

describe("init", () => {
  test("writes a configuration that can be read, and never over one", async (context) => {
    const stage = await openStage(context, { script: play() });
    expect((await run(stage, "init", "--yes")).code).toBe(0);
    expect(existsSync(join(stage.workspace, ".orchestrator", "config.yaml"))).toBe(true);
    expect((await run(stage, "status")).code).toBe(0);
    expect((await run(stage, "init", "--yes")).stdout).toMatch(/exists already/);
  });
});

describe("when nobody reads the output any more", () => {
  test("a run ends in order: the task is cancelled, and no process is left", async (context) => {
    const stage = await openStage(context, { script: play({ planner: hang() }) });
    const command = startCommand(["execute", "--roles", "scout,planner,reviewer", "Look"], {
      environment: stage.environment,
      cwd: stage.workspace,
    });
    await waitFor("the first output", () => command.printed().length > 0);
    command.child.stdout?.destroy();
    const outcome = await command.ended;
    expect(outcome.stderr).toBe("");
    expect(outcome.code).toBe(130);
    expect(stage.processes()).toEqual([]);
    const [task] = json(await run(stage, "list-tasks", "--json"));
    expect(task.status).toBe("cancelled");
  });
});
