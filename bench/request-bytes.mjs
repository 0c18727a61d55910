import { openStage, runSdkAgent, succeeded } from "./stage.mjs";

const READERS = ["analyst", "scout", "planner", "reviewer"];
const WRITERS = ["builder", "tester", "documenter"];
const PROMPT = "Say hello.";
const MODEL = "sonnet";

/** What each model call carries before any work is done: tools, system prompt and reminders. */
export async function requestBytes() {
  const stage = await openStage();
  try {
    await runSdkAgent(stage, { prompt: PROMPT, model: MODEL });
    const { calls: sdkCalls } = await stage.newCalls();
    const orchestrator = await stage.orchestrator();
    try {
      const roles = [...READERS, ...WRITERS];
      succeeded(await orchestrator.executeCustomWorkflow({ prompt: PROMPT, roles, parallel: true, model: MODEL }));
    } finally {
      await orchestrator.stop();
    }
    const { calls } = await stage.newCalls();
    return report(sdkCalls[0], calls);
  } finally {
    await stage.close();
  }
}

function report(sdk, calls) {
  const bytesOf = (role) => calls.find((call) => call.role === role && call.turn === 0).requestBytes;
  const limitOf = (role) => (READERS.includes(role) ? 1 / 3 : 1 / 2);
  const roles = [...READERS, ...WRITERS].map((role) => {
    const bytes = bytesOf(role);
    return { role, bytes, ratio: bytes / sdk.requestBytes, limit: limitOf(role) };
  });
  return {
    title: "request-bytes: the first model request of each role",
    about: `Bytes of the request body for the prompt "${PROMPT}", model \`${MODEL}\` (on the wire \`${sdk.model}\`). Deterministic, so measured once.`,
    baseline: "The Agent SDK's defaults: `query()` without `tools` and `systemPrompt`, `settingSources: []`.",
    columns: ["role", "bytes", "ratio to default", "aim"],
    rows: [
      ["SDK default", String(sdk.requestBytes), "1.00", ""],
      ...roles.map(({ role, bytes, ratio, limit }) => [
        role,
        String(bytes),
        ratio.toFixed(2),
        `≤ ${limit === 1 / 2 ? "1/2" : "1/3"}`,
      ]),
    ],
    aims: roles.map(({ role, ratio, limit }) => ({
      aim: `${role}: ≤ ${limit === 1 / 2 ? "1/2" : "1/3"} of the default`,
      measured: ratio.toFixed(3),
      holds: ratio <= limit,
    })),
    samples: { sdk: sdk.requestBytes, roles },
  };
}
