import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CallContext, type Reply, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { type Outcome, runCommand } from "./command-line.js";
import { handOver, openStage, play, type Stage, type TestContext, waitFor } from "./fixtures.js";

/** An agent that works for a while, and goes on to work when it was interrupted. */
function works(seconds: number): (call: CallContext) => Reply {
  return (call) =>
    call.lastToolResults.some((result) => result.text.includes("worked"))
      ? handOver(call)
      : reply().tool("Bash", { command: `sleep ${seconds}; echo worked` });
}

async function open(context: TestContext, seconds = 1.5) {
  const stage = await openStage(context, { script: play({ builder: works(seconds) }), git: true });
  const run = (...args: string[]): Promise<Outcome> =>
    runCommand(args, { environment: stage.environment, cwd: stage.workspace });
  const detach = async (...args: string[]) => {
    const outcome = await run("execute", "Do it", "--task-type", "simple_implementation", "--detach", ...args);
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/^task_\w{10}\n$/) });
    const taskId = outcome.stdout.trim();
    await waitFor("the tool", async () => (await details(stage, taskId)).agents.some((agent) => agent.toolCalls > 0));
    return taskId;
  };
  return { stage, run, detach };
}

/** What another terminal sees. */
async function details(stage: Stage, taskId: string) {
  const shown = await runCommand(["task-details", taskId, "--json"], {
    environment: stage.environment,
    cwd: stage.workspace,
  });
  return JSON.parse(shown.stdout) as {
    status: string;
    agents: { agentId: string; toolCalls: number; messages: number }[];
    steps: { stepKey: string; status: string; attempt: number }[];
  };
}

describe("a task in the background", () => {
  test("prints its id, survives the command, and is waited for with its exit code", async (context) => {
    const { stage, run, detach } = await open(context, 0.5);
    const taskId = await detach();
    const waited = await run("wait", taskId);
    expect(waited.code).toBe(0);
    expect(waited.stdout).toContain(taskId);
    expect((await details(stage, taskId)).status).toBe("unverified");
    await waitFor("the end of every process", () => stage.processes().length === 0);
  });

  test("is told on standard input what to do, and its log is deleted with it", async (context) => {
    const { stage, run } = await open(context, 0);
    const begun = await runCommand(["execute", "-", "--task-type", "simple_implementation", "--detach", "--json"], {
      environment: stage.environment,
      cwd: stage.workspace,
      input: "Do what the pipe says",
    });
    expect(begun).toMatchObject({ code: 0 });
    const { taskId, log } = JSON.parse(begun.stdout) as { taskId: string; log: string };
    expect(JSON.parse((await run("wait", taskId, "--json")).stdout)).toMatchObject({ prompt: "Do what the pipe says" });
    await waitFor("the end of every process", () => stage.processes().length === 0);

    expect(log).toBe(join(stage.data, "logs", taskId, "background", "output.log"));
    await waitFor("what it printed", () => readFileSync(log, "utf8").includes(`"taskId": "${taskId}"`));
    expect(readdirSync(join(stage.data, "logs"))).toEqual([taskId]);
    expect((await run("clean", "--older-than", "0m")).code).toBe(0);
    expect(readdirSync(join(stage.data, "logs"))).toEqual([]);
  });

  test("is paused, messaged, resumed and cancelled from another terminal, each seen at once", async (context) => {
    // Longer than any of it: the task must not end by itself.
    const { stage, run, detach } = await open(context, 300);
    const taskId = await detach();
    const within = (what: string, look: () => Promise<boolean>) => waitFor(what, look, 1_000);
    const is = (status: string) => async () => (await details(stage, taskId)).status === status;

    expect((await run("pause", taskId)).code).toBe(0);
    await within("the pause", is("paused"));
    const [agent] = (await details(stage, taskId)).agents;
    const sending = run("send", agent?.agentId ?? "", "Be quick", "--steer");
    await within("the message", async () => (await details(stage, taskId)).agents.some((each) => each.messages > 1));
    const resuming = run("resume", taskId);
    await within("the resumption", is("running"));
    expect((await run("cancel", taskId)).code).toBe(0);
    await waitFor("the end", is("cancelled"), 10_000);
    await Promise.all([sending, resuming]);
    await waitFor("the end of every process", () => stage.processes().length === 0);
  });

  test("is stopped at once by a pause, and gone on with by resume", async (context) => {
    const { stage, run, detach } = await open(context, 4);
    const taskId = await detach();
    expect(await run("pause", taskId, "--now")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("is stopped"),
    });
    // It is when the command says so, and whoever runs it can be told to go on at once.
    expect((await details(stage, taskId)).status).toBe("paused");
    expect(await run("wait", taskId)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("orchestrator resume"),
    });
    expect((await run("list-tasks")).stdout).toMatch(/paused/);
    expect(await run("resume", taskId)).toMatchObject({ code: 0, stderr: "" });
    const task = await details(stage, taskId);
    expect(task.agents).toHaveLength(2);
  });

  test("ends with everything else on stop --all", async (context) => {
    const { stage, run, detach } = await open(context, 30);
    const ids = [await detach(), await detach()];
    expect((await run("stop")).code).toBe(2);
    expect(await run("stop", "--all")).toMatchObject({ code: 0, stdout: expect.stringContaining("2 tasks") });
    for (const taskId of ids)
      await waitFor("the end", async () => (await details(stage, taskId)).status === "cancelled");
    await waitFor("the end of every process", () => stage.processes().length === 0);
  });

  test("says what is wrong with it before it goes to the background", async (context) => {
    const { stage, run } = await open(context);
    const wrong = ["execute", "Do it", "--task-type", "simple_fix", "--cwd", "/nowhere/at/all", "--detach"];
    const refused = await run(...wrong);
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("/nowhere/at/all") });
    const asJson = await run(...wrong, "--json");
    expect(asJson.code).toBe(2);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: "invalid_input" } });
    const isEmpty = await run("execute", "-", "--detach");
    expect(isEmpty).toMatchObject({ code: 2, stderr: expect.stringContaining("The prompt is empty") });
    expect(readdirSync(join(stage.data, "logs"))).toEqual([]);
  });
});

test("a step that failed is run again, with what was skipped because of it", async (context) => {
  let isBroken = true;
  const stage = await openStage(context, {
    git: true,
    script: play({
      builder: (call) => (isBroken ? reply().text("I cannot.") : handOver(call)),
    }),
  });
  const run = (...args: string[]) => runCommand(args, { environment: stage.environment, cwd: stage.workspace });
  const first = await run("execute", "Do it", "--task-type", "simple_implementation", "--json");
  const { taskId, status } = JSON.parse(first.stdout) as { taskId: string; status: string };
  expect(status).toBe("failed");
  expect((await run("retry", taskId, "nobody")).code).toBe(2);
  isBroken = false;
  expect((await run("retry", taskId, "builder")).code).toBe(0);
  const task = await details(stage, taskId);
  expect(task.steps.map((step) => [step.stepKey, step.status])).toEqual([
    ["builder", "succeeded"],
    ["tester", "succeeded"],
  ]);
});
