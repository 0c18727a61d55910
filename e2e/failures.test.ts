import { once } from "node:events";
import { createServer } from "node:net";
import { ERROR_CODES, type ErrorCode, type TaskResult } from "@claude-orchestrator/core";
import { hang, httpError, type Reply, reply, resetConnection, stall } from "@claude-orchestrator/rehearsal";
import { describe, expect, it } from "vitest";
import { expectSameCount, handOver, openStage, play, type StageOptions, stepOf, type TestContext } from "./fixtures.js";

const look = reply().tool("Glob", { pattern: "*" });

/** Runs a task of one scout and measures how long it takes; no process may be left when it has ended. */
async function runScout(test: TestContext, options: StageOptions, role = "scout") {
  const stage = await openStage(test, options);
  stage.write(".orchestrator/roles/brief.md", "---\nname: brief\ntools: Read, Glob\nmaxTurns: 2\n---\nBe brief.\n");
  const orchestrator = await stage.orchestrator();
  const startedMs = performance.now();
  const result = await orchestrator.executeCustomWorkflow({ prompt: "Look around", roles: [role] });
  const seconds = (performance.now() - startedMs) / 1_000;
  expect(stage.processes()).toEqual([]);
  return { stage, orchestrator, result, seconds };
}

/** The port of nobody. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function expectFailure(result: TaskResult, code: ErrorCode): void {
  expect(result).toMatchObject({ status: "failed", success: false, error: { code } });
  expect(result.error?.message).toMatch(/^The step "\w+" failed: \S/);
  expect(result.error?.hint).not.toBe("");
  expect(ERROR_CODES[code].exitCode).toBeGreaterThan(0);
  expect(result.agents.at(-1)).toMatchObject({ status: "deleted", error: { code } });
}

describe("an endpoint that fails for good", () => {
  const failures: [string, Reply, ErrorCode][] = [
    ["400", httpError(400), "model_refused"],
    ["400 for a lack of credit", httpError(400, { message: "Your credit balance is too low" }), "model_refused"],
    ["401", httpError(401), "authentication_failed"],
    ["403", httpError(403), "authentication_failed"],
    ["404", httpError(404), "model_refused"],
    ["413", httpError(413), "model_refused"],
    ["429", httpError(429), "model_unavailable"],
    ["429 with retry-after 900", httpError(429, { headers: { "retry-after": "900" } }), "model_unavailable"],
    ["500", httpError(500), "model_unavailable"],
    ["529", httpError(529), "model_unavailable"],
    ["a reset", resetConnection(), "model_unavailable"],
  ];
  it.for(failures)("with %s ends the task within 10 s", async ([_, failure, code], test) => {
    const { stage, orchestrator, result, seconds } = await runScout(test, { script: play({ scout: failure }) });
    expectFailure(result, code);
    expect(seconds).toBeLessThan(10);
    const rows = await expectSameCount(stage, orchestrator);
    expect(rows.filter((row) => row.state === "complete")).toEqual([]);
  });

  it("by not being there ends the task within 10 s", async (test) => {
    const environment = { ANTHROPIC_BASE_URL: `http://127.0.0.1:${await closedPort()}` };
    const { result, seconds } = await runScout(test, { script: play(), environment });
    expectFailure(result, "model_unavailable");
    expect(seconds).toBeLessThan(10);
  });

  it("by not answering is asked once more and then given up", async (test) => {
    const environment = { ORCHESTRATOR_MODEL_CALL_TIMEOUT_SECONDS: "2" };
    const { stage, result, seconds } = await runScout(test, { script: play({ scout: hang() }), environment });
    expectFailure(result, "model_call_timeout");
    expect(stage.server.calls).toHaveLength(2);
    expect(seconds).toBeGreaterThan(4);
    expect(seconds).toBeLessThan(10);
  });

  it("by stopping in the middle of every answer ends the task", async (test) => {
    const environment = { ORCHESTRATOR_MODEL_CALL_TIMEOUT_SECONDS: "2" };
    const { result, seconds } = await runScout(test, { script: play({ scout: stall() }), environment });
    expectFailure(result, "model_call_timeout");
    expect(seconds).toBeGreaterThan(10);
    expect(seconds).toBeLessThan(30);
  });

  it("with a usage limit says so", async (test) => {
    const message = "You've hit your 5-hour limit · resets 3pm";
    const { result, seconds } = await runScout(test, {
      script: play({ scout: httpError(429, { message, headers: { "x-should-retry": "false" } }) }),
    });
    expectFailure(result, "usage_limit");
    expect(seconds).toBeLessThan(10);
  });
});

describe("an agent that errs", () => {
  it("with a tool input that is not JSON is told and goes on", async (test) => {
    let told = "";
    const { result } = await runScout(test, {
      script: play({
        scout: [
          reply().rawToolInput("Read", '{"file_path": "README'),
          reply().tool("Read", { path: 7 }),
          reply().tool("NoSuchTool", {}),
          (call) => {
            told = JSON.stringify(call.request.messages);
            return handOver(call);
          },
        ],
      }),
    });
    expect(result.error).toBeNull();
    expect(told).toContain("InputValidationError");
    expect(told).toContain("No such tool");
  });

  it("by giving no result, twice, fails the step after two attempts", async (test) => {
    const { stage, orchestrator, result } = await runScout(test, { script: play({ scout: reply().text("Done.") }) });
    expectFailure(result, "handoff_missing");
    expect(stepOf(result, "scout").attempt).toBe(2);
    expect(result.census).toMatchObject({ retried: 1, failed: 1, ran: 1 });
    expect(result.agents).toHaveLength(1);
    await expectSameCount(stage, orchestrator);
  });

  it("by giving no result at first is reminded in the same conversation", async (test) => {
    const { stage, orchestrator, result } = await runScout(test, {
      script: play({
        scout: (call) => (call.userText.includes("was not accepted") ? handOver(call) : reply().text("Done.")),
      }),
    });
    expect(result.error).toBeNull();
    expect(stepOf(result, "scout").attempt).toBe(2);
    expect(result.census).toMatchObject({ retried: 1, succeeded: 1 });
    expect(result.agents).toHaveLength(1);
    await expectSameCount(stage, orchestrator);
  });

  it("by giving results that do not fit is told why in the second attempt", async (test) => {
    let reminder = "";
    const { result } = await runScout(test, {
      script: play({
        // The reminder stands beside the last tool's result, so that it is no user text of its own.
        scout: (call) => {
          const last = JSON.stringify(call.request.messages.at(-1));
          if (!last.includes("was not accepted")) return reply().handoff({ summary: 7 });
          reminder = last.slice(last.indexOf("was not accepted"));
          return handOver(call);
        },
      }),
    });
    expect(result.error).toBeNull();
    expect(stepOf(result, "scout").attempt).toBe(2);
    expect(result.census?.retried).toBe(1);
    expect(reminder).toMatch(/summary.*must be string/);
    expect(reminder).toMatch(/keyFindings/);
  });

  it("by giving results that never fit fails the step", async (test) => {
    const { result } = await runScout(test, { script: play({ scout: reply().handoff({ summary: 7 }) }) });
    expectFailure(result, "handoff_invalid");
    expect(result.error?.message).toContain("summary");
    expect(result.census?.retried).toBe(1);
  });

  it("by never coming to an end is stopped at its role's turns", async (test) => {
    const { stage, result } = await runScout(test, { script: play({ brief: look }) }, "brief");
    expectFailure(result, "turn_limit");
    expect(stage.server.calls).toHaveLength(2);
  });
});

describe("an endpoint that recovers", () => {
  it("from a stall in the middle of an answer is asked again", async (test) => {
    const { stage, orchestrator, result, seconds } = await runScout(test, {
      script: play({ scout: [look.failFirst(1, stall()), (call) => handOver(call)] }),
      environment: { ORCHESTRATOR_MODEL_CALL_TIMEOUT_SECONDS: "2" },
    });
    expect(result.error).toBeNull();
    expect(seconds).toBeGreaterThan(10);
    expect(seconds).toBeLessThan(20);
    const rows = await expectSameCount(stage, orchestrator);
    expect(rows.map((row) => row.state)).toEqual(["incomplete", "complete", "complete"]);
  });
});
