import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine, recordTask } from "./engine-parts.mjs";
import { median, spread } from "./measure.mjs";

const HOST = fileURLToPath(new URL("engine-host.mjs", import.meta.url));
const FINISHED = 500;
const CLAIMS = 300;
const MAX_NO_OP_MS = 1;

/** What a finished step costs when its task is gone on with, and how many steps two processes claim in a second. */
export async function engine({ quick }) {
  const rounds = quick ? 1 : 7;
  const samples = { few: [], many: [], one: [], two: [] };
  for (let round = 0; round < rounds; round += 1) {
    samples.few.push(await goOnAfter(1));
    samples.many.push(await goOnAfter(FINISHED));
    samples.one.push(await claimsPerSecond(1));
    samples.two.push(await claimsPerSecond(2));
  }
  return report(samples, rounds);
}

/** A chain of steps of which all but the last had ended when the task was interrupted. */
async function goOnAfter(finished) {
  return withFolder(async (path) => {
    const { store, engine: own, close } = await openEngine(path, "owner_1");
    await recordTask(
      store,
      "task_chain",
      Array.from({ length: finished + 1 }, (_, position) => (position === 0 ? [] : [position - 1])),
    );
    await store.claimTask("task_chain", "owner_gone");
    const subject = (position) => ({ taskId: "task_chain", stepKey: `step-${position}`, agentId: null });
    const end = { status: "succeeded", reason: "", error: null, handoff: { summary: "done" } };
    await store.append(
      Array.from({ length: finished }, (_, position) => [
        { ...subject(position), type: "step.started", data: { attempt: 1, ownerId: "owner_gone" } },
        { ...subject(position), type: "step.ended", data: end },
      ]).flat(),
    );
    const startMs = performance.now();
    await own.resume("task_chain");
    await own.wait("task_chain");
    const elapsedMs = performance.now() - startMs;
    const { status } = await store.getTask("task_chain");
    if (status !== "unverified") throw new Error(`the task ended as ${status}`);
    await close();
    return elapsedMs;
  });
}

/** Steps that wait for nothing, in one task for each process. */
async function claimsPerSecond(processes) {
  return withFolder(async (path) => {
    const { store, close } = await openEngine(path, "owner_0");
    const hosts = [];
    for (let number = 1; number <= processes; number += 1) {
      await recordTask(
        store,
        `task_${number}`,
        Array.from({ length: CLAIMS }, () => []),
      );
      const host = fork(HOST, [path, `owner_${number}`, `task_${number}`], { stdio: "inherit" });
      await once(host, "message");
      hosts.push(host);
    }
    const ends = hosts.map((host) => once(host, "message"));
    for (const host of hosts) host.send("go");
    const times = (await Promise.all(ends)).map(([time]) => time);
    await Promise.all(hosts.map((host) => (host.exitCode === null ? once(host, "exit") : null)));
    await close();
    const elapsedMs = Math.max(...times.map((time) => time.endMs)) - Math.min(...times.map((time) => time.startMs));
    return (CLAIMS * processes * 1_000) / elapsedMs;
  });
}

async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "orchestrator-bench-engine-"));
  try {
    return await work(join(folder, "engine.db"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report({ few, many, one, two }, rounds) {
  const noOpMs = (median(many) - median(few)) / (FINISHED - 1);
  return {
    title: "The engine's own time",
    about: `A task of ${FINISHED + 1} steps, all but the last finished, was gone on with; ${CLAIMS} steps of each task that do nothing were claimed, run and ended, eight at once over all processes. ${rounds} rounds, medians.`,
    baseline: "a task with one finished step; one process that claims alone.",
    columns: ["what", "median", "range", "ratio"],
    rows: [
      ["gone on with after 1 finished step", `${median(few).toFixed(1)} ms`, `${spread(few, 1)} ms`, "1.00"],
      [
        `gone on with after ${FINISHED} finished steps`,
        `${median(many).toFixed(1)} ms`,
        `${spread(many, 1)} ms`,
        (median(many) / median(few)).toFixed(2),
      ],
      ["steps per second, one process", median(one).toFixed(0), spread(one), "1.00"],
      ["steps per second, two processes", median(two).toFixed(0), spread(two), (median(two) / median(one)).toFixed(2)],
    ],
    aims: [
      {
        aim: `a finished step costs under ${MAX_NO_OP_MS} ms`,
        measured: `${noOpMs.toFixed(3)} ms`,
        holds: noOpMs < MAX_NO_OP_MS,
      },
    ],
  };
}
