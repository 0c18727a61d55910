import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { TaskComparison, TaskResult } from "@claude-orchestrator/core";
import { type CallContext, type Reply, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { commitAll, expectSameCount, handOver, inOrder, openStage, play, type Stage, stepOf } from "./fixtures.js";
import { expectRefusal, openTerminal } from "./terminal.js";

const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8", stdio: "pipe" });
const firstPrompt = (call: CallContext) => JSON.stringify(call.request.messages[0]);
/** What the endpoint was asked for since a moment, each run of calls for one role told once. */
const askedFor = ({ server }: Stage, since: number) =>
  server.calls
    .slice(since)
    .map((call) => call.role)
    .filter((role, position, all) => role !== all[position - 1]);
const reusedOf = (task: Pick<TaskResult, "steps">) =>
  task.steps.filter((step) => step.reusedFrom !== null).map((step) => step.stepKey);

/** A project with one test, which the builder's model decides: haiku writes more than sonnet. */
function writes(call: CallContext): Reply {
  const words = call.request.model.includes("haiku") ? "'quick\\nand short\\n'" : "'thorough\\n'";
  return call.turn === 0 ? reply().tool("Bash", { command: `printf ${words} > made.txt` }) : handOver(call);
}

function layOut(stage: Stage): void {
  stage.write("package.json", JSON.stringify({ name: "p", type: "module", scripts: { test: "node --test" } }));
  stage.write("a.test.js", 'import { test } from "node:test";\ntest("holds", () => {});\n');
  commitAll(stage.workspace);
}

describe("a task that is forked at the builder with another model", () => {
  test("asks for the builder and what follows alone, and compare shows both", { timeout: 120_000 }, async (context) => {
    const plan = { summary: "Planned with care.", steps: [{ title: "One", detail: "Write made.txt" }] };
    const prompts: string[] = [];
    const stage = await openStage(context, {
      script: play({
        planner: () => reply().handoff(plan),
        builder: (call) => {
          if (call.turn === 0) prompts.push(firstPrompt(call));
          return writes(call);
        },
        tester: (call) =>
          call.turn === 0 ? reply().tool("Bash", { command: "cat made.txt > tested.txt" }) : handOver(call),
      }),
    });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const options = { prompt: "Make it", taskType: "feature_implementation", includeAnalyst: "yes" } as const;
    const first = await orchestrator.execute(options);
    expect(first.status).toBe("completed");
    const since = stage.server.calls.length;
    // The user goes on meanwhile; the fork begins where the first one began.
    stage.write("later.txt", "mine\n");
    commitAll(stage.workspace);

    const terminal = openTerminal(context, stage);
    const forked: TaskResult = await terminal.json("fork", first.taskId, "--at", "builder", "--model", "haiku");
    expect(askedFor(stage, since)).toEqual(["builder", "tester", "reviewer"]);
    expect(new Set(stage.server.calls.slice(since).map((call) => call.model.includes("haiku")))).toEqual(
      new Set([true]),
    );
    expect(forked).toMatchObject({
      status: "completed",
      verified: true,
      model: "haiku",
      prompt: "Make it",
      forkOf: { taskId: first.taskId, stepKey: "builder" },
      census: { planned: 8, ran: 5, succeeded: 8, reused: 3 },
    });
    expect(reusedOf(forked)).toEqual(["baseline", "analyst", "planner"]);
    expect(stepOf(forked, "planner")).toMatchObject({ reusedFrom: first.taskId, attempt: 0, handoff: plan });
    expect(forked.agents.map((agent) => agent.role)).toEqual(["builder", "tester", "reviewer"]);
    // The plan that was reused is what the builder was told, and all that it was told.
    expect(prompts[1]).toContain("Planned with care.");
    expect(prompts[1]?.replaceAll(forked.taskId, first.taskId).length).toBe(prompts[0]?.length);
    const show = (path: string) => git(stage.workspace, "show", `orchestrator/${forked.taskId}:${path}`);
    expect(show("tested.txt")).toBe("quick\nand short\n");
    expect(() => show("later.txt")).toThrow();
    expect(forked.files.produced.map(({ path, linesAdded }) => [path, linesAdded])).toEqual([
      ["made.txt", 2],
      ["tested.txt", 2],
    ]);
    // Every token is counted once, where it was used.
    const rows = await expectSameCount(stage, orchestrator);
    expect(rows.filter((row) => row.taskId === forked.taskId)).toHaveLength(stage.server.calls.length - since);

    const compared: TaskComparison = await terminal.json("compare", first.taskId, forked.taskId);
    expect(
      compared.steps.map(({ stepKey, left, right }) => [stepKey, left?.status, right?.reusedFrom !== null]),
    ).toEqual([
      ["baseline", "succeeded", true],
      ["analyst", "succeeded", true],
      ["planner", "succeeded", true],
      ["builder", "succeeded", false],
      ["check-builder", "succeeded", false],
      ["tester", "succeeded", false],
      ["check-tester", "succeeded", false],
      ["reviewer", "succeeded", false],
    ]);
    expect(compared.right.costUsd ?? 0).toBeLessThan(compared.left.costUsd ?? 0);
    const shown = (await terminal.run("compare", first.taskId, forked.taskId)).stdout;
    expect(shown).toMatch(/model +sonnet +haiku/);
    expect(shown).toMatch(/prompt +Make it\n/);
    expect(shown).toMatch(/planner +succeeded .* reused\n/);
    expect(shown).toMatch(/made\.txt +A \+1 -0 +A \+2 -0/);
    for (const line of shown.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect((await terminal.run("task-details", forked.taskId)).stdout).toContain(`${first.taskId} at builder`);
  });
});

describe("what a fork takes over", () => {
  const two = [
    { role: "builder", instructions: "Part one" },
    { role: "builder", instructions: "Part two" },
  ];
  const builds = (one: string, other: string) => (call: CallContext) => {
    if (call.turn > 0) return handOver(call);
    return reply().tool("Bash", { command: firstPrompt(call).includes("Part two") ? other : one });
  };

  test("of parallel writers is the commit of the one that is not run again, for the merge", async (context) => {
    const commands = { one: "echo one > one.txt", two: "echo two > two.txt" };
    const script = play({ builder: (call) => builds(commands.one, commands.two)(call) });
    const stage = await openStage(context, { script, git: true });
    const orchestrator = await stage.orchestrator();
    const first = await orchestrator.executeCustomWorkflow({ prompt: "Both", roles: two, parallel: true });
    commands.two = "echo second > two.txt";
    const since = stage.server.calls.length;
    const forked = await orchestrator.fork(first.taskId, { at: "builder#2" });
    expect(stage.server.calls.slice(since).every((call) => JSON.stringify(call.request).includes("Part two"))).toBe(
      true,
    );
    expect(reusedOf(forked)).toEqual(["builder"]);
    const show = (path: string) => git(stage.workspace, "show", `orchestrator/${forked.taskId}:${path}`);
    expect([show("one.txt"), show("two.txt")]).toEqual(["one\n", "second\n"]);
    expect(git(stage.workspace, "worktree", "list").trim().split("\n")).toHaveLength(1);
    // It is the whole result that is brought in, not only what was run again.
    await orchestrator.apply(forked.taskId);
    expect(git(stage.workspace, "ls-files")).toContain("one.txt");
  });

  test("of a lane is what its writer has left, where only the check of it is run again", async (context) => {
    const script = play({ builder: builds("echo one > one.txt", "echo two > two.txt") });
    const stage = await openStage(context, { script });
    stage.write(".orchestrator/config.yaml", 'checks: ["test -e one.txt || test -e two.txt"]\n');
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const first = await orchestrator.executeCustomWorkflow({ prompt: "Both", roles: two, parallel: true });
    expect(first.status).toBe("completed");
    const since = stage.server.calls.length;
    const forked = await orchestrator.fork(first.taskId, { at: "check-builder" });
    expect(stage.server.calls).toHaveLength(since);
    expect(forked).toMatchObject({ status: "completed", agents: [], costUsd: 0 });
    const treeOf = (task: TaskResult) => git(stage.workspace, "rev-parse", `orchestrator/${task.taskId}^{tree}`);
    expect(treeOf(forked)).toBe(treeOf(first));
  });

  test("is the state after the rounds that came before the step, and the step's own round can be forked", async (context) => {
    let tries = 0;
    const builder = (call: CallContext) => {
      if (call.turn > 0) return handOver(call);
      tries += 1;
      return reply().tool("Bash", { command: `echo ${tries === 1 ? "bad" : `good ${tries}`} > made.txt` });
    };
    const stage = await openStage(context, { script: play({ builder }) });
    stage.write(".orchestrator/config.yaml", 'checks: ["test ! -e made.txt || grep -q good made.txt"]\n');
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const first = await orchestrator.execute({ prompt: "Make it", taskType: "simple_implementation" });
    expect(first).toMatchObject({ status: "completed", census: { rounds: 1 } });
    const since = stage.server.calls.length;

    const later = await orchestrator.fork(first.taskId, { at: "tester" });
    expect(askedFor(stage, since)).toEqual(["tester"]);
    expect(reusedOf(later)).toEqual(["baseline", "builder", "check-builder", "builder#2", "check-builder#2"]);
    expect(later).toMatchObject({ status: "completed", verified: true });
    const made = (task: TaskResult) => git(stage.workspace, "show", `orchestrator/${task.taskId}:made.txt`);
    expect(made(later)).toBe("good 2\n");

    const round = await orchestrator.fork(first.taskId, { at: "builder#2" });
    expect(reusedOf(round)).toEqual(["baseline", "builder", "check-builder"]);
    expect(made(round)).toBe("good 3\n");
    // Forked before its round the builder succeeds at once, and none comes.
    const whole = await orchestrator.fork(first.taskId, { at: "builder" });
    expect(whole.steps.map((step) => step.stepKey)).not.toContain("builder#2");
    // A fork can be forked; what is reused names the task in which it ran.
    const again = await orchestrator.fork(later.taskId, { at: "check-tester" });
    expect(stepOf(again, "builder").reusedFrom).toBe(first.taskId);
    expect(stepOf(again, "tester").reusedFrom).toBe(later.taskId);
  });

  test("is the evidence of checks before the work, by which a fix is judged", async (context) => {
    let mended = "";
    const stage = await openStage(context, {
      script: play({
        builder: (call) =>
          call.turn === 0 ? reply().tool("Bash", { command: `printf '%s' '${mended}' > v.js` }) : handOver(call),
      }),
    });
    stage.write("package.json", JSON.stringify({ name: "p", type: "module", scripts: { test: "node --test" } }));
    stage.write("v.js", "export const v = 1;");
    stage.write(
      "v.test.js",
      'import assert from "node:assert";\nimport { test } from "node:test";\nimport { v } from "./v.js";\ntest("is two", () => assert.equal(v, 2));\ntest("is odd today", () => assert.fail());\n',
    );
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    mended = "export const v = 3;";
    const first = await orchestrator.execute({ prompt: "Fix the failing test", taskType: "simple_fix" });
    expect(first).toMatchObject({ status: "failed", error: { code: "check_failed" } });
    mended = "export const v = 2;";
    const forked = await orchestrator.fork(first.taskId, { at: "builder" });
    // One test still fails, as it did before: only the baseline knows that.
    expect(forked).toMatchObject({ status: "completed", error: null });
    const [before] = forked.checks;
    expect(before).toMatchObject({ stepKey: "baseline", failedTests: ["is two", "is odd today"] });
    expect(before?.endedAt).toBe(first.checks[0]?.endedAt);
  });
});

describe("a fork can differ", () => {
  test("by its prompt and by the role of its step", async (context) => {
    const prompts: string[] = [];
    const hear = (call: CallContext) => {
      prompts.push(`${call.role}: ${firstPrompt(call)}`);
      return handOver(call);
    };
    const stage = await openStage(context, { script: play({ analyst: hear, reviewer: hear }), git: true });
    const orchestrator = await stage.orchestrator();
    const first = await orchestrator.executeCustomWorkflow({ prompt: "Look at cats", roles: ["scout", "analyst"] });
    const change = { at: "analyst", prompt: "Look at dogs", role: "reviewer" };
    const forked = await orchestrator.fork(first.taskId, change);
    expect(forked).toMatchObject({ prompt: "Look at dogs", model: first.model, agents: [{ role: "reviewer" }] });
    expect(prompts.map((prompt) => prompt.slice(0, 8))).toEqual(["analyst:", "reviewer"]);
    expect(prompts[1]).toContain("Look at dogs");
    expect(prompts[1]).not.toContain("Look at cats");
  });

  test("by running what failed with another model, in the background too", async (context) => {
    let isBroken = true;
    const tester = (call: CallContext) => (isBroken ? reply().text("I cannot.") : handOver(call));
    const stage = await openStage(context, { script: play({ tester, builder: writes }), git: true });
    const terminal = openTerminal(context, stage);
    const first = await terminal.run("execute", "Do it", "--task-type", "simple_implementation", "--json");
    const { taskId } = JSON.parse(first.stdout) as TaskResult;
    isBroken = false;
    const begun = await terminal.json("fork", taskId, "--at", "tester", "--model", "opus", "--detach");
    const ended = await terminal.json("wait", begun.taskId);
    expect(ended).toMatchObject({ status: "unverified", model: "opus", forkOf: { taskId, stepKey: "tester" } });
    expect(reusedOf(ended)).toEqual(["builder"]);
  });

  test("by what an agent plans, where it is forked at the plan or after it", async (context) => {
    const planned = (role: string) => () =>
      reply().handoff({
        ...{ complexity: "simple", rationale: `The ${role} is enough.`, skipped: [] },
        steps: [{ role, scope: "Look.", dependsOn: [] }],
      });
    const orchestratorRole = inOrder(planned("scout"), planned("analyst"));
    const stage = await openStage(context, { script: play({ orchestrator: orchestratorRole }), git: true });
    const orchestrator = await stage.orchestrator();
    const first = await orchestrator.execute({ prompt: "Look", plan: "ai" });
    const keys = first.steps.map((step) => step.stepKey);
    expect(keys).toHaveLength(2);
    const after = await orchestrator.fork(first.taskId, { at: keys[1] ?? "" });
    expect(after).toMatchObject({ planMode: "ai", rationale: first.rationale });
    expect(reusedOf(after)).toEqual(["plan"]);
    const anew = await orchestrator.fork(first.taskId, { at: "plan" });
    expect(anew.steps.map((step) => step.role)).toEqual(["orchestrator", "analyst"]);
  });

  test("and still goes on from uncommitted changes and named paths, as the first one did", async (context) => {
    const scout = (call: CallContext) =>
      reply().handoff({ summary: `See ${call.workingDirectory}/README.md`, keyFindings: [], relevantFiles: [] });
    const stage = await openStage(context, { script: play({ scout, builder: writes }), git: true });
    appendFileSync(join(stage.workspace, "README.md"), "not committed\n");
    const orchestrator = await stage.orchestrator();
    const first = await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: ["scout", "builder"] });
    git(stage.workspace, "checkout", "--quiet", "--", ".");
    const forked = await orchestrator.fork(first.taskId, { at: "builder" });
    expect(git(stage.workspace, "show", `orchestrator/${forked.taskId}:README.md`)).toContain("not committed");
    expect(forked.files.produced.map((file) => file.path)).toEqual(["made.txt"]);
    // The worktree that the scout named is gone; the checkout's path means the copy to every agent.
    expect(stepOf(first, "scout").handoff?.summary).toBe(`See ${first.workspaces[0]?.directory}/README.md`);
    expect(stepOf(forked, "scout").handoff?.summary).toBe(`See ${stage.workspace}/README.md`);
  });
});

describe("a fork is refused", () => {
  test("with what is wrong and what to do", { timeout: 120_000 }, async (context) => {
    const stage = await openStage(context, { script: play({ builder: writes }), git: true });
    const terminal = openTerminal(context, stage);
    const task: TaskResult = await terminal.json("execute", "Do it", "--task-type", "simple_implementation");
    const refuse = async (code: number, args: string[], ...words: RegExp[]) =>
      expectRefusal(await terminal.run("fork", ...args), code, ...words);
    await refuse(2, [task.taskId], /--at/);
    await refuse(2, [task.taskId, "--at", "nobody"], /no step "nobody"/, /builder, tester/);
    await refuse(2, ["task_nothing", "--at", "builder"], /task_nothing/);
    await refuse(2, [task.taskId, "--at", "tester", "--role", "wizard"], /no role "wizard"/, /builder/);
    await refuse(2, [task.taskId, "--at", "tester", "--role", "scout"], /only reads/, /--roles/);
    await refuse(2, [task.taskId, "--at", "tester", "--model", "two words"], /not a model name/);
    await refuse(2, [task.taskId, "--at", "tester", "--prompt", " "], /prompt is empty/);
    await refuse(2, [task.taskId, "--at", "tester", "--budget", "1", "--model", "homemade"], /price/);
    await refuse(2, [task.taskId, "--at", "tester", "--rehearse"], /no rehearsal/);
    expectRefusal(await terminal.run("compare", task.taskId, task.taskId), 2, /twice/);
    const inPlace: TaskResult = await terminal.json("execute", "Do it", "--roles", "builder,scout", "--in-place");
    await refuse(2, [inPlace.taskId, "--at", "scout"], /in the directory itself/, /follow-up/);
  });

  test("when the commits that it needs are gone", async (context) => {
    const stage = await openStage(context, { script: play({ builder: writes }), git: true });
    const orchestrator = await stage.orchestrator();
    const task = await orchestrator.execute({ prompt: "Do it", taskType: "simple_implementation" });
    git(stage.workspace, "branch", "--quiet", "-D", `orchestrator/${task.taskId}`);
    git(stage.workspace, "reflog", "expire", "--expire=now", "--all");
    git(stage.workspace, "gc", "--quiet", "--prune=now");
    await expect(orchestrator.fork(task.taskId, { at: "tester" })).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining('"builder"'),
      hint: expect.stringContaining("--at builder"),
    });
    // Its beginning is the user's own commit, which is there.
    expect((await orchestrator.fork(task.taskId, { at: "builder" })).status).toBe("unverified");
  });

  test("in place only where files were changed", async (context) => {
    const stage = await openStage(context, { script: play() });
    const orchestrator = await stage.orchestrator();
    const task = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout", "analyst"] });
    expect(task.workspaceKind).toBe("in_place");
    const forked = await orchestrator.fork(task.taskId, { at: "analyst", model: "opus" });
    expect(reusedOf(forked)).toEqual(["scout"]);
  });
});
