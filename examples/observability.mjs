// @ts-check
/** What happens, while it happens and afterwards: `node examples/observability.mjs` */
import { Orchestrator } from "@claude-orchestrator/core";
import { openStorage } from "@claude-orchestrator/core/storage";
import { money, play } from "./stage.mjs";

await play(async ({ options, signal, isRehearsal }) => {
  const orchestrator = new Orchestrator(options);
  await orchestrator.start();
  try {
    // Live: follow the task from the moment at which it is recorded.
    /** @type {Promise<void> | undefined} */
    let following;
    const result = await orchestrator.executeCustomWorkflow({
      prompt: "Say what this project does. Change nothing.",
      roles: ["scout", "analyst"],
      signal,
      onCreated: (taskId) => {
        following = follow(taskId);
      },
    });
    await following;

    // Afterwards: what each role has cost. Rehearsals are left out of every sum unless they are asked for.
    const filter = { taskId: result.taskId, rehearsal: isRehearsal };
    for (const { key, modelCalls, costUsd } of await orchestrator.costs("role", filter)) {
      console.log(`cost    ${key}: ${modelCalls} calls, ${money(costUsd)}`);
    }
    console.log(`sum     ${money(result.metrics.totalCostUsd)}`);
    console.log(`read    ${result.files.consumed.length} files, changed ${result.files.produced.length}`);
    const { tasks, agents } = await orchestrator.getStatus();
    console.log(`fleet   ${tasks.total} tasks, ${agents.total} agents`);

    // The storage door: the same database for reading, with no agents, workflows or runtime behind it.
    const storage = await openStorage({ databasePath: orchestrator.config.databasePath });
    try {
      const rows = await storage.listLedger(filter);
      console.log(`ledger  ${rows.length} calls, ${money(await storage.totalCostUsd(filter))}`);
      for (const { role, logDirectory } of await storage.listAgents({ taskId: result.taskId })) {
        console.log(`log     ${role}: ${logDirectory}`);
      }
    } finally {
      await storage.close();
    }
  } finally {
    await orchestrator.stop();
  }

  /** @param {string} taskId */
  async function follow(taskId) {
    for await (const event of orchestrator.events({ taskId, signal })) {
      if (event.type === "step.started") console.log(`live    ${event.stepKey} begins`);
      if (event.type === "tool.started") console.log(`live    ${event.stepKey} uses ${event.data.name}`);
      if (event.type === "task.ended") return;
    }
  }
});
