import { statSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { NewEvent } from "../../domain/index.js";
import { compactDatabase, isWorthCompacting, measureSpace } from "./compact.js";
import { agentCreated, makeFolder, taskCreated, taskEnded } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

const output = (text: string): NewEvent => ({
  type: "agent.output",
  taskId: "task_a",
  stepKey: null,
  agentId: "agent_a",
  data: { text },
});

test("what was removed is given back to the disk, and everything else is there", async () => {
  const store = await openSqliteStore({ path: folder.database });
  await store.append([taskCreated("task_a"), taskCreated("task_b"), agentCreated("agent_a", "task_a")]);
  await store.claimTask("task_a", "owner_1");
  for (let number = 0; number < 300; number += 1) await store.append([output("x".repeat(7_000))]);
  await store.append([taskEnded("task_a")]);
  await store.close();
  expect(isWorthCompacting(measureSpace(folder.database))).toBe(false);
  const again = await openSqliteStore({ path: folder.database });
  await again.deleteTask("task_a");
  await again.close();
  const space = measureSpace(folder.database);
  expect(isWorthCompacting(space)).toBe(true);
  const freed = compactDatabase(folder.database);
  expect(freed).toBeGreaterThan(1_500_000);
  expect(statSync(folder.database).size).toBeLessThan(space.bytes - space.freeBytes + 20_000);
  const last = await openSqliteStore({ path: folder.database });
  expect(await last.check()).toEqual([]);
  expect((await last.listTasks()).map((task) => task.taskId)).toEqual(["task_b"]);
  // Numbers are never used again.
  expect(await last.lastSeq()).toBe(306);
  await last.close();
});

test.each([
  [{ bytes: 10_000_000, freeBytes: 2_000_000 }, false],
  [{ bytes: 10_000_000, freeBytes: 2_600_000 }, true],
  [{ bytes: 1_000_000, freeBytes: 900_000 }, false],
])("%j is worth it: %s", (space, worth) => {
  expect(isWorthCompacting(space)).toBe(worth);
});
