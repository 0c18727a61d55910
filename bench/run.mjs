/** Runs the benchmarks: `node bench/run.mjs [<name>…] [--quick]`. Only a full run of all of them is written to files. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { control } from "./control.mjs";
import { engine } from "./engine.mjs";
import { gap } from "./gap.mjs";
import { handoffs } from "./handoffs.mjs";
import { buildStamp, endedChildrenCpuMs, machineFacts, ROOT, waitForQuiet, watchMachine } from "./measure.mjs";
import { ownCost } from "./own-cost.mjs";
import { page } from "./page.mjs";
import { renderBenchmark, renderMachine, renderReport } from "./report.mjs";
import { requestBytes } from "./request-bytes.mjs";
import { openStage } from "./stage.mjs";
import { statusStart } from "./status-start.mjs";
import { store } from "./store.mjs";
import { stream } from "./stream.mjs";
import { workspaces } from "./workspaces.mjs";

const BENCHMARKS = {
  "own-cost": ownCost,
  gap,
  "request-bytes": requestBytes,
  handoffs,
  store,
  "status-start": statusStart,
  workspaces,
  engine,
  control,
  stream,
  page,
};
const QUIET_LIMIT_MS = 30_000;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: "boolean" } } });
const quick = values.quick ?? false;
const unknown = positionals.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}. There are: ${Object.keys(BENCHMARKS).join(", ")}`);
  process.exit(2);
}
const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);

const machine = machineFacts(await readCliVersion());
const build = buildStamp();
console.log(`${renderMachine(machine)}\n`);
const results = [];
for (const name of names) {
  const busyBefore = quick ? null : await waitForQuiet(QUIET_LIMIT_MS);
  const own = ownCpuMs();
  const look = watchMachine();
  const start = performance.now();
  const result = await BENCHMARKS[name]({ quick });
  const elapsedMs = performance.now() - start;
  // Everything that ran and was neither this process nor a child of it.
  const othersMs = Math.max(0, look().busyMs - (ownCpuMs() - own));
  results.push({ name, ...result, elapsedMs, others: { busyBefore, coresUsed: othersMs / elapsedMs } });
  console.log(`${renderBenchmark(results.at(-1))}\n`);
}

machine.isOneBuild = buildStamp() === build;
if (!machine.isOneBuild)
  console.log("The packages were built again meanwhile: these are figures of more than one build.\n");

const isComplete = !quick && names.length === Object.keys(BENCHMARKS).length;
if (isComplete) {
  const file = (name) => new URL(name, import.meta.url);
  writeFileSync(file("results.json"), `${JSON.stringify({ machine, results }, null, 2)}\n`);
  // The results are committed, so they are held to the same format as everything else.
  execFileSync(join(ROOT, "node_modules/.bin/biome"), ["format", "--write", "bench/results.json"], { cwd: ROOT });
  writeFileSync(file("RESULTS.md"), renderReport(machine, results));
  console.log("Written to bench/results.json and bench/RESULTS.md.");
}

function ownCpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 + (endedChildrenCpuMs() ?? 0);
}

async function readCliVersion() {
  const stage = await openStage();
  const orchestrator = await stage.orchestrator();
  try {
    return (await orchestrator.checkRuntime()).version;
  } finally {
    await orchestrator.stop();
    await stage.close();
  }
}
