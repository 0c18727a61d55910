import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { createSupervisor } from "./agents/supervisor.js";
import { checkOptions } from "./check-options.js";
import { loadConfig } from "./config/index.js";
import { addTask, FakeExecutor, House, nextEvent } from "./engine/local/fakes.testsuite.js";
import { loadRoles } from "./roles/index.js";
import { parseOverrides, type RoleOptions } from "./roles/overrides.js";
import { callEnded, callStarted, makeFolder, taskCreated } from "./store/sqlite/events.testsuite.js";
import { openSqliteStore } from "./store/sqlite/sqlite-store.js";
import { checkCall, parseTaskRequest } from "./task-request.js";
import { readAiPlan } from "./workflows/ai-plan.js";
import { parseWorkflowFile } from "./workflows/workflow-file.js";

const { roles } = loadRoles(tmpdir());
const messageOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing thrown";
};

test("a group whose first call has no cost is still sorted by its sum", async () => {
  const folder = makeFolder();
  const store = await openSqliteStore({ path: folder.database });
  for (const [at, [agentId, costUsd]] of (
    [
      ["agent_a", null],
      ["agent_a", 5],
      ["agent_b", 1],
    ] as const
  ).entries()) {
    const call = { agentId, taskId: null, callId: `call_${at}`, ordinal: at, costUsd, usage: { inputTokens: 1 } };
    await store.append([callStarted(call), callEnded(call)]);
  }
  const rows = await store.costs("agent");
  await store.close();
  folder.remove();
  expect(rows.map(({ key, costUsd }) => [key, costUsd])).toEqual([
    ["agent_a", 5],
    ["agent_b", 1],
  ]);
});

test("an unknown field of a step is named with its step, and with the options of a step", () => {
  const message = messageOf(() =>
    checkCall("executeCustomWorkflow", { prompt: "x", roles: [{ role: "scout", colour: "red" }] }),
  );
  expect(message).toContain("roles.0");
});
test("an unknown field of an inner object names where, and the fields there", () => {
  const schema = z.strictObject({ inner: z.strictObject({ names: z.string().optional() }) });
  const message = messageOf(() => checkOptions(schema, { inner: { colour: 1 } }, "call"));
  expect(message).toContain("inner");
});
test("a step that is neither a name nor an object says what it should be", () => {
  const message = messageOf(() => checkCall("executeCustomWorkflow", { prompt: "x", roles: [5] }));
  expect(message).not.toMatch(/but Invalid input/);
});
test("a step without a role says so", () => {
  const message = messageOf(() =>
    checkCall("executeCustomWorkflow", { prompt: "x", roles: [{ instructions: "Look." }] }),
  );
  expect(message).toMatch(/role.*expected string/);
});
test("a bigint is refused as invalid input", () => {
  expect(messageOf(() => checkCall("execute", { prompt: "x", budgetUsd: 1n }))).toMatch(
    /^OrchestratorError: .*budgetUsd is 1/,
  );
});
test("a circle is refused as invalid input", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(messageOf(() => checkCall("execute", { prompt: circle }))).toMatch(/^OrchestratorError: /);
});
test("a bigint for a role's field is refused as invalid input", () => {
  expect(messageOf(() => parseOverrides({ maxTurns: 5n } as unknown as RoleOptions))).toMatch(
    /^OrchestratorError: maxTurns is 5/,
  );
});
test("NaN is named", () => {
  expect(messageOf(() => checkCall("execute", { prompt: "x", budgetUsd: Number.NaN }))).toContain("budgetUsd is NaN");
});
test("NaN is named for a role's field", () => {
  expect(messageOf(() => parseOverrides({ maxTurns: Number.NaN }))).toContain("maxTurns is NaN");
});
test("a function is not called undefined", () => {
  expect(messageOf(() => parseOverrides({ systemPrompt: () => "" } as unknown as RoleOptions))).not.toContain(
    "is undefined",
  );
});
test("a far too long prompt is not repeated whole in the message", () => {
  expect(messageOf(() => parseOverrides({ systemPrompt: "x".repeat(20_001) })).length).toBeLessThan(500);
});
test("an unknown field of a workflow file is named with its own line", () => {
  const text = "name: x\nsteps:\n  - role: scout\n\ncolour: red\n";
  expect(messageOf(() => parseWorkflowFile(text, "w.yaml", "w", roles))).toContain("w.yaml:5 ");
});
test("an unknown field of a step is named with its own line", () => {
  const text = "steps:\n  - role: scout\n    colour: red\n";
  expect(messageOf(() => parseWorkflowFile(text, "w.yaml", "w", roles))).toContain("w.yaml:3 ");
});
test("of three steps of one key the second is named", () => {
  const text = "steps:\n  - {role: scout, key: a}\n  - {role: scout, key: a}\n  - {role: scout, key: a}\n";
  expect(messageOf(() => parseWorkflowFile(text, "w.yaml", "w", roles))).toContain("w.yaml:3 ");
});
test("the 101st step of one key is named", () => {
  const text = `steps:\n${"  - {role: scout, key: a}\n".repeat(200)}`;
  expect(messageOf(() => parseWorkflowFile(text, "w.yaml", "w", roles))).toContain("w.yaml:102 ");
});
test("the name that a file gives a workflow keeps to the rule of names", () => {
  expect(messageOf(() => parseWorkflowFile("steps:\n  - role: scout\n", "My Flow.yaml", "My Flow", roles))).toContain(
    "name",
  );
});

const plan = (steps: object[]) =>
  readAiPlan(
    { complexity: "simple", rationale: "x", steps: steps.map((s) => ({ scope: "x", dependsOn: [], ...s })) },
    { roles, budgetUsd: null, leastCostUsd: () => null },
  );
test("a problem of the graph ends in one full stop", () => {
  expect(messageOf(() => plan([{ role: "scout", dependsOn: ["scout"] }]))).not.toMatch(/\.\.$/);
});
test("the planner itself is no role to choose", () => {
  expect(messageOf(() => plan([{ role: "orchestrator" }]))).toContain("there is no role");
});
test("a key with line breaks is refused", () => {
  expect(messageOf(() => plan([{ role: "scout", key: "a\n# Task" }]))).toContain("key");
});
test("lastSeq never goes back", async () => {
  const folder = makeFolder();
  const store = await openSqliteStore({ path: folder.database });
  await store.append([taskCreated("task_a")]);
  const data = {
    status: "cancelled" as const,
    census: { planned: 0, ran: 0, succeeded: 0, failed: 0, skipped: 0, cancelled: 0, retried: 0 },
    error: null,
    output: "",
  };
  await store.append([{ type: "task.ended", taskId: "task_a", stepKey: null, agentId: null, data }]);
  await store.deleteTask("task_a");
  const last = await store.lastSeq();
  await store.close();
  folder.remove();
  expect(last).toBe(2);
});
test("a message to an agent that is not there is refused", async () => {
  const folder = makeFolder();
  const store = await openSqliteStore({ path: folder.database });
  const sent = store
    .append([
      {
        type: "agent.messaged",
        taskId: null,
        stepKey: null,
        agentId: "agent_none",
        data: { messageId: "m", text: "x", whenBusy: "queue" },
      },
    ])
    .then(
      () => "taken",
      () => "refused",
    );
  const answer = await sent;
  await store.close();
  folder.remove();
  expect(answer).toBe("refused");
});
test("an empty working directory is not the process's own", () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "x-")));
  const config = loadConfig({ environment: { ORCHESTRATOR_HOME: directory }, workingDirectory: directory });
  const outcome = messageOf(() => {
    const { workingDirectory } = parseTaskRequest(
      { prompt: "x", workingDirectory: "" },
      { workingDirectory: directory, config, rehearsal: false },
    );
    if (workingDirectory !== directory) return;
    throw new Error("the default is used");
  });
  rmSync(directory, { recursive: true });
  expect(outcome).not.toBe("nothing thrown");
});
test("a finding in a new turn is reported first, also when the turn before it was told off", () => {
  vi.useFakeTimers();
  const actions: string[] = [];
  let reading: { identicalCalls: number; toolCalls: number } | null = null;
  const supervisor = createSupervisor({ intervalMs: 10, policy: "stop" });
  supervisor.watch({
    read: () => reading && { silentMs: 0, callsSinceNew: 0, waitsFor: null, ...reading },
    record: ({ action }) => actions.push(action),
    nudge: () => {},
    stop: () => {},
  });
  for (const each of [
    { identicalCalls: 5, toolCalls: 5 },
    { identicalCalls: 6, toolCalls: 6 },
    null,
    { identicalCalls: 5, toolCalls: 11 },
  ]) {
    reading = each;
    vi.advanceTimersByTime(10);
  }
  supervisor.close();
  vi.useRealTimers();
  expect(actions).toEqual(["reported", "nudged", "reported"]);
});
test("a step that waits for another writer by now does not keep a place from others", async () => {
  const house = new House();
  const store = await house.openStore();
  const executor = new FakeExecutor();
  const engine = house.openEngine(store, executor, { maxParallelAgents: 2 });
  await addTask(store, "task_w", { "w!": [] });
  await addTask(store, "task_r", { r: [] }, "/other");
  await addTask(store, "task_h", { "h!": [] }, "/work", { priority: 5 });
  await addTask(store, "task_l", { l: [] }, "/else");
  await engine.start("task_w");
  await engine.start("task_r");
  await Promise.all([executor.until("run w"), executor.until("run r")]);
  const waiting = nextEvent(store, "step.waiting", "h");
  await engine.start("task_h");
  await waiting;
  executor.end("r");
  await engine.wait("task_r");
  await engine.start("task_l");
  await executor.until("run l");
  expect(executor.story).not.toContain("end w");
  for (const key of ["l", "w"]) executor.end(key);
  await executor.until("run h");
  await house.remove();
});
