// @ts-check
/** Every event once, also for a reader that was away: `node examples/events.mjs` */
import { Orchestrator } from "@claude-orchestrator/core";
import { play } from "./stage.mjs";

await play(async ({ options, signal }) => {
  const orchestrator = new Orchestrator(options);
  await orchestrator.start();
  try {
    // The cursor is the number of the last event that was seen. A reader of your own would keep it in a file or table.
    let cursor = await orchestrator.lastEvent();
    const running = orchestrator.executeCustomWorkflow({ prompt: "Look around.", roles: ["scout"], signal });

    // Follow live, and leave in the middle.
    for await (const event of orchestrator.events({ after: cursor, signal })) {
      cursor = event.seq;
      console.log(`live     ${event.type}`);
      if (event.type === "agent.started") break;
    }
    const { taskId } = await running;
    console.log(`away     until ${taskId} had ended`);

    // Come back with the cursor: what was missed comes first, then whatever is new. Nothing comes twice.
    const seen = /** @type {number[]} */ ([]);
    for await (const event of orchestrator.events({ after: cursor, taskId, signal })) {
      cursor = event.seq;
      seen.push(event.seq);
      // Comparing the type narrows the event: `data` has the fields of that type.
      if (event.type === "tool.ended")
        console.log(`resumed  ${event.data.name}: ${event.data.isError ? "error" : "ok"}`);
      if (event.type === "task.ended") {
        console.log(
          `resumed  ${event.data.status}, ${event.data.census.succeeded} of ${event.data.census.planned} steps`,
        );
        break;
      }
    }
    const isInOrder = seen.every((seq, index) => index === 0 || seq > (seen[index - 1] ?? 0));
    console.log(`counted  ${seen.length} events, in order: ${isInOrder}`);
    console.log(`newest   ${cursor === (await orchestrator.lastEvent()) ? "seen" : "agents were deleted meanwhile"}`);
  } finally {
    await orchestrator.stop();
  }
});
