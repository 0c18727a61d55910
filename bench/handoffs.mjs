import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStage, runSdkAgent, succeeded } from "./stage.mjs";

const STEPS = ["analyst", "planner", "builder", "tester", "reviewer"];
const CALLS_PER_STEP = 4;
const FILE_BYTES = 8_000;
const SUMMARY_CHARACTERS = 2_000;
const PROMPT = "Find the root cause of the fault and mend it.";
const MODEL = "sonnet";

/** What a five-step task sends to the model, against one conversation that does the same work. */
export async function handoffs() {
  const calls = await measureTask();
  const alone = await measureConversation();
  return report(calls, alone);
}

async function withStage(turns, work) {
  const stage = await openStage({ turns, summaryCharacters: SUMMARY_CHARACTERS });
  try {
    writeFileSync(join(stage.workspace, "file-0.txt"), "A line of a file that is read.\n".repeat(FILE_BYTES / 31));
    return await work(stage);
  } finally {
    await stage.close();
  }
}

function measureTask() {
  return withStage(CALLS_PER_STEP, async (stage) => {
    const orchestrator = await stage.orchestrator();
    try {
      succeeded(await orchestrator.executeCustomWorkflow({ prompt: PROMPT, roles: STEPS, model: MODEL }));
    } finally {
      await orchestrator.stop();
    }
    return (await stage.newCalls()).calls;
  });
}

function measureConversation() {
  return withStage(CALLS_PER_STEP * STEPS.length, async (stage) => {
    const tools = ["Read", "Write", "Edit", "Bash", "Glob", "Grep"];
    await runSdkAgent(stage, { prompt: PROMPT, model: MODEL, tools, maxTurns: 100 });
    return (await stage.newCalls()).calls;
  });
}

function report(calls, alone) {
  const sum = (all) => all.reduce((total, call) => total + call.requestBytes, 0);
  const ofStep = (role) => calls.filter((call) => call.role === role);
  const rows = STEPS.map((role) => {
    const own = ofStep(role);
    const [first] = own;
    return [
      role,
      String(own.length),
      String(Buffer.byteLength(first.userText)),
      String(first.requestBytes),
      String(sum(own)),
    ];
  });
  const ratio = sum(calls) / sum(alone);
  return {
    title: "handoffs: what a five-step task sends",
    about: `${STEPS.join(" → ")}, each step ${CALLS_PER_STEP} model calls that read a file of ${FILE_BYTES} bytes, and a handoff whose summary has ${SUMMARY_CHARACTERS} characters. Bytes of request bodies; deterministic, so measured once.`,
    baseline: `One conversation of the Agent SDK alone that reads the same file as often, in ${CALLS_PER_STEP * STEPS.length} model calls.`,
    columns: ["step", "calls", "its first message", "first request", "all requests"],
    rows: [
      ...rows,
      ["the whole task", String(calls.length), "", "", String(sum(calls))],
      ["one conversation", String(alone.length), "", String(alone[0].requestBytes), String(sum(alone))],
    ],
    aims: [{ aim: "the task sends less than one conversation", measured: ratio.toFixed(2), holds: ratio < 1 }],
    samples: { task: calls.map(({ role, turn, requestBytes }) => ({ role, turn, requestBytes })), alone: sum(alone) },
  };
}
