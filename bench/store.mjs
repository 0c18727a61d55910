import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { measure, median, ROOT, removeFolder, spread } from "./measure.mjs";

const core = join(ROOT, "packages/core");
const BATCH = 100;
const AGENT_ID = "agent_bench";
const TASK_ID = "task_bench";

/** Events per second through the store, against the bare inserts that it cannot do without. */
export async function store({ quick }) {
  // Not part of the library's public door: this benchmark alone looks behind it.
  const { openSqliteStore } = await import(pathToFileURL(join(core, "dist/store/index.js")).href);
  const repetitions = quick ? 1 : 7;
  const counts = quick ? { single: 100, batched: 2_000 } : { single: 500, batched: 10_000 };
  const samples = { single: { ours: [], raw: [], relaxed: [] }, batched: { ours: [], raw: [], relaxed: [] } };
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const kind of ["single", "batched"]) {
      const size = kind === "single" ? 1 : BATCH;
      samples[kind].ours.push(await runOurs(openSqliteStore, counts[kind], size));
      samples[kind].raw.push(await runRaw(openSqliteStore, counts[kind], size, "FULL"));
      samples[kind].relaxed.push(await runRaw(openSqliteStore, counts[kind], size, "NORMAL"));
    }
  }
  return report(samples, counts, repetitions);
}

function outputEvent(number) {
  const data = { text: `Line ${number}: ${"what an agent says in one block of text. ".repeat(5)}` };
  return { type: "agent.output", taskId: TASK_ID, stepKey: "scout", agentId: AGENT_ID, data };
}

async function runOurs(openSqliteStore, count, size) {
  const folder = mkdtempSync(join(tmpdir(), "orchestrator-bench-store-"));
  const own = await openSqliteStore({ path: join(folder, "store.db") });
  const role = { name: "scout", role: "scout", model: "sonnet", tools: [], systemPrompt: "", workingDirectory: "/" };
  const limits = { maxTurns: 60, timeoutMinutes: 30, maxTokens: null };
  const settings = { writes: false, effort: null, fallbackModel: null, sandbox: false, ...limits };
  const data = { ...role, logDirectory: null, rehearsal: true, settings };
  const subject = { taskId: TASK_ID, stepKey: "scout", agentId: AGENT_ID };
  await own.append([{ ...subject, type: "agent.created", data }]);
  const batches = makeBatches(count, size);
  const sample = await measure(async () => {
    for (const events of batches) await own.append(events);
  });
  const last = await own.lastSeq();
  if (last !== count + 1) throw new Error(`${last} events in the store instead of ${count + 1}`);
  await own.close();
  removeFolder(folder);
  return perSecond(sample, count);
}

/** The same rows in the same table with the same indexes and pragmas, and nothing else. */
async function runRaw(openSqliteStore, count, size, synchronous) {
  const folder = mkdtempSync(join(tmpdir(), "orchestrator-bench-raw-"));
  const { DatabaseSync } = loadDriver();
  const model = join(folder, "model.db");
  await (await openSqliteStore({ path: model })).close();
  const source = new DatabaseSync(model);
  const schema = source.prepare("SELECT sql FROM sqlite_master WHERE tbl_name = 'events' AND sql IS NOT NULL").all();
  source.close();
  const database = new DatabaseSync(join(folder, "raw.db"));
  const pragmas = ["busy_timeout = 5000", "journal_mode = WAL", `synchronous = ${synchronous}`, "foreign_keys = ON"];
  for (const pragma of pragmas) database.exec(`PRAGMA ${pragma}`);
  for (const { sql } of schema) database.exec(sql);
  const insert = database.prepare(
    "INSERT INTO events (time, version, type, task_id, step_key, agent_id, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const write = (event) =>
    insert.run(
      new Date().toISOString(),
      1,
      event.type,
      event.taskId,
      event.stepKey,
      event.agentId,
      JSON.stringify(event.data),
    );
  const batches = makeBatches(count, size);
  const sample = await measure(async () => {
    for (const events of batches) {
      if (size === 1) write(events[0]);
      else {
        database.exec("BEGIN IMMEDIATE");
        for (const event of events) write(event);
        database.exec("COMMIT");
      }
    }
  });
  database.close();
  removeFolder(folder);
  return perSecond(sample, count);
}

function makeBatches(count, size) {
  return Array.from({ length: count / size }, (_, batch) =>
    Array.from({ length: size }, (_, number) => outputEvent(batch * size + number)),
  );
}

function perSecond({ wallMs, hostCpuMs }, count) {
  return { perSecond: (count * 1_000) / wallMs, cpuMicroseconds: (hostCpuMs * 1_000) / count };
}

/** The driver that the store itself takes on this Node. */
function loadDriver() {
  const require = createRequire(join(core, "package.json"));
  const [major, minor] = process.versions.node.split(".").map(Number);
  const isBuiltIn = major > 22 || (major === 22 && minor >= 16);
  return require(isBuiltIn ? "node:sqlite" : "@photostructure/sqlite");
}

function report(samples, counts, repetitions) {
  const rows = Object.entries(samples).map(([kind, { ours, raw, relaxed }]) => {
    const of = (side, key) => median(side.map((sample) => sample[key]));
    const rates = (side) => side.map((sample) => sample.perSecond);
    return [
      kind === "single" ? "one by one" : `batches of ${BATCH}`,
      of(ours, "perSecond").toFixed(0),
      spread(rates(ours)),
      of(raw, "perSecond").toFixed(0),
      spread(rates(raw)),
      (of(ours, "perSecond") / of(raw, "perSecond")).toFixed(2),
      of(ours, "cpuMicroseconds").toFixed(0),
      of(raw, "cpuMicroseconds").toFixed(0),
      of(relaxed, "perSecond").toFixed(0),
    ];
  });
  return {
    title: "store: events appended per second",
    about: `\`agent.output\` events of about 220 characters, each durable (WAL, \`synchronous=FULL\`) with its projection; ${counts.single} one by one, ${counts.batched} in batches, a fresh database on disk each time. Median of ${repetitions}.`,
    baseline:
      "A prepared INSERT of the same rows into the same table on the same driver, without checks and projections.",
    columns: [
      "how",
      "ours /s",
      "(range)",
      "raw /s",
      "(range)",
      "ours / raw",
      "CPU µs/event ours",
      "CPU µs/event raw",
      "raw /s, last commits at risk (`synchronous=NORMAL`)",
    ],
    rows,
    aims: [],
    samples,
  };
}
