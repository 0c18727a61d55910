import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAccess } from "@claude-orchestrator/server";
import { WebSocket } from "ws";
import { median, ROOT, removeFolder, spread } from "./measure.mjs";

const PROGRAM = join(ROOT, "packages/cli/bin/orchestrator.js");
const HERE = join(ROOT, "bench");
const CLIENTS = 20;
const PER_SECOND = 1_000;
const LIMIT_MS = 60_000;
/** The kernel counts the time of processes in hundredths of a second. */
const CLOCK_TICK_MS = 10;

/** What it costs the server to send many events to many clients. */
export async function stream({ quick }) {
  const rounds = quick ? 1 : 3;
  const count = quick ? 2_000 : 10_000;
  const ours = [];
  const bare = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await runOurs(count));
    bare.push(await runBare(count));
  }
  return report({ ours, bare }, rounds, count);
}

async function runOurs(count) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-bench-stream-")));
  const work = join(home, "work");
  mkdirSync(work);
  const { token } = await openAccess(home).createToken("bench", "viewer");
  const environment = { PATH: process.env.PATH, HOME: home, ORCHESTRATOR_HOME: home };
  const server = spawn(process.execPath, [PROGRAM, "serve", "--port", "0", "--no-open", "--directory", work], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const url = /http:\/\/([\d.:]+)/.exec(String((await once(server.stdout, "data"))[0]))[1];
    const options = { headers: { authorization: `Bearer ${token}` } };
    const clients = await connect(`ws://${url}/api/v1/ws?after=0`, options);
    const before = usageOf(server.pid);
    const writer = spawn(
      process.execPath,
      [join(HERE, "event-writer.mjs"), join(home, "orchestrator.db"), count, PER_SECOND],
      {
        env: environment,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const { last } = JSON.parse(String((await once(writer.stdout, "data"))[0]));
    await Promise.all(clients.map((client) => client.until(last)));
    return measured(server.pid, before, clients);
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
    removeFolder(home);
  }
}

async function runBare(count) {
  const server = spawn(process.execPath, [join(HERE, "bare-stream-server.mjs"), count, PER_SECOND], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const port = String((await once(server.stdout, "data"))[0]).trim();
    const clients = await connect(`ws://127.0.0.1:${port}`, {});
    const before = usageOf(server.pid);
    server.stdin.write("begin\n");
    await Promise.all(clients.map((client) => client.until(count + 1)));
    return measured(server.pid, before, clients);
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
}

function connect(url, options) {
  return Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const socket = new WebSocket(url, options);
      const seen = [];
      let tell = () => {};
      socket.on("message", (message) => {
        const { type, events } = JSON.parse(message);
        if (type === "events") for (const { seq } of events) seen.push(seq);
        tell();
      });
      await once(socket, "open");
      return {
        seen,
        close: () => socket.terminate(),
        until: (last) =>
          new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`${seen.at(-1)} of ${last} came`)), LIMIT_MS);
            tell = () => {
              if ((seen.at(-1) ?? 0) < last) return;
              clearTimeout(timer);
              resolve();
            };
            tell();
          }),
      };
    }),
  );
}

function measured(pid, before, clients) {
  const after = usageOf(pid);
  for (const client of clients) client.close();
  const lost = clients.filter(({ seen }) => seen.some((seq, index) => index > 0 && seq !== seen[index - 1] + 1)).length;
  if (lost > 0) throw new Error(`${lost} clients have lost or repeated events`);
  return { cpuMs: after.cpuMs - before.cpuMs, peakMegabytes: after.peakMegabytes };
}

function usageOf(pid) {
  // The name in brackets may hold anything; the figures follow the last one.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS,
    peakMegabytes: Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1_024,
  };
}

function report({ ours, bare }, rounds, count) {
  const seconds = count / PER_SECOND;
  const cores = (runs) => runs.map(({ cpuMs }) => cpuMs / 1_000 / seconds);
  const memory = (runs) => runs.map(({ peakMegabytes }) => peakMegabytes);
  const row = (name, runs) => [
    name,
    `${(median(cores(runs)) * 100).toFixed(0)} %`,
    `${spread(cores(runs).map((share) => share * 100))} %`,
    `${median(memory(runs)).toFixed(0)} MB`,
  ];
  const ratio = median(cores(ours)) / median(cores(bare));
  return {
    title: "Many events to many clients",
    about: `${count} events, ${PER_SECOND} a second, written to the database by one process and sent by the server in another to ${CLIENTS} WebSocket clients; ${rounds} rounds, medians. Every client got every event once and in order. The server used ${ratio.toFixed(1)} times the processor time of the baseline.`,
    baseline: "a bare WebSocket server that makes the same texts itself and sends them to the same clients.",
    columns: ["what", "share of a core", "range", "peak memory"],
    rows: [row("bare WebSocket server", bare), row("the server, from the log", ours)],
    aims: [{ aim: "nothing lost, nothing twice, in order", measured: "so it was", holds: true }],
  };
}
