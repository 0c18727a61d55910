import { measure, median, spread, takeQuietSample } from "./measure.mjs";
import { learnRole, openStage, runSdkAgent, succeeded } from "./stage.mjs";

const ROLES = ["analyst", "planner", "builder", "tester", "reviewer"];
const WRITERS = new Set(["builder", "tester"]);
const TURNS = 3;
const LATENCY_MS = 500;
const PROMPT = "Add a file.";
const AIM = 0.5;
const ATTEMPTS = 2;

/** The time in which nobody works: from the end of one step's last answer to the next step's first model call. */
export async function gap({ quick }) {
  const repetitions = quick ? 1 : 5;
  const stage = await openStage({ latencyMs: LATENCY_MS, turns: TURNS, writes: true });
  try {
    const agent = await learnRole(stage, "planner", PROMPT);
    await runSdkAgent(stage, agent);
    const sample = async (take) => (await takeQuietSample(() => measure(take), quick ? 1 : ATTEMPTS)).value;
    const gaps = [];
    const coldStarts = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      for (let start = 0; start < 2; start += 1) coldStarts.push(await sample(() => coldStart(stage, agent)));
      gaps.push(...(await sample(() => runWorkflow(stage))));
    }
    return report(gaps, coldStarts, repetitions);
  } finally {
    await stage.close();
  }
}

async function coldStart(stage, agent) {
  await stage.newCalls();
  const startMs = Date.now();
  await runSdkAgent(stage, agent);
  const { calls } = await stage.newCalls();
  return calls[0].startedAtMs - startMs;
}

async function runWorkflow(stage) {
  await stage.newCalls();
  const orchestrator = await stage.orchestrator();
  try {
    succeeded(await orchestrator.executeCustomWorkflow({ prompt: PROMPT, roles: ROLES }));
  } finally {
    await orchestrator.stop();
  }
  const { calls } = await stage.newCalls();
  if (calls.length !== ROLES.length * TURNS) throw new Error(`${calls.length} model calls`);
  return ROLES.slice(1).map((role, position) => {
    const before = ROLES[position];
    const lastEndMs = Math.max(...calls.filter((call) => call.role === before).map((call) => call.endedAtMs));
    const firstMs = Math.min(...calls.filter((call) => call.role === role).map((call) => call.startedAtMs));
    return { from: before, to: role, ms: firstMs - lastEndMs };
  });
}

function report(gaps, coldStarts, repetitions) {
  const cold = median(coldStarts);
  const row = (name, values) => [name, median(values).toFixed(0), spread(values), (median(values) / cold).toFixed(2)];
  const msOf = (keep) => gaps.filter(keep).map((each) => each.ms);
  const afterReader = msOf((each) => !WRITERS.has(each.from));
  const afterWriter = msOf((each) => WRITERS.has(each.from));
  const aimFor = (name, values) => ({
    aim: `${name}: gap / cold start ≤ ${AIM}`,
    measured: (median(values) / cold).toFixed(2),
    holds: median(values) / cold <= AIM,
  });
  return {
    title: "gap: from one step to the next",
    about: `A sequential workflow ${ROLES.join(" → ")}; each step ${TURNS} model turns × ${LATENCY_MS} ms, writers write a file, small git repository. From the end of a step's last answer to the arrival of the next step's first call, both seen by the model server. Median of ${repetitions} runs.`,
    baseline: "A cold start of the Agent SDK: from `query()` to the arrival of its first model call.",
    columns: ["what", "median ms", "(range)", "ratio to cold start"],
    rows: [
      row("cold start of the SDK", coldStarts),
      row(
        "all gaps",
        msOf(() => true),
      ),
      row("after a read-only step", afterReader),
      row("after a writing step", afterWriter),
      ...ROLES.slice(1).map((to, position) =>
        row(
          `${ROLES[position]} → ${to}`,
          msOf((each) => each.to === to),
        ),
      ),
    ],
    aims: [
      aimFor(
        "all steps",
        msOf(() => true),
      ),
      aimFor("after a read-only step", afterReader),
      aimFor("after a writing step", afterWriter),
    ],
    samples: { gaps, coldStarts },
  };
}
