import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Orchestrator } from "@claude-orchestrator/core";
import { reply, script, startRehearsalServer } from "@claude-orchestrator/rehearsal";
import { median, ROOT, spread } from "./measure.mjs";

const PROGRAM = join(ROOT, "packages/cli/bin/orchestrator.js");
const MAX_RATIO = 1.5;
const POLL_MS = 2;
const LIMIT_MS = 60_000;
const HANDOFF = { summary: "Written.", filesCreated: [], filesModified: [] };

/** How soon a killed task calls its model again, and how soon a command from another process is obeyed. */
export async function control({ quick }) {
  const rounds = quick ? 1 : 9;
  const cancels = quick ? 2 : 30;
  const samples = { cold: [], resumed: [], cancel: [] };
  for (let round = 0; round < rounds; round += 1) {
    const { cold, resumed } = await killAndResume();
    samples.cold.push(cold);
    samples.resumed.push(resumed);
  }
  for (let round = 0; round < cancels; round += 1) samples.cancel.push(await cancelFromOutside());
  return report(samples, rounds, cancels);
}

/** An endpoint that notes when it is called; the first call of an agent is answered with a tool that takes long. */
async function openHouse() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-bench-control-")));
  const workspace = join(root, "workspace");
  mkdirSync(workspace);
  writeFileSync(join(workspace, "file.txt"), "A line.\n");
  const git = (...args) =>
    execFileSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", ...args], {
      cwd: workspace,
      stdio: "ignore",
    });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Begin");
  const calls = [];
  const answer = () => {
    calls.push(performance.now());
    return calls.length > 1 ? reply().handoff(HANDOFF) : reply().tool("Bash", { command: "sleep 60" });
  };
  const server = await startRehearsalServer({ script: script().role("builder", answer) });
  const environment = { PATH: process.env.PATH, HOME: root, ANTHROPIC_BASE_URL: server.url };
  const reader = new Orchestrator({
    workingDirectory: workspace,
    home: join(root, ".orchestrator"),
    environment,
    resumeInterrupted: false,
  });
  await reader.start();
  const run = (...args) =>
    spawn(process.execPath, [PROGRAM, ...args], { cwd: workspace, env: environment, stdio: "ignore" });
  return {
    calls,
    reader,
    run,
    async close() {
      await reader.stop();
      await server.close();
      rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** Looks until something is there. */
async function until(look) {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error("waited in vain");
    await pause(POLL_MS);
  }
}

const begin = (house) => house.run("execute", "Do it", "--roles", "builder");

/** The agent at its tool: its process, and the task it belongs to. */
const atWork = (house) =>
  until(async () => (await house.reader.listAgents({})).find((agent) => agent.toolCalls > 0 && agent.pid !== null));

async function killAndResume() {
  const house = await openHouse();
  try {
    const startMs = performance.now();
    const first = begin(house);
    const coldMs = await until(() => house.calls[0]);
    const { taskId } = await atWork(house);
    const seen = house.calls.length;
    const exited = once(first, "exit");
    const killedMs = performance.now();
    first.kill("SIGKILL");
    const second = house.run("resume", taskId);
    const resumedMs = await until(() => house.calls[seen]);
    await Promise.all([exited, once(second, "exit")]);
    const { status } = await house.reader.getTaskDetails(taskId);
    if (status !== "unverified") throw new Error(`the task ended as ${status}`);
    return { cold: coldMs - startMs, resumed: resumedMs - killedMs };
  } finally {
    await house.close();
  }
}

async function cancelFromOutside() {
  const house = await openHouse();
  try {
    const host = begin(house);
    const exited = once(host, "exit");
    const { taskId, pid } = await atWork(house);
    const startMs = performance.now();
    await house.reader.cancel(taskId);
    await until(() => !existsSync(`/proc/${pid}`));
    const elapsedMs = performance.now() - startMs;
    await exited;
    return elapsedMs;
  } finally {
    await house.close();
  }
}

function report({ cold, resumed, cancel }, rounds, cancels) {
  const ratio = median(resumed) / median(cold);
  const ms = (values) => `${median(values).toFixed(0)} ms`;
  return {
    title: "Killed and gone on with; cancelled from outside",
    about: `${rounds} times a task was killed (-9) while its agent's tool ran, and gone on with by \`orchestrator resume\` in the same moment; ${cancels} times such a task was cancelled from another process, timed until the agent's process was gone. Each time is a median.`,
    baseline: "the same task begun anew: from the start of `orchestrator execute` to its first model call.",
    columns: ["what", "median", "range"],
    rows: [
      ["start to the first model call", ms(cold), `${spread(cold)} ms`],
      ["kill -9 to the next model call", ms(resumed), `${spread(resumed)} ms`],
      ["cancel to the agent's process gone", ms(cancel), `${spread(cancel)} ms`],
    ],
    aims: [
      {
        aim: `kill to the next model call under ${MAX_RATIO} times a start`,
        measured: ratio.toFixed(2),
        holds: ratio < MAX_RATIO,
      },
    ],
  };
}
