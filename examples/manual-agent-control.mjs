// @ts-check
/** An agent of your own, from its making to its end: `node examples/manual-agent-control.mjs` */
import { Orchestrator } from "@claude-orchestrator/core";
import { reply, script } from "@claude-orchestrator/rehearsal";
import { money, play } from "./stage.mjs";

await play(
  async ({ options, signal }) => {
    const first = new Orchestrator(options);
    await first.start();

    // Create. Its process starts with its first message.
    const id = await first.createAgent({ role: "scout", name: "My scout" });
    const scout = first.agent(id);
    const one = await scout.execute("Remember the word: heron.", { signal });
    console.log(`said      ${one.text} (${money(one.costUsd)})`);
    const context = await scout.contextUsage();
    console.log(`context   ${context?.usedTokens} of ${context?.windowTokens} tokens`);

    /** Waits until the model is at work on what was sent after an event. @param {number} after */
    const isAtWork = async (after) => {
      for await (const event of first.events({ agentId: id, after, signal })) {
        if (event.type === "model_call.started") return;
      }
    };

    // Steer: a message joins the turn that runs, and gets a reply of its own.
    let cursor = await first.lastEvent();
    const listing = scout.send("List the files, slowly.", { signal });
    await isAtWork(cursor);
    const steered = await scout.send("Only those in src.", { whenBusy: "steer", signal });
    console.log(`steered   ${steered.steered}, ${(await listing).text}`);

    // Interrupt: the turn ends, the agent goes on with its next message. `send` returns the failure, it does not throw.
    cursor = await first.lastEvent();
    const slow = scout.send("Think for a very long time.", { signal });
    await isAtWork(cursor);
    await scout.interrupt();
    const interrupted = await slow;
    if (interrupted.status === "failed")
      console.log(`stopped   ${interrupted.error.code}: ${interrupted.error.message}`);
    await first.stop();

    // Another program, another day: whoever has the id goes on with the conversation.
    const second = new Orchestrator(options);
    await second.start();
    try {
      const again = await second.sendToAgent(id, "Which word was it?", { signal });
      console.log(`again     ${again.text}`);
      await second.deleteAgent(id, { deleteConversation: true });
      const { status, messages, costUsd } = await second.getAgentDetails(id);
      console.log(`deleted   ${status}, ${messages} messages, ${money(costUsd)}`);
    } finally {
      await second.stop();
    }
  },
  script().otherwise((call) => {
    const everything = JSON.stringify(call.request.messages);
    if (call.userText.includes("very long")) return reply().text("late").delay(30_000);
    if (call.userText.includes("Which word")) return reply().text(everything.includes("heron") ? "heron" : "I forgot.");
    if (!call.userText.includes("slowly") && !everything.includes("Only those in src")) return reply().text("I will.");
    if (call.turn === 0) return reply().tool("Glob", { pattern: "**/*" }).delay(1_000);
    return reply().text(everything.includes("Only those in src") ? "src/round.js" : "README.md, src/round.js");
  }),
);
