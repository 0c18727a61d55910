import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./measure.mjs";

const SCROLLS = 60;
const SCROLL_PX = 900;

/** Opens an agent with very many events, and one with few: time to the first row, frames while scrolling, heap. */
export async function measureLongTask(browser, openServer, events) {
  const served = await openServer(browser);
  const { tab, context, url } = served;
  try {
    await fill(join(served.home, "orchestrator.db"), "agent_short", 100);
    await fill(join(served.home, "orchestrator.db"), "agent_long", events);
    await served.signIn();
    const open = async (agentId) => {
      const startMs = performance.now();
      await tab.goto(`${url}/agents/${agentId}`);
      await tab.getByRole("log").getByText("Line").first().waitFor();
      return performance.now() - startMs;
    };
    // The code of the page is loaded once; it is not what is compared.
    await open("agent_short");
    const shortPaintMs = await open("agent_short");
    const paintMs = await open("agent_long");
    await tab.evaluate(WATCH_FRAMES);
    await tab.getByRole("log").hover();
    for (let scroll = 0; scroll < SCROLLS; scroll += 1) {
      await tab.mouse.wheel(0, -SCROLL_PX);
      await tab.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
    }
    const frames = await tab.evaluate("globalThis.frames_");
    const session = await context.newCDPSession(tab);
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return { events, paintMs, shortPaintMs, frames, heapMegabytes: usedSize / 1024 / 1024 };
  } finally {
    await served.close();
  }
}

const WATCH_FRAMES = `(() => {
  const frames = (globalThis.frames_ = []);
  let lastMs = performance.now();
  const next = (nowMs) => {
    frames.push(nowMs - lastMs);
    lastMs = nowMs;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})()`;

/** Writes what an agent says and does into a database: texts, and calls of tools with their results. */
async function fill(path, agentId, count) {
  const { openSqliteStore } = await import(pathToFileURL(join(ROOT, "packages/core/dist/store/index.js")).href);
  const store = await openSqliteStore({ path });
  const subject = { taskId: null, stepKey: null, agentId };
  const role = { name: agentId, role: "scout", model: "sonnet", tools: [], systemPrompt: "", workingDirectory: "/" };
  const limits = { maxTurns: 60, timeoutMinutes: 30, maxTokens: null };
  const settings = { writes: false, effort: null, fallbackModel: null, sandbox: false, ...limits };
  await store.append([
    { ...subject, type: "agent.created", data: { ...role, logDirectory: null, rehearsal: true, settings } },
  ]);
  for (let number = 0; number < count; ) {
    const events = [];
    for (let batch = 0; batch < 500 && number < count; batch += 1, number += 1)
      events.push({ ...subject, ...make(number) });
    await store.append(events);
  }
  await store.close();
}

function make(number) {
  const toolUseId = `tool_${number - (number % 3)}`;
  if (number % 3 === 0) return { type: "tool.started", data: { toolUseId, name: "Bash", input: `npm test ${number}` } };
  const text = `Line ${number}: ${"what it printed. ".repeat(12)}`;
  if (number % 3 === 1)
    return {
      type: "tool.ended",
      data: { toolUseId, name: "Bash", isError: false, excerpt: `${text}\n${text}`, filesRead: [] },
    };
  return { type: "agent.output", data: { text } };
}
