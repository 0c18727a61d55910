import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Orchestrator, StoredEvent } from "@claude-orchestrator/core";
import { type CallContext, httpError, type Reply, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { handOver, openStage, play, type Stage, type TestContext, waitFor } from "./fixtures.js";
import { hasOpenssl, openSubscription } from "./subscription.js";

const PROGRAM = fileURLToPath(new URL("./fixtures/host-task.mjs", import.meta.url));
/** Longer than what is left to the CLI itself. */
const LIMIT_MS = 7_000;
const AGENTS = 4;
/** Four agents start one after another on a slow machine. */
const PATIENCE_MS = 45_000;

/** A command that ends when every agent is at it: while the limit holds. It fails where they do not all come. */
const TOGETHER = [
  `all_came() { [ $(ls "$HOME"/at-* | wc -l) -eq ${AGENTS} ]; }`,
  'mktemp "$HOME/at-XXXXXX"',
  `for look in $(seq ${PATIENCE_MS / 100}); do all_came && break; sleep 0.1; done`,
  'all_came && sleep 1 && echo ran >> "$HOME/ran.txt"',
].join("; ");

/** What an account's limit answers, and until when. */
type Refusal = (resetMs: number) => Reply;

const byLogin: Refusal = (resetMs) =>
  httpError(429, {
    headers: {
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": String(Math.ceil(resetMs / 1_000)),
      "anthropic-ratelimit-unified-representative-claim": "five_hour",
    },
  });
const byKey: Refusal = (resetMs) =>
  httpError(429, { headers: { "retry-after": String(Math.ceil((resetMs - Date.now()) / 1_000)) } });

/**
 * An endpoint whose limit is reached by the first that goes on after its command, which ends when every agent is at it;
 * each runs one command, and then hands over.
 */
function limited(refuse: Refusal) {
  const calls: { timeMs: number; refused: boolean }[] = [];
  let resetMs = Number.POSITIVE_INFINITY;
  const answer = (call: CallContext): Reply => {
    const timeMs = Date.now();
    const isFirst = JSON.stringify(call.request.messages).includes("tool_use") === false;
    if (!isFirst && resetMs === Number.POSITIVE_INFINITY) resetMs = timeMs + LIMIT_MS;
    const refused = !isFirst && timeMs < resetMs;
    calls.push({ timeMs, refused });
    if (refused) return refuse(resetMs);
    return isFirst ? reply().tool("Bash", { command: TOGETHER }) : handOver(call);
  };
  return { answer, calls, resetMs: () => resetMs };
}

async function eventsOf(orchestrator: Orchestrator, type: StoredEvent["type"]): Promise<StoredEvent[]> {
  return (await orchestrator.listEvents({ limit: 100_000 })).filter((event) => event.type === type);
}

async function openLimitedStage(context: TestContext, refuse: Refusal) {
  const endpoint = limited(refuse);
  const stage = await openStage(context, {
    script: play({ builder: endpoint.answer }),
    environment: { ORCHESTRATOR_MAX_PARALLEL_AGENTS: String(AGENTS) },
    git: true,
  });
  return { stage, endpoint };
}

const steps = Array.from({ length: AGENTS }, () => "builder");
const task = { prompt: "Do it", roles: steps, parallel: true, workingDirectory: "" };

/** What must be true of four agents that have met one limit. */
async function expectHeldOnce(orchestrator: Orchestrator, stage: Stage, endpoint: ReturnType<typeof limited>) {
  const [held, ...more] = await eventsOf(orchestrator, "fleet.held");
  expect(more).toEqual([]);
  const heldMs = Date.parse(held?.time ?? "");
  const { calls } = endpoint;
  // Those that were on their way when it was met; after that nobody calls, before or after the reset, but the canary.
  expect(calls.filter((call) => call.refused).length).toBeLessThanOrEqual(AGENTS);
  expect(calls.filter((call) => call.timeMs > heldMs + 1_000 && call.timeMs < endpoint.resetMs())).toEqual([]);
  const after = calls.filter((call) => call.timeMs >= endpoint.resetMs());
  const [released] = await eventsOf(orchestrator, "fleet.released");
  expect(after.filter((call) => call.timeMs < Date.parse(released?.time ?? "")).length).toBe(1);
  expect(after).toHaveLength(AGENTS);
  expect(await eventsOf(orchestrator, "fleet.canary_sent")).toHaveLength(1);
  // Nothing is done twice.
  expect(readFileSync(join(stage.home, "ran.txt"), "utf8")).toBe("ran\n".repeat(AGENTS));
  expect(stage.processes()).toEqual([]);
}

describe("a login's limit, told by headers", () => {
  test.skipIf(!hasOpenssl)("holds four agents once, and one tries at the reset", async (context) => {
    const { stage, endpoint } = await openLimitedStage(context, byLogin);
    const { environment } = await openSubscription(context, stage);
    const orchestrator = await stage.orchestrator({ environment });
    const { workingDirectory: _, ...request } = task;
    const running = orchestrator.executeCustomWorkflow(request);
    const held = await waitFor(
      "the hold",
      async () => (await orchestrator.listTasks({ status: "held" }))[0],
      PATIENCE_MS,
    );
    expect(held.held).toMatchObject({ cause: "usage_limit" });
    expect(Math.abs(Date.parse(held.held?.until ?? "") - endpoint.resetMs())).toBeLessThan(3_000);
    // Nobody waits with a process of its own.
    await waitFor("the end of every agent's process", () => stage.processes().length === 0);
    expect((await orchestrator.getStatus()).holds).toMatchObject([
      { cause: "usage_limit", strikes: 1, canary: null, isOurs: true },
    ]);
    const elsewhere = await stage.orchestrator({ environment: { ...stage.environment, ANTHROPIC_API_KEY: "another" } });
    expect((await elsewhere.getStatus()).holds).toMatchObject([{ isOurs: false }]);
    const result = await running;
    expect(result.error).toBeNull();
    expect(result.agents).toHaveLength(AGENTS);
    await expectHeldOnce(orchestrator, stage, endpoint);
  });
});

// Of the two the key's limit is the harder: the CLI would wait for its end by itself.
test("a key's limit, told by retry-after, holds four agents once, and is known to the process that goes on", async (context) => {
  const { stage, endpoint } = await openLimitedStage(context, byKey);
  const orchestrator = await stage.orchestrator();
  const host = (...args: string[]) =>
    spawn(process.execPath, [PROGRAM, stage.workspace, ...args], {
      env: stage.environment,
      stdio: ["ignore", "inherit", "inherit"],
    });
  const first = host("new", JSON.stringify({ prompt: "Do it", roles: steps, parallel: true }));
  const held = await waitFor(
    "the hold",
    async () => (await orchestrator.listTasks({ status: "held" }))[0],
    PATIENCE_MS,
  );
  await waitFor("all four to wait", async () => {
    const { steps: now } = await orchestrator.getTaskDetails(held.taskId);
    return now.filter((step) => step.status === "waiting").length >= AGENTS;
  });
  first.kill("SIGKILL");
  await once(first, "exit");
  const second = host(held.taskId);
  await once(second, "exit");
  const result = await orchestrator.getTaskDetails(held.taskId);
  expect(result).toMatchObject({ error: null, census: { failed: 0, cancelled: 0 } });
  expect(result.agents).toHaveLength(AGENTS);
  await expectHeldOnce(orchestrator, stage, endpoint);
});

describe("agents made by hand", () => {
  test("wait for the end of a limit, and answer what they were asked", async (context) => {
    let resetMs = Number.POSITIVE_INFINITY;
    const refused: number[] = [];
    const answer = (call: CallContext): Reply => {
      const now = Date.now();
      if (resetMs === Number.POSITIVE_INFINITY) resetMs = now + LIMIT_MS;
      if (now >= resetMs)
        return reply().text(`Answer to ${JSON.stringify(call.request.messages).match(/Question \d/)}`);
      refused.push(now);
      return byKey(resetMs);
    };
    const stage = await openStage(context, { script: play({ scout: answer }) });
    const orchestrator = await stage.orchestrator();
    const agents = await Promise.all(
      [1, 2].map((name) => orchestrator.createAgent({ role: "scout", name: `s${name}` })),
    );
    const replies = await Promise.all(agents.map((id, at) => orchestrator.sendToAgent(id, `Question ${at + 1}`)));
    expect(replies).toMatchObject([
      { status: "answered", text: "Answer to Question 1" },
      { status: "answered", text: "Answer to Question 2" },
    ]);
    expect(refused.length).toBeLessThanOrEqual(2);
    expect(await eventsOf(orchestrator, "fleet.held")).toHaveLength(1);
  });
});

describe("an endpoint that has answered and is out for a while", () => {
  const parallel = { prompt: "Do it", roles: ["scout", "reviewer"], parallel: true };
  const twoRoles = (answer: (call: CallContext) => Reply) => play({ scout: answer, reviewer: answer });

  test("is waited for by the fleet together, and nothing is done twice", async (context) => {
    let outMs = Number.POSITIVE_INFINITY;
    const failed: number[] = [];
    const answer = (call: CallContext): Reply => {
      const isFirst = JSON.stringify(call.request.messages).includes("tool_use") === false;
      if (isFirst) return reply().tool("Bash", { command: "echo ran" });
      if (outMs === Number.POSITIVE_INFINITY) outMs = Date.now() + 4_000;
      if (Date.now() >= outMs) return handOver(call);
      failed.push(Date.now());
      return httpError(529);
    };
    const stage = await openStage(context, {
      script: twoRoles(answer),
      environment: { ORCHESTRATOR_ENDPOINT_PATIENCE_SECONDS: "60" },
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow(parallel);
    expect(result.error).toBeNull();
    expect(result.agents).toHaveLength(2);
    // Each may fail once by itself and once more before it knows of the other; nobody goes on knocking.
    expect(failed.length).toBeLessThanOrEqual(4);
    expect(await eventsOf(orchestrator, "fleet.held")).toMatchObject([{ data: { cause: "overload", strikes: 1 } }]);
  });

  test("fails the steps when the patience is used up", async (context) => {
    const answer = (call: CallContext): Reply => {
      const isFirst = JSON.stringify(call.request.messages).includes("tool_use") === false;
      return isFirst ? reply().tool("Bash", { command: "echo ran" }) : httpError(503);
    };
    const stage = await openStage(context, {
      script: twoRoles(answer),
      environment: { ORCHESTRATOR_ENDPOINT_PATIENCE_SECONDS: "4", ORCHESTRATOR_MODEL_CALL_RETRIES: "1" },
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow(parallel);
    expect(result).toMatchObject({ status: "failed", error: { code: "model_unavailable" } });
    expect((await orchestrator.getStatus()).holds).toEqual([]);
  });
});
