import { rmSync } from "node:fs";
import { join } from "node:path";
import { Orchestrator, type StoredEvent } from "@claude-orchestrator/core";
import { type CallContext, type Reply, reply, script } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { expectSameCount, openStage, type Stage, waitFor } from "./fixtures.js";

/** A model that answers with what it was told and with how much of the conversation it sees. */
function echo(call: CallContext): Reply {
  const said = call.request.messages.filter((message) => message.role === "user").length;
  return reply().text(`heard: ${call.userText} (${said})`);
}

const talk = () => script().otherwise(echo);

async function secondProgram(stage: Stage): Promise<Orchestrator> {
  return stage.orchestrator();
}

describe("an agent made by hand", () => {
  test("keeps its conversation over many messages and over a restart of the program", async (context) => {
    const stage = await openStage(context, { script: talk() });
    const first = new Orchestrator({ workingDirectory: stage.workspace, environment: stage.environment });
    await first.start();
    const id = await first.createAgent({ role: "scout", name: "My scout" });
    expect(await first.getAgentDetails(id)).toMatchObject({
      status: "created",
      name: "My scout",
      role: "scout",
      pid: null,
    });
    const one = await first.sendToAgent(id, "one");
    expect(one).toMatchObject({ status: "answered", text: "heard: one (1)", error: null, modelCalls: 1 });
    const two = await first.agent(id).execute("two");
    expect(two.text).toBe("heard: two (2)");
    const living = await first.getAgentDetails(id);
    expect(living).toMatchObject({ status: "waiting", messages: 2, modelCalls: 2 });
    expect(living.pid).toBeGreaterThan(0);
    expect(living.tools).toEqual(["Read", "Glob", "Grep", "Bash"]);
    expect(living.systemPrompt).toContain("Role: scout");
    expect(await first.agent(id).contextUsage()).toMatchObject({ windowTokens: expect.any(Number) });
    await first.stop();
    expect(stage.processes()).toEqual([]);

    const second = await secondProgram(stage);
    expect(await second.getAgentDetails(id)).toMatchObject({ status: "waiting", pid: null, ownerId: null });
    const three = await second.sendToAgent(id, "three");
    expect(three).toMatchObject({ status: "answered", text: "heard: three (3)" });
    expect((await second.getAgentDetails(id)).sessionId).toBe(living.sessionId);
    await expectSameCount(stage, second);
    await second.deleteAgent(id);
    expect(await second.getAgentDetails(id)).toMatchObject({
      status: "deleted",
      messages: 3,
      modelCalls: 3,
      pid: null,
    });
    expect(stage.processes()).toEqual([]);
  });

  test("answers a hundred messages to ten agents at once, each with its own reply, and the costs add up", async (context) => {
    const stage = await openStage(context, { script: talk() });
    const orchestrator = await stage.orchestrator();
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, index) => orchestrator.createAgent({ role: "scout", name: `scout ${index}` })),
    );
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => orchestrator.sendToAgent(ids[index % 10] ?? "", `message ${index}.`)),
    );
    for (const [index, { text, status }] of replies.entries()) {
      expect(status).toBe("answered");
      expect(text).toContain(`heard: message ${index}. (${Math.floor(index / 10) + 1})`);
    }
    const rows = await expectSameCount(stage, orchestrator);
    const total = rows.reduce((sum, row) => sum + (row.costUsd ?? 0), 0);
    expect(replies.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)).toBeCloseTo(total, 9);
    expect((await orchestrator.getStatus()).totals.costUsd).toBeCloseTo(total, 9);
  });

  test("takes a message into the turn that runs when it is to steer, and each sender gets a reply", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise((call) =>
        call.turn === 0 && !call.userText.includes("also")
          ? reply().tool("Bash", { command: "ls", description: "look" }).delay(700)
          : reply().text(
              `last heard: ${call.request.messages.length > 2 ? JSON.stringify(call.request.messages).includes("also this") : ""}`,
            ),
      ),
    });
    const orchestrator = await stage.orchestrator();
    const id = await orchestrator.createAgent({ role: "scout" });
    const main = orchestrator.sendToAgent(id, "begin");
    await waitFor("the first call", () => stage.server.calls.length > 0);
    const steered = await orchestrator.sendToAgent(id, "also this", { whenBusy: "steer" });
    const first = await main;
    expect(first).toMatchObject({ status: "answered", steered: false, text: "last heard: true" });
    expect(steered).toMatchObject({ status: "answered", steered: true, costUsd: 0, text: "last heard: true" });
    expect((await orchestrator.getAgentDetails(id)).messages).toBe(2);
    await expectSameCount(stage, orchestrator);
  });

  test("answers a message that comes too late to join in a turn of its own, and counts each call once", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise((call) => echo(call).delay(call.userText === "begin" ? 1_000 : 0)),
    });
    const orchestrator = await stage.orchestrator();
    const id = await orchestrator.createAgent({ role: "scout" });
    const main = orchestrator.sendToAgent(id, "begin");
    await waitFor("the first call", () => stage.server.calls.length > 0);
    const steered = orchestrator.sendToAgent(id, "late", { whenBusy: "steer" });
    const queued = orchestrator.sendToAgent(id, "queued");
    const replies = await Promise.all([main, steered, queued]);
    expect(replies.map(({ status }) => status)).toEqual(["answered", "answered", "answered"]);
    expect(replies.map(({ text }) => /late|begin|queued/.exec(text)?.[0])).toEqual(["begin", "late", "queued"]);
    const rows = await expectSameCount(stage, orchestrator);
    const sum = (all: readonly { costUsd: number | null }[]) =>
      all.reduce((total, each) => total + (each.costUsd ?? 0), 0);
    expect(sum(replies)).toBeCloseTo(sum(rows), 9);
  });

  test("says that its conversation is gone when the CLI no longer has it", async (context) => {
    const stage = await openStage(context, { script: talk() });
    const first = await stage.orchestrator();
    const id = await first.createAgent({ role: "scout" });
    await first.sendToAgent(id, "one");
    await first.stop();
    rmSync(join(stage.data, "claude", "projects"), { recursive: true });
    const second = await stage.orchestrator();
    expect(await second.sendToAgent(id, "two")).toMatchObject({
      status: "failed",
      error: { code: "conversation_lost" },
    });
  });

  test("is interrupted and goes on with its next message", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise((call) =>
        call.userText === "slow" ? reply().text("late").delay(20_000) : echo(call),
      ),
    });
    const orchestrator = await stage.orchestrator();
    const id = await orchestrator.createAgent({ role: "scout" });
    const slow = orchestrator.sendToAgent(id, "slow");
    const queued = orchestrator.sendToAgent(id, "next");
    await waitFor("the slow call", () => stage.server.calls.length > 0);
    expect(await orchestrator.getAgentDetails(id)).toMatchObject({ status: "running" });
    await orchestrator.interruptAgent(id, "I changed my mind");
    expect(await slow).toMatchObject({
      status: "failed",
      error: { code: "cancelled", message: "The turn was interrupted: I changed my mind." },
    });
    expect(await queued).toMatchObject({ status: "answered", text: expect.stringMatching(/next/) });
  });

  test("is given another model and keeps its conversation", async (context) => {
    const stage = await openStage(context, { script: talk() });
    const orchestrator = await stage.orchestrator();
    const agent = orchestrator.agent(await orchestrator.createAgent({ role: "scout", model: "haiku" }));
    await agent.send("one");
    await agent.setModel("opus");
    expect(await agent.send("two")).toMatchObject({ text: "heard: two (2)" });
    expect(stage.server.calls.map((call) => call.model)).toEqual([
      expect.stringContaining("haiku"),
      expect.stringContaining("opus"),
    ]);
    await expectSameCount(stage, orchestrator);
  });

  test("that is deleted while it answers tells so to everybody who waits, and leaves no process", async (context) => {
    const stage = await openStage(context, { script: script().otherwise(reply().text("late").delay(20_000)) });
    const orchestrator = await stage.orchestrator();
    const id = await orchestrator.createAgent({ role: "scout" });
    const waiting = [orchestrator.sendToAgent(id, "one"), orchestrator.sendToAgent(id, "two")];
    await waitFor("the call", () => stage.server.calls.length > 0);
    await orchestrator.deleteAgent(id);
    for (const reply of await Promise.all(waiting))
      expect(reply).toMatchObject({ status: "failed", error: { code: "agent_deleted" } });
    expect(stage.processes()).toEqual([]);
    await expect(orchestrator.sendToAgent(id, "three")).rejects.toMatchObject({ code: "agent_deleted" });
    await expect(orchestrator.deleteAgent(id)).rejects.toMatchObject({ code: "agent_deleted" });
    await expect(orchestrator.sendToAgent("agent_nobody", "hello")).rejects.toMatchObject({ code: "not_found" });
  });

  test("lets a sender give up a message that waits, without touching the turn of another", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise((call) => (call.userText === "slow" ? echo(call).delay(1_500) : echo(call))),
    });
    const orchestrator = await stage.orchestrator();
    const id = await orchestrator.createAgent({ role: "scout" });
    const slow = orchestrator.sendToAgent(id, "slow");
    await waitFor("the slow call", () => stage.server.calls.length > 0);
    const controller = new AbortController();
    const given = orchestrator.sendToAgent(id, "never mind", { signal: controller.signal });
    controller.abort();
    await expect(given).rejects.toMatchObject({ code: "cancelled" });
    expect(await slow).toMatchObject({ status: "answered", text: "heard: slow (1)" });
    expect(await orchestrator.sendToAgent(id, "next")).toMatchObject({ text: "heard: next (2)" });
  });

  test("takes back what waits in the mailbox when its program stops, so that no later one pays for it", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise((call) => (call.userText === "slow" ? echo(call).delay(20_000) : echo(call))),
    });
    const first = await stage.orchestrator();
    const id = await first.createAgent({ role: "scout" });
    const slow = first.sendToAgent(id, "slow");
    const waiting = first.sendToAgent(id, "waiting").catch((error: unknown) => error);
    await waitFor("the slow call", () => stage.server.calls.length > 0);
    await first.stop();
    expect(await slow).toMatchObject({ status: "failed", error: { code: "cancelled" } });
    expect(await waiting).toMatchObject({ code: "cancelled" });
    const second = await stage.orchestrator();
    const reply = await second.sendToAgent(id, "later");
    expect(reply.text).toContain("later");
    expect(stage.server.calls).toHaveLength(2);
  });

  test("is deleted at once also when it waits behind others for its turn", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise((call) => echo(call).delay(3_000)),
      environment: { ORCHESTRATOR_MAX_PARALLEL_AGENTS: "1" },
    });
    const orchestrator = await stage.orchestrator();
    const busy = await orchestrator.createAgent({ role: "scout" });
    const behind = await orchestrator.createAgent({ role: "scout" });
    const first = orchestrator.sendToAgent(busy, "work");
    await waitFor("the call", () => stage.server.calls.length > 0);
    const second = orchestrator.sendToAgent(behind, "work");
    await orchestrator.deleteAgent(behind);
    expect(await second).toMatchObject({ status: "failed", error: { code: "agent_deleted" } });
    expect(stage.server.calls).toHaveLength(1);
    expect((await first).status).toBe("answered");
  });

  test("answers two programs in the order in which they wrote, and is taken over from one that has gone", async (context) => {
    const stage = await openStage(context, { script: talk() });
    const first = await stage.orchestrator();
    const second = await stage.orchestrator();
    const id = await first.createAgent({ role: "scout" });
    expect((await first.sendToAgent(id, "from the first")).text).toContain("(1)");
    expect((await second.sendToAgent(id, "from the second")).text).toContain("(2)");
    const owner = (await first.getAgentDetails(id)).ownerId;
    await first.stop();
    expect((await second.sendToAgent(id, "again")).text).toContain("(3)");
    expect((await second.getAgentDetails(id)).ownerId).not.toBe(owner);
    await second.deleteAgent(id);
  });

  test("has a prompt and tools of its own, and no temperature", async (context) => {
    const stage = await openStage(context, { script: talk() });
    const orchestrator = await stage.orchestrator();
    const id = await orchestrator.createAgent({
      role: "custom",
      systemPrompt: "You rhyme.",
      tools: ["Read"],
      maxTokens: 512,
    });
    await orchestrator.sendToAgent(id, "hello");
    const [call] = stage.server.calls;
    expect(call?.request.max_tokens).toBe(512);
    const tools = call?.request.tools?.map((tool) => tool.name);
    expect(tools).toContain("Read");
    for (const absent of ["Bash", "Write", "Edit", "Grep"]) expect(tools).not.toContain(absent);
    expect(JSON.stringify(call?.request.system)).toContain("You rhyme.");
    await expect(orchestrator.createAgent({ role: "scout", temperature: 0.5 })).rejects.toMatchObject({
      code: "not_supported",
    });
    await expect(orchestrator.createAgent({ role: "custom" })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(orchestrator.createAgent({ role: "nobody" })).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("says of each event of its life who it was", async (context) => {
    const stage = await openStage(context, { script: talk() });
    const orchestrator = await stage.orchestrator();
    const id = await orchestrator.createAgent({ role: "scout" });
    await orchestrator.sendToAgent(id, "hello");
    await orchestrator.deleteAgent(id);
    const events: StoredEvent[] = [];
    for await (const event of orchestrator.events({ agentId: id })) {
      events.push(event);
      if (event.type === "agent.deleted") break;
    }
    const types = events.map((event) => event.type);
    expect(types.filter((type) => type.startsWith("agent."))).toEqual([
      "agent.created",
      "agent.messaged",
      "agent.claimed",
      "agent.started",
      "agent.prompted",
      "agent.output",
      "agent.context_measured",
      "agent.replied",
      "agent.delete_requested",
      "agent.deleted",
    ]);
  });
});
