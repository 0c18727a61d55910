import { expect, test } from "vitest";
import { addTask, FakeExecutor, House, nextEvent } from "./fakes.testsuite.js";

test("a step that waits for another writer by now does not keep a place from others", async () => {
  const house = new House();
  const store = await house.openStore();
  const executor = new FakeExecutor();
  const engine = house.openEngine(store, executor, { maxParallelAgents: 2 });
  await addTask(store, "task_w", { "w!": [] });
  await addTask(store, "task_r", { r: [] }, "/other");
  await addTask(store, "task_h", { "h!": [] }, "/work", { priority: 5 });
  await addTask(store, "task_l", { l: [] }, "/else");
  await engine.start("task_w");
  await engine.start("task_r");
  await Promise.all([executor.until("run w"), executor.until("run r")]);
  const waiting = nextEvent(store, "step.waiting", "h");
  await engine.start("task_h");
  await waiting;
  executor.end("r");
  await engine.wait("task_r");
  await engine.start("task_l");
  await executor.until("run l");
  expect(executor.story).not.toContain("end w");
  for (const key of ["l", "w"]) executor.end(key);
  await executor.until("run h");
  await house.remove();
});
