import { type CallContext, hang, httpError, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { handOver, openStage, play, type TestContext, waitFor } from "./fixtures.js";
import { createGate, expectRefusal, openTerminal, type Terminal } from "./terminal.js";

const PLAN = {
  complexity: "medium",
  rationale: "One looks, then one builds.",
  steps: [
    { role: "scout", scope: "Find the files.", dependsOn: [] },
    { role: "builder", scope: "Mend it.", dependsOn: ["scout"], writes: true },
  ],
  skipped: [{ role: "documenter", reason: "nothing to document" }],
};
const CAREFUL =
  "description: Look twice\nsteps:\n  - role: scout\n  - role: analyst\n    dependsOn: []\n  - role: builder\n    dependsOn: [scout, analyst]\n";
const TYPO = "Fix the typo in the README";

async function open(test: TestContext, roles: Parameters<typeof play>[0] = {}, environment = {}) {
  const stage = await openStage(test, { script: play(roles), environment });
  return { stage, terminal: openTerminal(test, stage) };
}

async function lastTask(terminal: Terminal) {
  const [task] = await terminal.json("list-tasks", "--limit", "1");
  return task;
}

const keysOf = ({ steps }: { steps: { stepKey: string }[] }) => steps.map((step) => step.stepKey);

describe("estimate", () => {
  test("says what a task would be, rests on this repository's past, and asks no model", async (context) => {
    const { stage, terminal } = await open(context);
    const before = await terminal.run("estimate", ...TYPO.split(" "));
    expect(before).toMatchObject({ code: 0, stderr: "" });
    expect(before.stdout).toMatch(/^type +simple_fix\ncomplexity +simple\nbecause +complexity simple: /);
    expect(before.stdout).toMatch(/^steps +builder → tester\nagents +2\nforecast +no history yet/m);
    expect(await terminal.json("estimate", TYPO)).toMatchObject({
      taskType: "simple_fix",
      complexity: "simple",
      reasons: expect.arrayContaining([expect.stringContaining("typo")]),
      steps: [{ key: "builder" }, { key: "tester" }],
      agents: 2,
      forecast: null,
    });
    expect(stage.server.calls).toEqual([]);
    expect(await terminal.json("list-tasks")).toEqual([]);

    const first = await terminal.run("execute", TYPO);
    expect(first.stdout).toMatch(/^Estimate: simple_fix, simple, 2 agents: no history in this repository yet$/m);
    const again = await terminal.run("execute", TYPO);
    expect(again.stdout).toMatch(
      /^Estimate: simple_fix, simple, 2 agents: [\d.]+k tokens, \$0\.\d{4}, \d+ s \(from 1 task here\)$/m,
    );
    const line = again.stdout.indexOf("Estimate:");
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThan(again.stdout.indexOf("started    builder"));
    const after = await terminal.run("estimate", TYPO);
    expect(after.stdout).toMatch(/^forecast +[\d.]+k.* tokens, \$0\.\d{4}.* \(from 2 tasks here\)$/m);
    const { forecast } = await terminal.json("estimate", TYPO);
    expect(forecast).toMatchObject({ runs: 2, rolesWithoutHistory: [], tokens: { low: expect.any(Number) } });
    // A role that has never run here is named, not guessed.
    expect((await terminal.run("estimate", "--task-type", "testing", "x")).stdout).toMatch(/without planner, reviewer/);
    // Another repository has no past.
    expect((await terminal.json("estimate", "--cwd", stage.home, TYPO)).forecast).toBeNull();
  });

  test("reads the prompt from a file and a pipe, and refuses what is none", async (context) => {
    const { stage, terminal } = await open(context);
    stage.write("task.md", TYPO);
    expect((await terminal.json("estimate", "-f", "task.md")).taskType).toBe("simple_fix");
    expect((await terminal.pipe(TYPO, "estimate", "-")).stdout).toMatch(/simple_fix/);
    expectRefusal(await terminal.run("estimate"), 2, /empty/);
    expectRefusal(await terminal.run("estimate", "-f", "nowhere.md"), 2, /nowhere\.md/);
    expectRefusal(await terminal.run("estimate", "--task-type", "chores", "x"), 2, /"chores"/, /bug_fix/);
    expectRefusal(await terminal.run("estimate", "--workflow", "careless", "x"), 2, /no workflow "careless"/);
    expectRefusal(await terminal.run("estimate", "--cwd", "/no/such", "x"), 2, /\/no\/such does not exist/);
    const asJson = await terminal.run("estimate", "--json", "");
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: "invalid_input" } });
    expect(asJson.code).toBe(2);
  });
});

describe("execute --plan ai", () => {
  test("shows the plan, and task-details what it rests on", async (context) => {
    const { terminal } = await open(context, { orchestrator: () => reply().handoff(PLAN) });
    const outcome = await terminal.run("execute", "--plan", "ai", "Fix the bug");
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/^Estimate: an agent plans first$/m);
    expect(outcome.stdout).toMatch(/ planned {4}plan\n[\s\S]* planned {4}scout → builder\n[\s\S]* started {4}scout\n/);
    const task = await lastTask(terminal);
    expect(task).toMatchObject({ planMode: "ai", fallbackReason: null, skippedRoles: PLAN.skipped });
    const { stdout } = await terminal.run("task-details", task.taskId);
    expect(stdout).toMatch(/^planned by +an agent$/m);
    expect(stdout).toMatch(/^rationale +One looks, then one builds\.$/m);
    expect(stdout).toMatch(/^left out +documenter: nothing to document$/m);
  });

  test("with three plans that cannot be used falls back to the template, and task-details has the reason", async (context) => {
    const bad = { ...PLAN, steps: [{ role: "wizard", scope: "Cast.", dependsOn: [] }] };
    const { terminal } = await open(context, { orchestrator: () => reply().handoff(bad) });
    const outcome = await terminal.run("execute", "--plan", "ai", TYPO);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/ planned {4}builder → tester: .*wiz/);
    const task = await lastTask(terminal);
    expect(task).toMatchObject({ planMode: "template", fallbackReason: expect.stringMatching(/no role \\?"wizard/) });
    const details = await terminal.run("task-details", task.taskId);
    expect(details.stdout).toMatch(/^fallback +the template is used: .*wizard/m);
    expect(keysOf(await terminal.json("task-details", task.taskId))).toEqual(["plan", "builder", "tester"]);
  });
});

describe("workflows and roles of a repository", () => {
  test("a workflow file is listed, estimated and run by name", async (context) => {
    const { stage, terminal } = await open(context);
    stage.write(".orchestrator/workflows/careful.yaml", CAREFUL);
    const { stdout } = await terminal.run("workflows");
    expect(stdout).toMatch(/^workflow +source +steps$/m);
    expect(stdout).toMatch(/^bug_fix +built-in +analyst→planner→builder→tester→reviewer$/m);
    expect(stdout).toMatch(/^careful +careful\.yaml +scout, analyst, builder$/m);
    const listed = await terminal.json("workflows");
    expect(listed[0]).toEqual({ name: "feature_implementation", source: "built-in", roles: expect.any(Array) });
    expect(listed.at(-1)).toMatchObject({
      name: "careful",
      source: ".orchestrator/workflows/careful.yaml",
      description: "Look twice",
      roles: ["scout", "analyst", "builder"],
      steps: [{ role: "scout" }, { role: "analyst" }, { role: "builder", dependsOn: ["scout", "analyst"] }],
    });
    expect((await terminal.json("estimate", "--workflow", "careful", "Do it")).agents).toBe(3);
    const result = await terminal.json("execute", "--workflow", "careful", "Do it");
    expect(result).toMatchObject({ planMode: "workflow", workflow: "careful", status: "unverified" });
    expect(keysOf(result)).toEqual(["scout", "analyst", "builder"]);
    expect((await terminal.run("task-details", result.taskId)).stdout).toMatch(/^workflow +careful$/m);
    expectRefusal(await terminal.run("execute", "--workflow", "careless", "x"), 2, /careless/, /careful/);
  });

  test("roles are listed within 80 columns, with their source and what is odd about them", async (context) => {
    const { stage, terminal } = await open(context);
    stage.write(
      ".orchestrator/roles/critic.md",
      `---\nname: critic\ndescription: ${"Says what is wrong. ".repeat(9)}\ntools: Read\nmodel: opus\ncolor: red\n---\nYou criticise.\n`,
    );
    const { code, stdout, stderr } = await terminal.run("roles");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^role +writes +model +source +when to use it$/m);
    expect(stdout).toMatch(/^builder +yes +default +built-in +Writes and/m);
    expect(stdout).toMatch(/^critic +no +opus +\.orchestrator\/roles\/crit\S* +Says/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stderr).toMatch(/critic\.md.*color/);
    const asJson = await terminal.run("roles", "--json");
    const { roles, warnings } = JSON.parse(asJson.stdout);
    expect(roles.find((role: { name: string }) => role.name === "critic")).toMatchObject({
      model: "opus",
      writes: false,
    });
    expect(warnings).toEqual([expect.stringContaining("color")]);
    // Elsewhere there is no such role.
    expect((await terminal.run("roles", "--cwd", stage.home)).stdout).not.toMatch(/critic/);
  });

  test("a broken file is refused with file and line, by whatever reads it", async (context) => {
    const { stage, terminal } = await open(context);
    stage.write(".orchestrator/workflows/bad.yaml", "steps:\n  - role: scout\n  - role: wizard\n");
    for (const args of [["workflows"], ["execute", "--workflow", "bad", "x"]])
      expectRefusal(await terminal.run(...args), 2, /\.orchestrator\/workflows\/bad\.yaml:3 .*wizard/);
    stage.write(".orchestrator/workflows/bad.yaml", "steps:\n  - role: scout\n    colour: red\n");
    const asJson = await terminal.run("workflows", "--json");
    expect(asJson.code).toBe(2);
    expect(JSON.parse(asJson.stdout).error).toMatchObject({
      code: "invalid_workflow",
      message: expect.stringMatching(/bad\.yaml:\d .*colour/),
    });
    stage.write(".orchestrator/workflows/bad.yaml", "steps: [\n");
    expectRefusal(await terminal.run("workflows"), 2, /bad\.yaml:\d.*not valid YAML/);
    stage.write(
      ".orchestrator/workflows/bad.yaml",
      "steps:\n  - role: scout\n    dependsOn: [builder]\n  - role: builder\n    dependsOn: [scout]\n",
    );
    expectRefusal(await terminal.run("workflows"), 2, /bad\.yaml:\d .*circle: scout → builder → scout/);
    stage.write(".orchestrator/workflows/bad.yaml", CAREFUL);
    stage.write(".orchestrator/roles/odd.md", "---\nname: odd\nkind: sculptor\n---\nCarve.\n");
    for (const args of [["roles"], ["workflows"], ["estimate", "x"], ["create-agent", "scout"]])
      expectRefusal(await terminal.run(...args), 2, /\.orchestrator\/roles\/odd\.md:3 .*sculptor/);
    expect(stage.server.calls).toEqual([]);
  });
});

test("options that contradict each other are refused before anything is recorded", async (context) => {
  const { terminal } = await open(context);
  const pairs: [...options: string[]][] = [
    ["--roles", "scout", "--task-type", "bug_fix"],
    ["--roles", "scout", "--workflow", "careful"],
    ["--roles", "scout", "--plan", "ai"],
    ["--roles", "scout", "--analyst", "yes"],
    ["--workflow", "careful", "--task-type", "bug_fix"],
    ["--workflow", "careful", "--plan", "ai"],
  ];
  for (const options of pairs) {
    const outcome = await terminal.run("execute", ...options, "x");
    expectRefusal(
      outcome,
      2,
      new RegExp(`${options[2]} was given with ${options[0]}|${options[0]} was given with ${options[2]}`),
    );
  }
  expectRefusal(await terminal.run("execute", "--dependencies", "{}", "x"), 2, /without --roles/);
  expectRefusal(await terminal.run("execute", "--roles", " , ", "x"), 2, /names no role/);
  expectRefusal(await terminal.run("execute", "--plan", "human", "x"), 2, /"human"/, /template, ai/);
  for (const priority of ["high", "-101", "1.5"])
    expectRefusal(await terminal.run("execute", "--priority", priority, "x"), 2, /priority is/);
  expectRefusal(await terminal.run("execute", "--after", "task_nobody", "x"), 2, /task_nobody/, /list-tasks/);
  expect(await terminal.json("list-tasks")).toEqual([]);
});

describe("execute --after", () => {
  test("waits for a task of another process, and takes one that has succeeded as it is", async (context) => {
    const gate = createGate();
    const { stage, terminal } = await open(context, { scout: (call) => gate.opened.then(() => handOver(call)) });
    const first = terminal.start("execute", "--roles", "scout", "--json", "First");
    await waitFor("the first call", () => stage.server.calls.length > 0);
    const { taskId } = await lastTask(terminal);
    const second = terminal.start("execute", "--roles", "planner", "--after", taskId.slice(0, 12), "--json", "Second");
    const reader = await stage.orchestrator();
    await waitFor("the second task", async () => (await reader.listTasks({ status: "queued" })).length === 1);
    expect(stage.server.calls).toHaveLength(1);
    gate.open();
    const { endedAt } = JSON.parse((await first.ended).stdout);
    const after = JSON.parse((await second.ended).stdout);
    expect(after).toMatchObject({ success: true, afterTaskId: taskId });
    expect(after.startedAt >= endedAt).toBe(true);
    const third = await terminal.run("execute", "--roles", "planner", "--after", taskId, "Third");
    expect(third.code).toBe(0);
    const [task] = await terminal.json("list-tasks", "--limit", "1");
    expect((await terminal.run("task-details", task.taskId)).stdout).toMatch(new RegExp(`^after +${taskId}$`, "m"));
  });

  test("gives up behind a task that failed, and behind one whose process is gone", async (context) => {
    const { stage, terminal } = await open(context, { scout: httpError(400), analyst: hang() });
    expect((await terminal.run("execute", "--roles", "scout", "Fail")).code).toBe(1);
    const failed = await lastTask(terminal);
    const after = await terminal.run("execute", "--roles", "planner", "--after", failed.taskId, "Next");
    expect(after.code).toBe(1);
    expect(after.stdout).toMatch(new RegExp(`The task ${failed.taskId}, .* ended as failed`));
    expect(after.stdout).toMatch(/1 planned, 0 ran, .* 1 skipped/);
    const running = terminal.start("execute", "--roles", "analyst", "Hang");
    await waitFor("the call", () => stage.server.calls.some((call) => call.role === "analyst"));
    const gone = await lastTask(terminal);
    running.child.kill("SIGKILL");
    await running.ended;
    const behind = await terminal.run("execute", "--roles", "planner", "--after", gone.taskId, "Next");
    expect(behind.code).toBe(1);
    expect(behind.stdout).toMatch(/is run by no process any more/);
    expect(stage.server.calls.some((call) => call.role === "planner")).toBe(false);
    await waitFor("the end of what was left", () => stage.processes().length === 0);
  });
});

test("where only one agent may run, the task of the greater priority goes first", async (context) => {
  const gate = createGate();
  const { stage, terminal } = await open(
    context,
    { scout: (call) => gate.opened.then(() => handOver(call)) },
    { ORCHESTRATOR_MAX_PARALLEL_AGENTS: "1" },
  );
  const first = terminal.start("execute", "--roles", "scout", "First");
  await waitFor("the first call", () => stage.server.calls.length > 0);
  const reader = await stage.orchestrator();
  const waiting = (count: number) =>
    waitFor("the next task to wait", async () => {
      const tasks = await Promise.all((await reader.listTasks()).map(({ taskId }) => reader.getTaskDetails(taskId)));
      return tasks.filter(({ steps }) => steps[0]?.status === "waiting").length === count;
    });
  const low = terminal.start("execute", "--roles", "planner", "--priority", "-5", "Low");
  await waiting(1);
  const high = terminal.start("execute", "--roles", "analyst", "--priority", "10", "High");
  await waiting(2);
  gate.open();
  for (const { ended } of [first, low, high]) expect((await ended).code).toBe(0);
  expect(stage.server.calls.map((call) => call.role)).toEqual(["scout", "analyst", "planner"]);
  const [newest] = await terminal.json("list-tasks");
  expect(newest.priority).toBe(10);
  expect((await terminal.run("task-details", newest.taskId)).stdout).toMatch(/^priority +10$/m);
});

describe("follow-up", () => {
  test("goes on from a finished task in its directory, with its results", async (context) => {
    const { stage, terminal } = await open(context);
    const first = await terminal.json("execute", "--roles", "builder", "Build the door");
    const outcome = await terminal.run("follow-up", first.taskId, "Now", "paint", "it");
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain(`Agents work in ${stage.workspace} itself`);
    expect(await lastTask(terminal)).toMatchObject({ followUpOf: first.taskId, workingDirectory: stage.workspace });
    const told = JSON.stringify(stage.server.calls.at(-1)?.request.messages);
    expect(told).toContain("Build the door");
    expect(told).toContain("Now paint it");
    expectRefusal(await terminal.run("follow-up", "task_nobody", "x"), 2, /task_nobody/, /list-tasks/);
    expectRefusal(await terminal.run("follow-up", first.taskId), 2, /empty/);
    expectRefusal(await terminal.run("follow-up", first.taskId, "--cwd", "/", "x"), 2, /--cwd/);
    expectRefusal(await terminal.run("cancel", first.taskId), 2, /has ended already: it is unverified/);
  });

  test("refuses one that still runs, which cancel then ends with 130", async (context) => {
    const { stage, terminal } = await open(context, { scout: hang() });
    const running = terminal.start("execute", "--roles", "scout", "Look");
    await waitFor("the call", () => stage.server.calls.length > 0);
    const { taskId } = await lastTask(terminal);
    expectRefusal(await terminal.run("follow-up", taskId, "x"), 2, /is running/, new RegExp(`--after ${taskId}`));
    const cancelled = await terminal.run("cancel", taskId);
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringMatching(/is being ended/) });
    const outcome = await running.ended;
    expect(outcome.code).toBe(130);
    expect(outcome.stdout).toMatch(/cancelled from the command line/);
    expect(stage.processes()).toEqual([]);
    expect(await lastTask(terminal)).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
    expectRefusal(await terminal.run("cancel", taskId), 2, /has ended already: it is cancelled/);
    expectRefusal(await terminal.run("cancel", "task_nobody"), 2, /task_nobody/);
  });
});

describe("money", () => {
  const costly = (call: CallContext) => handOver(call).usage({ inputTokens: 1_000_000 });

  test("a task's budget that is reached ends it with 4; one that is below what is usual is said to be", async (context) => {
    const { stage, terminal } = await open(context, { scout: costly });
    const outcome = await terminal.run("execute", "--roles", "scout,planner", "--budget", "$0.5", "Look");
    expect(outcome.code).toBe(4);
    expect(outcome.stdout).toMatch(/budget/);
    expect(stage.server.calls).toHaveLength(1);
    expect(await lastTask(terminal)).toMatchObject({
      status: "failed",
      budgetUsd: 0.5,
      error: { code: "budget_reached" },
    });
    const again = await terminal.run("execute", "--roles", "scout", "--budget", "0.1", "Look");
    expect(again.stdout).toMatch(
      /^The budget of \$0\.1000 will probably be reached: such tasks have cost at least \$\d/m,
    );
  });

  test("the day's budget, once spent, ends execute with 4 before any model call; a rehearsal is free", async (context) => {
    const { stage, terminal } = await open(context, { scout: costly });
    expect((await terminal.run("execute", "--roles", "scout", "Look")).code).toBe(0);
    const poor = openTerminal(context, stage, { ORCHESTRATOR_DAILY_BUDGET_USD: "1" });
    expectRefusal(
      await poor.run("execute", "--roles", "scout", "Look"),
      4,
      /budget/,
      /ORCHESTRATOR_DAILY_BUDGET_USD|dailyBudgetUsd/,
    );
    const asJson = await poor.run("execute", "--roles", "scout", "--json", "Look");
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: "budget_reached" } });
    expect(asJson.code).toBe(4);
    expect(stage.server.calls).toHaveLength(1);
    expect((await poor.run("execute", "--roles", "scout", "--rehearse", "Look")).code).toBe(0);
    expect(await terminal.json("list-tasks")).toHaveLength(2);
  });
});

test("a failed task's digest names the first cause, the last tool, the last word and the next command", async (context) => {
  const { terminal } = await open(context, {
    scout: [reply().text("Let me look.").tool("Glob", { pattern: "*.nothing" }), httpError(400)],
  });
  const outcome = await terminal.run("execute", "--roles", "scout,planner", "Look");
  expect(outcome.code).toBe(1);
  const task = await lastTask(terminal);
  const { digest } = await terminal.json("task-details", task.taskId);
  expect(digest).toMatchObject({
    stepKey: "scout",
    cause: { code: "model_refused" },
    agentId: expect.stringMatching(/^agent_/),
    lastTool: { name: "Glob", input: expect.stringContaining("*.nothing") },
    logLine: expect.stringContaining("Let me look."),
  });
  for (const text of [outcome.stdout, (await terminal.run("task-details", task.taskId)).stdout]) {
    expect(text).toMatch(/^ {2}cause +scout: model_refused$/m);
    expect(text).toMatch(/^ {2}last tool +Glob .*\*\.nothing/m);
    expect(text).toMatch(/^ {2}last said +Let me look\.$/m);
    expect(text).toMatch(new RegExp(`^ {2}log +orchestrator logs ${digest.agentId}$`, "m"));
    expect(text).toMatch(new RegExp(`^ {2}next +orchestrator follow-up ${task.taskId} "…"$`, "m"));
  }
  expect((await terminal.run("logs", digest.agentId)).code).toBe(0);
});
