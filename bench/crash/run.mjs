/**
 * The crash campaign: `node bench/crash/run.mjs [--runs 100] [--seed 1] [--only 7,12] [--side-by-side 2] [--write]`.
 * Each run is one task of several agents, killed at moments that its seed decides and resumed until it has ended.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Orchestrator } from "@claude-orchestrator/core";
import { machineFacts, ROOT } from "../measure.mjs";
import { renderMachine } from "../report.mjs";
import { planRun, timelineOf } from "./kills.mjs";
import { play } from "./play.mjs";
import { SHAPES } from "./shapes.mjs";
import { describeFaults, describeRun, summarise, toRun } from "./summary.mjs";
import { verify } from "./verify.mjs";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    "side-by-side": { type: "string", default: "2" },
    write: { type: "boolean", default: false },
  },
});
const seeds = values.only
  ? values.only.split(",").map(toNumber)
  : Array.from({ length: toNumber(values.runs) }, (_, position) => toNumber(values.seed) + position);

const machine = machineFacts(await readCliVersion());
console.log(renderMachine(machine));
// The undisturbed runs: what every other is held against, and the course that kills are set along.
const references = {};
const timelines = {};
const wanted = new Set(seeds.map((seed) => planRun(seed).shape));
for (const shape of Object.keys(SHAPES).filter((each) => wanted.has(each))) {
  const end = await play({ shape, guard: "auto", kills: [] }, []);
  const faults = verify(end, null);
  await end.stage.close(false);
  console.log(
    `undisturbed  ${shape.padEnd(8)}  ${end.seconds.toFixed(1)} s  tree ${end.repository?.tree.slice(0, 12)}`,
  );
  if (faults.length > 0)
    throw new Error(`the undisturbed run of ${shape} is not sound: ${describeFaults(faults).join("; ")}`);
  references[shape] = end;
  timelines[shape] = timelineOf(end.records.events, end.startedAtMs);
}

const runs = [];
const queue = [...seeds];
await Promise.all(Array.from({ length: toNumber(values["side-by-side"]) }, work));
const summary = summarise(runs);
console.log(`\n${summary.text}`);
if (values.write) {
  const file = new URL("results.json", import.meta.url);
  const undisturbed = Object.entries(references).map(([shape, { seconds, repository }]) => ({
    shape,
    seconds,
    tree: repository.tree,
  }));
  runs.sort((a, b) => a.seed - b.seed);
  writeFileSync(file, JSON.stringify({ machine, undisturbed, summary: summary.figures, runs }, null, 2));
  execFileSync(join(ROOT, "node_modules/.bin/biome"), ["format", "--write", "bench/crash/results.json"], { cwd: ROOT });
  console.log("Written to bench/crash/results.json.");
}
process.exitCode = summary.figures.unsound > 0 ? 1 : 0;

async function work() {
  for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
    const run = await runSeed(seed);
    runs.push(run);
    console.log(describeRun(run));
  }
}

async function runSeed(seed) {
  const plan = planRun(seed);
  const end = await play(plan, timelines[plan.shape]);
  const faults = verify(end, references[plan.shape]);
  await end.stage.close(faults.length > 0);
  return toRun(plan, end, faults);
}

async function readCliVersion() {
  const orchestrator = new Orchestrator();
  try {
    return (await orchestrator.checkRuntime()).version;
  } finally {
    await orchestrator.stop();
  }
}

function toNumber(text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`"${text}" is not a whole number greater than 0. See the head of bench/crash/run.mjs.`);
  process.exit(2);
}
