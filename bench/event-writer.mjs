/** Writes output of one agent into the database of a data folder, at a steady rate: `node event-writer.mjs <file> <count> <per second>`. */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { ROOT } from "./measure.mjs";

const TICK_MS = 10;
const [path, countText, rateText] = process.argv.slice(2);
const count = Number(countText);
const perTick = (Number(rateText) * TICK_MS) / 1_000;
const { openSqliteStore } = await import(pathToFileURL(join(ROOT, "packages/core/dist/store/index.js")).href);
const store = await openSqliteStore({ path });
const subject = { taskId: null, stepKey: null, agentId: "agent_bench" };
const role = { name: "bench", role: "scout", model: "sonnet", tools: [], systemPrompt: "", workingDirectory: "/" };
const limits = { maxTurns: 60, timeoutMinutes: 30, maxTokens: null };
const settings = { writes: false, effort: null, fallbackModel: null, sandbox: false, ...limits };
if (!(await store.getAgent("agent_bench")))
  await store.append([
    { ...subject, type: "agent.created", data: { ...role, logDirectory: null, rehearsal: true, settings } },
  ]);
const startMs = performance.now();
for (let written = 0; written < count; ) {
  const due = Math.min(count, Math.floor(((performance.now() - startMs) / TICK_MS + 1) * perTick));
  const events = [];
  for (; written < due; written += 1)
    events.push({
      ...subject,
      type: "agent.output",
      data: { text: `Line ${written}: ${"what an agent says. ".repeat(10)}` },
    });
  if (events.length > 0) await store.append(events);
  await pause(TICK_MS);
}
console.log(JSON.stringify({ last: await store.lastSeq(), elapsedMs: performance.now() - startMs }));
await store.close();
