import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { measure, median, ROOT, spread } from "./measure.mjs";
import { openStage, succeeded } from "./stage.mjs";

const PROGRAM = join(ROOT, "packages/cli/bin/orchestrator.js");

/** How long a user waits for the smallest command, against Node's own start. */
export async function statusStart({ quick }) {
  const repetitions = quick ? 3 : 15;
  const stage = await openStage();
  try {
    const orchestrator = await stage.orchestrator();
    for (let task = 0; task < 3; task += 1)
      succeeded(await orchestrator.executeCustomWorkflow({ prompt: `Look at file ${task}.`, roles: ["scout"] }));
    await orchestrator.stop();
    const environment = { ...stage.environment, ORCHESTRATOR_HOME: stage.home };
    const commands = {
      "node -e 0": ["-e", "0"],
      "orchestrator --version": [PROGRAM, "--version"],
      "orchestrator status": [PROGRAM, "status"],
    };
    const samples = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
    for (let repetition = 0; repetition <= repetitions; repetition += 1) {
      for (const [name, args] of Object.entries(commands)) {
        const sample = await measure(() => run(args, environment, stage.workspace));
        // The first round warms the file cache.
        if (repetition > 0) samples[name].push({ wallMs: sample.wallMs, cpuMs: sample.childCpuMs });
      }
    }
    return report(samples, repetitions);
  } finally {
    await stage.close();
  }
}

async function run(args, environment, directory) {
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: environment,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
}

function report(samples, repetitions) {
  const walls = (name) => samples[name].map((sample) => sample.wallMs);
  // The kernel counts in steps of 10 ms: only the mean over all runs is finer.
  const cpu = (name) => samples[name].reduce((sum, sample) => sum + sample.cpuMs, 0) / samples[name].length;
  const base = "node -e 0";
  return {
    title: "status-start: the smallest command",
    about: `From the spawn to the end of the process, on a data folder with three tasks. Wall time: median of ${repetitions}; CPU time: mean.`,
    baseline: "`node -e 0`, the same Node doing nothing.",
    columns: ["command", "wall ms", "(range)", "ratio", "CPU ms", "CPU ratio"],
    rows: Object.keys(samples).map((name) => [
      `\`${name}\``,
      median(walls(name)).toFixed(0),
      spread(walls(name)),
      (median(walls(name)) / median(walls(base))).toFixed(2),
      cpu(name).toFixed(0),
      (cpu(name) / cpu(base)).toFixed(2),
    ]),
    aims: [],
    samples,
  };
}
