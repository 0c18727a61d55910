import { measure, median, spread, takeQuietSample } from "./measure.mjs";
import { learnRole, openStage, runSdkAgent, succeeded } from "./stage.mjs";

const TURNS = 5;
const LATENCY_MS = 500;
const ATTEMPTS = 2;
const PROMPT = "Find the files that matter.";
const ROLE = "scout";

/** What the orchestrator costs on top of the Agent SDK: the same agents, doing the same, at the same time. */
export async function ownCost({ quick }) {
  const sizes = quick ? [1, 4] : [1, 4, 8, 16];
  const repetitions = quick ? 1 : 3;
  const stage = await openStage({ latencyMs: LATENCY_MS, turns: TURNS });
  try {
    const agent = await learnRole(stage, ROLE, PROMPT);
    await runSdkAgent(stage, agent);
    await stage.newCalls();
    const samples = new Map(sizes.map((size) => [size, { ours: [], sdk: [] }]));
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      for (const size of sizes) {
        // In turns, and each goes first as often as the other: what disturbs one disturbs both.
        const sides = repetition % 2 ? ["sdk", "ours"] : ["ours", "sdk"];
        for (const side of sides) {
          const run = side === "ours" ? () => runOurs(stage, size) : () => runSdk(stage, agent, size);
          const sample = await takeQuietSample(() => takeSample(stage, size, run), quick ? 1 : ATTEMPTS);
          samples.get(size)[side].push(sample);
        }
      }
    }
    return report(sizes, samples, repetitions);
  } finally {
    await stage.close();
  }
}

async function takeSample(stage, size, run) {
  const { cpuMs: before } = await stage.newCalls();
  const sample = await run();
  const { calls, cpuMs } = await stage.newCalls();
  const answered = calls.filter((call) => call.outcome === "delivered").length;
  if (answered !== size * TURNS) throw new Error(`${answered} model calls instead of ${size * TURNS}`);
  return { ...sample, serverCpuMs: cpuMs - before };
}

async function runOurs(stage, size) {
  const orchestrator = await stage.orchestrator({ maxParallelAgents: 16 });
  const roles = Array(size).fill(ROLE);
  let wallMs = 0;
  const { hostCpuMs, childCpuMs, othersCores } = await measure(async () => {
    const start = performance.now();
    try {
      succeeded(await orchestrator.executeCustomWorkflow({ prompt: PROMPT, roles, parallel: true }));
      wallMs = performance.now() - start;
    } finally {
      await orchestrator.stop();
    }
  });
  return { wallMs, hostCpuMs, childCpuMs, othersCores };
}

async function runSdk(stage, agent, size) {
  const { value: _, ...sample } = await measure(() =>
    Promise.all(Array.from({ length: size }, () => runSdkAgent(stage, agent))),
  );
  return sample;
}

function report(sizes, samples, repetitions) {
  const figures = sizes.map((size) => {
    const of = (side, key) => median(samples.get(size)[side].map((sample) => sample[key]));
    const walls = (side) => samples.get(size)[side].map((sample) => sample.wallMs / 1_000);
    const cpu = (side) => (of(side, "childCpuMs") + of(side, "hostCpuMs")) / 1_000;
    return {
      size,
      ours: of("ours", "wallMs") / 1_000,
      sdk: of("sdk", "wallMs") / 1_000,
      spreads: [spread(walls("ours"), 2), spread(walls("sdk"), 2)],
      cpu: [cpu("ours"), cpu("sdk")],
      host: [of("ours", "hostCpuMs") / 1_000, of("sdk", "hostCpuMs") / 1_000],
    };
  });
  const aims = figures.map(({ size, ours, sdk }) => ({
    aim: size <= 8 ? `ours / SDK ≤ 1.10 at N = ${size}` : `ours / SDK < 1 at N = ${size}`,
    measured: (ours / sdk).toFixed(2),
    holds: size <= 8 ? ours / sdk <= 1.1 : ours / sdk < 1,
  }));
  return {
    title: "own-cost: agents at work at the same time",
    about: `N agents × ${TURNS} model turns × ${LATENCY_MS} ms of model latency (ideal: ${(TURNS * LATENCY_MS) / 1_000} s), read-only, cold start. Ours: \`executeCustomWorkflow\` with N roles \`${ROLE}\`, from the call to its result. Median of ${repetitions}.`,
    baseline: "The Agent SDK alone: `Promise.all` of N `query()`, same prompts, tools, schema and environment.",
    columns: [
      "N",
      "ours s",
      "(range)",
      "SDK s",
      "(range)",
      "ours / SDK",
      "CPU s ours",
      "CPU s SDK",
      "CPU ratio",
      "host CPU s ours",
      "host CPU s SDK",
    ],
    rows: figures.map(({ size, ours, sdk, spreads, cpu, host }) => [
      String(size),
      ours.toFixed(2),
      spreads[0],
      sdk.toFixed(2),
      spreads[1],
      (ours / sdk).toFixed(2),
      cpu[0].toFixed(2),
      cpu[1].toFixed(2),
      (cpu[0] / cpu[1]).toFixed(2),
      host[0].toFixed(2),
      host[1].toFixed(2),
    ]),
    aims,
    samples: Object.fromEntries(samples),
  };
}
