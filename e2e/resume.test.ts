import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Orchestrator, TaskDetails } from "@claude-orchestrator/core";
import { type CallContext, hang, type Reply, reply } from "@claude-orchestrator/rehearsal";
import { afterEach, describe, expect, test } from "vitest";
import { runCommand } from "./command-line.js";
import { commitAll, handOver, openStage, play, type Stage, stepOf, waitFor } from "./fixtures.js";

const PROGRAM = fileURLToPath(new URL("./fixtures/host-task.mjs", import.meta.url));
const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" });
const hosts: ChildProcess[] = [];

afterEach(() => {
  for (const host of hosts.splice(0)) host.kill("SIGKILL");
});

/** Hosts a task in another process. */
function host(stage: Stage, taskId: string, options: object = {}): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, stage.workspace, taskId, JSON.stringify(options)], {
    env: stage.environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  hosts.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function ended(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  await once(child, "close");
  return text.trim();
}

const newest = async (orchestrator: Orchestrator): Promise<TaskDetails | null> => {
  const [task] = await orchestrator.listTasks();
  return task ? orchestrator.getTaskDetails(task.taskId) : null;
};

/** Waits until a step runs and, where an agent does it, has begun to use a tool. */
const underWay = (orchestrator: Orchestrator, key: string) =>
  waitFor(`the step ${key}`, async () => {
    const task = await newest(orchestrator);
    const step = task?.steps.find((each) => each.stepKey === key);
    if (!task?.ownerAlive || step?.status !== "running") return null;
    if (step.kind !== "agent") return task;
    return task.agents.some((agent) => agent.stepKey === key && agent.toolCalls > 0) ? task : null;
  });

/** An agent that works until its command has come to an end once, however often it is interrupted. */
function works(command: string): (call: CallContext) => Reply {
  return (call) => {
    const hasWorked = call.lastToolResults.some((result) => !result.isError && result.text.includes("worked"));
    return hasWorked ? handOver(call) : reply().tool("Bash", { command: `${command}; sleep 0.7; echo worked` });
  };
}

describe("a task whose orchestrator is killed", () => {
  test("in each of its steps ends once: five agents, and one commit per writing step", async (context) => {
    const served: string[] = [];
    const counted = (role: string, step: (call: CallContext) => Reply) => (call: CallContext) => {
      served.push(role);
      return step(call);
    };
    const reads = ["analyst", "planner", "reviewer"].map((role) => [role, counted(role, works("true"))]);
    const writes = ["builder", "tester"].map((role) => [role, counted(role, works(`echo ${role} > ${role}.txt`))]);
    const stage = await openStage(context, { script: play(Object.fromEntries([...reads, ...writes])) });
    stage.write("package.json", '{"scripts":{"test":"sleep 0.7"}}');
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    let taskId = "new";
    const options = { taskType: "feature_implementation", includeAnalyst: "yes" };
    for (const key of [
      "baseline",
      "analyst",
      "planner",
      "builder",
      "check-builder",
      "tester",
      "check-tester",
      "reviewer",
    ]) {
      const child = host(stage, taskId, options);
      taskId = (await underWay(orchestrator, key)).taskId;
      // What has ended is not asked for again.
      const before = served.filter((role) => role !== key).length;
      await kill(child);
      await waitFor("the end of every process", () => stage.processes().length === 0);
      expect(served.filter((role) => role !== key).length).toBe(before);
    }
    expect(await orchestrator.listInterrupted()).toMatchObject([{ taskId, status: "running", ownerAlive: false }]);
    expect(await ended(host(stage, taskId))).toBe("completed");

    const task = await orchestrator.getTaskDetails(taskId);
    expect(task.agents.map((agent) => agent.role)).toEqual(["analyst", "planner", "builder", "tester", "reviewer"]);
    expect(task.agents.every((agent) => agent.status === "deleted")).toBe(true);
    expect(task.census).toMatchObject({ planned: 8, ran: 8, succeeded: 8, failed: 0 });
    const commits = git(
      stage.workspace,
      "log",
      "--format=%(trailers:key=Orchestrator-Step,valueonly)",
      `HEAD..orchestrator/${taskId}`,
    );
    expect(commits.split("\n").filter(Boolean)).toEqual(["tester", "builder"]);
    expect(task.files.produced.map((file) => file.path)).toEqual(["builder.txt", "tester.txt"]);
    expect(git(stage.workspace, "worktree", "list").trim().split("\n")).toHaveLength(1);
  });

  test("and whose agent is killed as it goes on has another, which is told the whole task", async (context) => {
    const stage = await openStage(context, {
      script: play({ builder: [reply().tool("Bash", { command: "echo x > x.txt" }), hang()] }),
      git: true,
    });
    const orchestrator = await stage.orchestrator();
    const child = host(stage, "new", { taskType: "simple_implementation" });
    // By then the conversation is written down.
    await waitFor("the second call", () => stage.server.calls.length === 2, 40_000);
    const taskId = (await newest(orchestrator))?.taskId ?? "";
    await kill(child);
    const told: string[] = [];
    stage.server.setScript(
      play({
        builder: (call) => {
          told.push(call.userText);
          if (told.length > 1) return handOver(call);
          for (const line of stage.processes().filter((each) => /^\d+ \S*claude /.test(each)))
            process.kill(Number.parseInt(line, 10), "SIGKILL");
          return hang();
        },
      }),
    );
    expect(await ended(host(stage, taskId))).toBe("unverified");
    expect(told[0]).toContain("You were interrupted");
    expect(told[1]).toContain("# Task\n\nDo it");
    const { agents, files } = await orchestrator.getTaskDetails(taskId);
    expect(agents.map((agent) => [agent.role, agent.error?.code])).toEqual([
      ["builder", "process_exited"],
      ["builder", undefined],
      ["tester", undefined],
    ]);
    expect(files.produced.map((file) => file.path)).toEqual(["x.txt"]);
  });

  test("is not gone on with by commands that read, and only once by those that run", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt") }), git: true });
    const orchestrator = await stage.orchestrator();
    const child = host(stage, "new", { taskType: "simple_implementation" });
    const { taskId } = await underWay(orchestrator, "builder");
    await expect(orchestrator.resume(taskId)).rejects.toMatchObject({ code: "invalid_input" });
    await kill(child);
    const after = await orchestrator.lastEvent();
    await orchestrator.getStatus();
    const doctor = await runCommand(["doctor"], { environment: stage.environment, cwd: stage.workspace });
    expect(doctor.stdout).toContain("is sound");
    expect(await orchestrator.listEvents({ taskId, after })).toEqual([]);
    expect(await orchestrator.getTaskDetails(taskId)).toMatchObject({ status: "running", ownerAlive: false });
    // Two at once: one has it, the other waits for the same end.
    const words = await Promise.all([ended(host(stage, taskId)), ended(host(stage, taskId)).catch(() => "refused")]);
    expect(words).toContain("unverified");
    const task = await orchestrator.getTaskDetails(taskId);
    expect(task.agents.map((agent) => agent.role)).toEqual(["builder", "tester"]);
    expect(stepOf(task, "builder").attempt).toBe(2);
  });

  test("gives the same result when its branches finish in another order after the restart", async (context) => {
    const script = (slow: string) =>
      play({
        builder: (call) => {
          const prompt = JSON.stringify(call.request.messages[0]);
          const name = prompt.includes("Part one") ? "one" : "two";
          return works(`echo ${name} > ${name}.txt; ${name === slow ? "sleep 1.5" : "true"}`)(call);
        },
      });
    const steps = [
      { role: "builder", instructions: "Part one" },
      { role: "builder", instructions: "Part two" },
    ];
    const run = async (interrupt: boolean) => {
      const stage = await openStage(context, { script: script("one"), git: true });
      const orchestrator = await stage.orchestrator();
      writeFileSync(join(stage.workspace, ".git", "info", "exclude"), "workflow\n");
      stage.write(
        ".orchestrator/workflows/both.yaml",
        `steps:\n${steps.map((step, index) => `  - { role: builder, key: part-${index}, instructions: ${step.instructions}, dependsOn: [] }`).join("\n")}\n`,
      );
      commitAll(stage.workspace);
      const child = host(stage, "new", { workflow: "both" });
      const { taskId } = await underWay(orchestrator, "part-0");
      await underWay(orchestrator, "part-1");
      if (interrupt) {
        await kill(child);
        stage.server.setScript(script("two"));
        expect(await ended(host(stage, taskId))).toBe("unverified");
      } else expect(await ended(child)).toBe("unverified");
      const parents = git(stage.workspace, "log", "-1", "--format=%P", `orchestrator/${taskId}`).trim().split(" ");
      const sides = parents.map((commit) => git(stage.workspace, "show", "--format=", "--name-only", commit).trim());
      return { tree: git(stage.workspace, "rev-parse", `orchestrator/${taskId}^{tree}`), sides };
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test("leaves no worktree of a step behind that had ended, and tells what was changed as a whole", async (context) => {
    const writes = (call: CallContext) => {
      const name = JSON.stringify(call.request.messages[0]).includes("Part one") ? "one" : "two";
      return works(`echo ${name} > ${name}.txt`)(call);
    };
    const stage = await openStage(context, {
      script: play({ builder: writes, tester: works("echo other > one.txt") }),
      git: true,
    });
    const orchestrator = await stage.orchestrator();
    stage.write(
      ".orchestrator/workflows/both.yaml",
      `steps:
  - { role: builder, key: one, instructions: Part one, dependsOn: [] }
  - { role: builder, key: two, instructions: Part two, dependsOn: [] }
  - { role: tester, dependsOn: [one, two] }
`,
    );
    commitAll(stage.workspace);
    const child = host(stage, "new", { workflow: "both" });
    const { taskId } = await underWay(orchestrator, "tester");
    await kill(child);
    expect(await ended(host(stage, taskId))).toBe("unverified");
    expect(git(stage.workspace, "worktree", "list").trim().split("\n")).toHaveLength(1);
    const task = await orchestrator.getTaskDetails(taskId);
    expect(task.workspaces.every((workspace) => workspace.removedAt !== null)).toBe(true);
    const line = { kind: "created", linesAdded: 1, linesRemoved: 0 };
    expect(task.files.produced).toMatchObject([
      { path: "one.txt", ...line },
      { path: "two.txt", ...line },
    ]);
  });

  test("and which is then cancelled leaves neither a worktree nor a process behind, and keeps its work", async (context) => {
    const stage = await openStage(context, {
      script: play({ builder: works("echo x > x.txt; echo worked > seen; sleep 30") }),
      git: true,
    });
    const orchestrator = await stage.orchestrator();
    const child = host(stage, "new", { taskType: "simple_implementation" });
    const { taskId, workspaces } = await underWay(orchestrator, "builder");
    await waitFor("its file", async () => existsSync(join(workspaces[0]?.root ?? "", "seen")));
    await kill(child);
    await orchestrator.cancel(taskId);
    expect(await orchestrator.getTaskDetails(taskId)).toMatchObject({ status: "cancelled" });
    expect(git(stage.workspace, "worktree", "list").trim().split("\n")).toHaveLength(1);
    expect(stage.processes()).toEqual([]);
    const [kept] = await orchestrator.listRescued(stage.workspace);
    expect(git(stage.workspace, "ls-tree", "--name-only", kept?.ref ?? "")).toContain("x.txt");
  });

  test("goes on where the conversation, or the whole workspace, was deleted meanwhile", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt") }), git: true });
    const orchestrator = await stage.orchestrator();
    const child = host(stage, "new", { taskType: "simple_implementation" });
    const { taskId, workspaces } = await underWay(orchestrator, "builder");
    await kill(child);
    rmSync(join(stage.data, "claude", "projects"), { recursive: true, force: true });
    rmSync(workspaces[0]?.root ?? "", { recursive: true, force: true });
    expect(await ended(host(stage, taskId))).toBe("unverified");
    expect((await orchestrator.getTaskDetails(taskId)).files.produced.map((file) => file.path)).toEqual(["x.txt"]);
    expect(existsSync(join(stage.data, "workspaces", taskId))).toBe(false);
  });
});

describe("the library's start", () => {
  test("takes up a task that waits for another, when its process is gone", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt; sleep 2") }), git: true });
    const reader = await stage.orchestrator();
    const first = host(stage, "new", { taskType: "simple_implementation" });
    const { taskId: before } = await underWay(reader, "builder");
    const second = host(stage, "new", { taskType: "code_review", after: before });
    const waiting = await waitFor("the second task", async () => (await reader.listTasks({ status: "queued" }))[0]);
    await kill(second);
    const heir = await stage.orchestrator({ resumeInterrupted: true });
    await ended(first);
    expect(await heir.wait(waiting.taskId)).toMatchObject({ status: "completed" });
  });

  test("goes on with what was interrupted, and stop leaves it to be gone on with again", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt; sleep 1") }), git: true });
    const reader = await stage.orchestrator();
    const child = host(stage, "new", { taskType: "simple_implementation" });
    const { taskId } = await underWay(reader, "builder");
    await kill(child);
    const first = await stage.orchestrator({ resumeInterrupted: true });
    await waitFor("the agent", async () => stepOf(await reader.getTaskDetails(taskId), "builder").attempt === 2);
    await first.stop();
    expect(await reader.getTaskDetails(taskId)).toMatchObject({ status: "running", ownerAlive: false });
    const second = await stage.orchestrator({ resumeInterrupted: true });
    expect(await second.resume(taskId)).toMatchObject({ status: "unverified" });
  });
});

describe("a task that is paused", () => {
  test("starts nothing new until it is resumed, from whichever process", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt; sleep 2") }), git: true });
    const orchestrator = await stage.orchestrator();
    const child = host(stage, "new", { taskType: "simple_implementation" });
    const left = ended(child);
    const { taskId } = await underWay(orchestrator, "builder");
    await orchestrator.pause(taskId);
    await waitFor("the pause", async () => (await orchestrator.getTaskDetails(taskId)).status === "paused", 1_000);
    await waitFor(
      "the end of the step",
      async () => stepOf(await orchestrator.getTaskDetails(taskId), "builder").status === "succeeded",
    );
    expect(stepOf(await orchestrator.getTaskDetails(taskId), "tester").status).toBe("pending");
    const result = await orchestrator.resume(taskId);
    expect(result.status).toBe("unverified");
    expect(await left).toBe("unverified");
    expect(stepOf(result, "builder").attempt).toBe(1);
  });

  test("at once lets its agents go on with their conversations later", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("echo x > x.txt; sleep 1") }), git: true });
    const orchestrator = await stage.orchestrator();
    const child = host(stage, "new", { taskType: "simple_implementation" });
    const { taskId } = await underWay(orchestrator, "builder");
    const left = ended(child);
    await orchestrator.pause(taskId, { interrupt: true });
    expect(await left).toBe("paused");
    await waitFor("the end of every process", () => stage.processes().length === 0);
    const paused = await orchestrator.getTaskDetails(taskId);
    expect(paused).toMatchObject({ status: "paused", ownerAlive: false });
    expect(readdirSync(join(stage.data, "workspaces"))).toEqual([taskId]);
    const result = await orchestrator.resume(taskId);
    expect(result.status).toBe("unverified");
    expect(result.agents.map((agent) => agent.role)).toEqual(["builder", "tester"]);
    expect(result.agents[0]?.sessionId).toBe(paused.agents[0]?.sessionId);
  });

  test("can be cancelled while it waits", async (context) => {
    const stage = await openStage(context, { script: play({ builder: works("sleep 2") }), git: true });
    const orchestrator = await stage.orchestrator();
    const child = host(stage, "new", { taskType: "simple_implementation" });
    const left = ended(child);
    const { taskId } = await underWay(orchestrator, "builder");
    await orchestrator.pause(taskId);
    await orchestrator.cancel(taskId);
    expect(await left).toContain("cancelled");
    expect((await orchestrator.getTaskDetails(taskId)).status).toBe("cancelled");
  });
});
