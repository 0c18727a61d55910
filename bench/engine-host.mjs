/** One process of the engine without agents: `engine-host.mjs <database> <owner> <task>…` runs tasks whose steps end at once. */
import { openEngine } from "./engine-parts.mjs";

const [path, ownerId, ...taskIds] = process.argv.slice(2);
const { engine, close } = await openEngine(path, ownerId);
process.send("ready");
process.once("message", async () => {
  const startMs = performance.timeOrigin + performance.now();
  await Promise.all(taskIds.map((taskId) => engine.start(taskId)));
  await Promise.all(taskIds.map((taskId) => engine.wait(taskId)));
  process.send({ startMs, endMs: performance.timeOrigin + performance.now() });
  await close();
  process.disconnect();
});
