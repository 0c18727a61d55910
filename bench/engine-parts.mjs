import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./measure.mjs";

const load = (room) => import(pathToFileURL(join(ROOT, "packages/core/dist", room, "index.js")).href);
const STEPS_AT_ONCE = 8;

/** The engine over a store, with executors that do nothing. Not part of the library's public door. */
export async function openEngine(path, ownerId) {
  const [{ openSqliteStore }, { createLocalEngine }, { takeOwnership }] = await Promise.all(
    ["store", "engine", "ownership"].map(load),
  );
  const store = await openSqliteStore({ path });
  const onTrouble = (message, error) => {
    throw new Error(message, { cause: error });
  };
  const ownership = takeOwnership({ store, ownerId, onTrouble });
  const nothing = {
    run: async () => ({ status: "succeeded", handoff: { summary: "done" } }),
    prepare: () => {},
    finish: async () => {},
  };
  const kinds = ["agent", "plan", "baseline", "check", "merge", "conflict"];
  const engine = createLocalEngine({
    store,
    executors: Object.fromEntries(kinds.map((kind) => [kind, nothing])),
    ownership,
    maxParallelAgents: STEPS_AT_ONCE,
    onTrouble,
  });
  return {
    store,
    engine,
    async close() {
      await engine.stop();
      await ownership.signOff();
      await store.close();
    },
  };
}

/** Records a task. @param dependencies - for each step those it waits for, by position */
export async function recordTask(store, taskId, dependencies) {
  const { NO_OVERRIDES } = await load("domain");
  const subject = { taskId, stepKey: null, agentId: null };
  const steps = dependencies.map((before, position) => ({
    key: `step-${position}`,
    kind: "agent",
    role: "scout",
    instructions: "",
    dependsOn: before.map((each) => `step-${each}`),
    writes: false,
    overrides: NO_OVERRIDES,
    round: 0,
    lane: null,
  }));
  const data = {
    prompt: "Do nothing",
    workingDirectory: "/",
    taskType: "custom",
    executionMode: "dependencies",
    includeAnalyst: "no",
    model: "sonnet",
    budgetUsd: null,
    rehearsal: true,
    priority: 0,
    afterTaskId: null,
    followUpOf: null,
    forkOf: null,
    ownerId: null,
    workspaceKind: "in_place",
    uncommitted: "leave",
    requireChecks: false,
  };
  const plan = { planMode: "custom", workflow: null, complexity: "simple", reasons: [], steps, checks: [] };
  await store.append([
    { ...subject, type: "task.created", data },
    { ...subject, type: "workflow.planned", data: plan },
  ]);
}
