import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { hang, httpError, reply } from "@claude-orchestrator/rehearsal";
import { afterEach, describe, expect, it } from "vitest";
import { handOver, openStage, play, type Stage, type TestContext, waitFor } from "./fixtures.js";

const PROGRAM = fileURLToPath(new URL("./fixtures/run-task.mjs", import.meta.url));
/** How soon after the death of the orchestrator nothing of it may be left, by guard. */
const GUARDS = [
  { guard: "namespace", limitMs: 2_000 },
  { guard: "pdeathsig", limitMs: 5_000 },
  { guard: "watchdog", limitMs: 5_000 },
];

const sleeping = reply().tool("Bash", { command: "sleep 300", description: "Wait" });

function openGuardedStage(test: TestContext, guard: string, steps: Parameters<typeof play>[0]): Promise<Stage> {
  return openStage(test, { script: play(steps), environment: { ORCHESTRATOR_PROCESS_GUARD: guard } });
}

let program: ChildProcess | null = null;

afterEach(() => {
  program?.kill("SIGKILL");
  program = null;
});

function runProgram(stage: Stage, role: string): ChildProcess {
  program = spawn(process.execPath, [PROGRAM, stage.workspace, role], {
    env: stage.environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return program;
}

async function kill(running: ChildProcess): Promise<void> {
  const exited = once(running, "exit");
  running.kill("SIGKILL");
  await exited;
}

const isSleeping = (stage: Stage) => stage.processes().some((line) => line.includes("sleep 300"));

describe.each(GUARDS)("with the guard $guard", ({ guard, limitMs }) => {
  it(`a killed orchestrator leaves no shell behind after ${limitMs} ms`, async (test) => {
    const stage = await openGuardedStage(test, guard, { builder: [sleeping, (call) => handOver(call)] });
    const running = runProgram(stage, "builder");
    await waitFor("the shell", () => isSleeping(stage));
    await kill(running);
    await waitFor("the end of every process", () => stage.processes().length === 0, limitMs);
  });

  it(`a killed orchestrator leaves no agent in a model call behind after ${limitMs} ms`, async (test) => {
    const stage = await openGuardedStage(test, guard, { scout: hang() });
    const running = runProgram(stage, "scout");
    await waitFor("the model call", () => stage.server.calls.length === 1);
    expect(stage.processes()).not.toEqual([]);
    await kill(running);
    await waitFor("the end of every process", () => stage.processes().length === 0, limitMs);
  });

  it("a task that ends leaves nothing behind", async (test) => {
    const stage = await openGuardedStage(test, guard, {});
    const running = runProgram(stage, "scout");
    let output = "";
    running.stdout?.on("data", (text) => {
      output += text;
    });
    const [exitCode] = await once(running, "exit");
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: "unverified\n" });
    expect(stage.processes()).toEqual([]);
  });

  it("a task that is cancelled while a shell sleeps leaves nothing behind", async (test) => {
    const stage = await openGuardedStage(test, guard, { builder: [sleeping, (call) => handOver(call)] });
    const orchestrator = await stage.orchestrator();
    const abort = new AbortController();
    const running = orchestrator.executeCustomWorkflow({ prompt: "Wait", roles: ["builder"], signal: abort.signal });
    await waitFor("the shell", () => isSleeping(stage));
    const startedMs = performance.now();
    abort.abort();
    const result = await running;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(result.status).toBe("cancelled");
    expect(stage.processes()).toEqual([]);
  });

  it("an agent made ready for a step that is skipped is ended with the task", async (test) => {
    // The second process is started after the first answer; the first step fails only when it is up.
    const stage = await openGuardedStage(test, guard, {
      scout: [
        reply().tool("Glob", { pattern: "*" }),
        async () => {
          await waitFor("the second agent", () => agentsOf(stage) === 2);
          return httpError(400);
        },
      ],
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout", "planner"] });
    expect(result.steps.map((step) => step.status)).toEqual(["failed", "skipped"]);
    expect(stage.processes()).toEqual([]);
  });
});

/** How many agents' CLIs run, whatever guard is around each. */
function agentsOf(stage: Stage): number {
  return stage.processes().filter((line) => /^\d+ \S*claude /.test(line)).length;
}
