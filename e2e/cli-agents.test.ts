import { readdirSync } from "node:fs";
import { type CallContext, hang, httpError, type Reply, reply, script } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { handOver, openStage, play, type Stage, type TestContext, waitFor } from "./fixtures.js";
import { createGate, expectRefusal, openTerminal, type Terminal } from "./terminal.js";

/** A model that answers with what it was told and with how much of the conversation it sees. */
function echo(call: CallContext): Reply {
  const said = call.request.messages.filter((message) => message.role === "user").length;
  return reply().text(`heard: ${call.userText} (${said})`);
}

/** The same, but never an answer to `hang`. */
const talk = () => script().otherwise((call) => (call.userText === "hang" ? hang() : echo(call)));

async function open(test: TestContext, environment: Record<string, string> = {}) {
  const stage = await openStage(test, { script: talk(), environment });
  return { stage, terminal: openTerminal(test, stage) };
}

async function createAgent(terminal: Terminal, ...args: string[]): Promise<string> {
  const outcome = await terminal.run("create-agent", ...(args.length > 0 ? args : ["scout"]));
  expect(outcome, outcome.stderr).toMatchObject({ code: 0, stderr: "" });
  return outcome.stdout.split("\n")[0] ?? "";
}

/** Waits until the model is asked for the answer to `hang`. */
function hanging(stage: Stage) {
  return waitFor("the call that hangs", () =>
    stage.server.calls.some((call) => call.outcome === "pending" && JSON.stringify(call.request).includes("hang")),
  );
}

/** Waits until so many messages have been sent. The library looks: it is asked again and again. */
async function messagesSent(stage: Stage, count: number): Promise<void> {
  const sent = new Set<number>();
  for await (const event of (await stage.orchestrator()).events({ signal: AbortSignal.timeout(20_000) })) {
    if (event.type === "agent.messaged") sent.add(event.seq);
    if (sent.size === count) return;
  }
  throw new Error(`only ${sent.size} of ${count} messages were sent`);
}

describe("create-agent", () => {
  test("prints the id and the next command, and starts nothing", async (context) => {
    const { stage, terminal } = await open(context);
    const outcome = await terminal.run("create-agent", "scout");
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/^(agent_\w{10})\nWrite to it: orchestrator send \1 "…"\n$/);
    expect(stage.server.calls).toEqual([]);
    expect(stage.processes()).toEqual([]);
    expect(await terminal.json("list-agents")).toMatchObject([{ role: "scout", name: "scout", status: "created" }]);
  });

  test("takes everything that differs from the role, and the model gets it", async (context) => {
    const { stage, terminal } = await open(context);
    stage.write("poet.md", "You rhyme.\n");
    const made = await terminal.json(
      "create-agent",
      ...["--role", "custom", "--name", "Poet", "--model", "haiku", "--tools", "Read, Glob", "--max-tokens", "512"],
      ...["--prompt-file", "poet.md"],
    );
    expect(made).toMatchObject({
      role: "custom",
      name: "Poet",
      model: "haiku",
      tools: ["Read", "Glob"],
      status: "created",
      taskId: null,
      rehearsal: false,
      workingDirectory: stage.workspace,
      systemPrompt: expect.stringContaining("You rhyme."),
    });
    expect((await terminal.run("send", made.agentId, "hello")).stdout).toBe("heard: hello (1)\n");
    const [call] = stage.server.calls;
    expect(call?.request.max_tokens).toBe(512);
    expect(call?.model).toContain("haiku");
    expect(JSON.stringify(call?.request.system)).toContain("You rhyme.");
    const tools = call?.request.tools?.map((tool) => tool.name);
    expect(tools).toEqual(expect.arrayContaining(["Read", "Glob"]));
    for (const absent of ["Bash", "Write", "Edit", "Grep"]) expect(tools).not.toContain(absent);
  });

  test("takes a prompt on the command line in place of the role's", async (context) => {
    const { terminal } = await open(context);
    const made = await terminal.json("create-agent", "scout", "--system-prompt", "You whisper.");
    expect(made.systemPrompt).toContain("You whisper.");
    expect(made.systemPrompt).not.toContain("You find the files");
  });

  const mistakes: [args: string[], ...words: RegExp[]][] = [
    [[], /role is empty/, /orchestrator roles/],
    [["wizard"], /no role "wizard"/, /scout/],
    [["scout", "--role", "scout"], /role was given twice/],
    [["custom"], /custom/],
    [["scout", "--tools", "Read,Hammer"], /Hammer/, /Read, Write/],
    [["scout", "--model", "so net"], /so net/],
    [["scout", "--max-tokens", "0"], /is 0/],
    [["scout", "--max-tokens", "many"], /"many", which is not a whole number/],
    [["scout", "--name", "x".repeat(101)], /name/, /100/],
    [["scout", "--system-prompt", "a", "--prompt-file", "README.md"], /prompt was given twice/],
    [["scout", "--prompt-file", "nowhere.md"], /nowhere\.md \(ENOENT\)/],
    [["scout", "--system-prompt", ""], /systemPrompt/],
    [["scout", "--cwd", "nowhere"], /nowhere does not exist/],
  ];
  test("every mistake is refused with the remedy, and no agent is there", async (context) => {
    const { terminal } = await open(context);
    for (const [args, ...words] of mistakes) expectRefusal(await terminal.run("create-agent", ...args), 2, ...words);
    expect(await terminal.json("list-agents", "--all")).toEqual([]);
  });
});

describe("send", () => {
  test("keeps one conversation over separate processes: words, a file, a pipe", async (context) => {
    const { stage, terminal } = await open(context);
    const id = await createAgent(terminal);
    stage.write("message.txt", "from a file");
    const first = await terminal.run("send", id, "several", "words");
    expect(first).toMatchObject({ code: 0, stdout: "heard: several words (1)\n" });
    // The reply alone is on standard output, so that it can be piped.
    expect(first.stderr).toMatch(/^1 model call, \$0\.\d{4}\n$/);
    const { sessionId, status } = await terminal.json("agent-details", id);
    expect(status).toBe("waiting");
    expect(stage.processes()).toEqual([]);
    expect((await terminal.run("send", id, "-f", "message.txt")).stdout).toBe("heard: from a file (2)\n");
    expect((await terminal.pipe("from a pipe", "send", id, "-")).stdout).toBe("heard: from a pipe (3)\n");
    // The beginning of an id is enough.
    expect((await terminal.run("send", id.slice(0, 11), "short")).stdout).toBe("heard: short (4)\n");
    expect(await terminal.json("agent-details", id)).toMatchObject({
      sessionId,
      messages: 4,
      modelCalls: 4,
      pid: null,
    });
    expect(stage.processes()).toEqual([]);
  });

  test("says what keeps the reply while a limit holds the fleet", async (context) => {
    const { stage, terminal } = await open(context);
    const [first, second] = [await createAgent(terminal), await createAgent(terminal)];
    // Longer than what is left to the CLI itself.
    const resetMs = Date.now() + 12_000;
    const leftSeconds = () => Math.ceil((resetMs - Date.now()) / 1_000);
    const limited = (call: CallContext) =>
      leftSeconds() > 0 ? httpError(429, { headers: { "retry-after": String(leftSeconds()) } }) : echo(call);
    stage.server.setScript(script().otherwise(limited));
    const meeting = terminal.run("send", first, "one");
    const reader = await stage.orchestrator();
    await waitFor("the hold", async () => (await reader.getStatus()).holds.length === 1);
    const waiting = await terminal.run("send", second, "two");
    expect(waiting).toMatchObject({ code: 0, stdout: "heard: two (1)\n" });
    expect(waiting.stderr).toMatch(
      /^Held until .*\(429\)\. One agent tries then; the others follow\. The message waits\.\n/,
    );
    expect((await meeting).code).toBe(0);
  });

  test("--json prints the reply with the fields of docs/json.md", async (context) => {
    const { terminal } = await open(context);
    const id = await createAgent(terminal);
    const answer = await terminal.json("send", id, "hello");
    expect(Object.keys(answer)).toEqual(
      expect.arrayContaining(["agentId", "messageId", "status", "text", "error", "steered", "modelCalls", "usage"]),
    );
    expect(answer).toMatchObject({
      agentId: id,
      status: "answered",
      text: "heard: hello (1)",
      error: null,
      steered: false,
      modelCalls: 1,
      costUsd: expect.any(Number),
    });
  });

  test("nothing that a model writes reaches the terminal as a command to it", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise(reply().text("\u001b[31mred\u001b[0m \u001b]0;title\u0007plain\u0008")),
    });
    const terminal = openTerminal(context, stage);
    expect((await terminal.run("send", await createAgent(terminal), "hello")).stdout).toBe("red plain\n");
  });

  test("an unknown, an ambiguous and a deleted agent and a text that is none are refused", async (context) => {
    const { stage, terminal } = await open(context);
    const [id] = [await createAgent(terminal), await createAgent(terminal, "builder")];
    expectRefusal(await terminal.run("send", "agent_nobody", "hi"), 2, /agent_nobody/, /list-agents/);
    expectRefusal(await terminal.run("send", "", "hi"), 2, /No agent/);
    expectRefusal(await terminal.run("send", "agent_", "hi"), 2, /fits 2 agents/, /more of the id/);
    expectRefusal(await terminal.run("send", id), 2, /empty/);
    expectRefusal(await terminal.pipe(" \n", "send", id, "-"), 2, /empty/);
    expectRefusal(await terminal.run("send", id, "-f", "nowhere.txt"), 2, /nowhere\.txt/, /ENOENT/);
    expectRefusal(await terminal.run("send", id, "-f", "README.md", "hi"), 2, /given twice/);
    await terminal.run("delete-agent", id);
    expectRefusal(await terminal.run("send", id, "hi"), 2, /was deleted/, /create-agent/);
    const asJson = await terminal.run("send", id, "hi", "--json");
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: "agent_deleted" } });
    expect(stage.server.calls).toEqual([]);
  });

  test("a turn that fails ends with the exit code of its error, and the agent goes on", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise((call) =>
        call.userText.endsWith("refuse") ? httpError(400) : call.userText.endsWith("key") ? httpError(401) : echo(call),
      ),
      environment: { ANTHROPIC_API_KEY: "a key" },
    });
    const terminal = openTerminal(context, stage);
    const id = await createAgent(terminal);
    const refused = await terminal.run("send", id, "refuse", "--json");
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ status: "failed", error: { code: "model_refused" } });
    expectRefusal(await terminal.run("send", id, "key"), 3, /credentials/, /ANTHROPIC_API_KEY/);
    expect((await terminal.run("send", id, "well")).stdout).toMatch(/^heard: [\s\S]*well/);
  });

  test("a daily budget that is spent ends with 4, before any model call", async (context) => {
    const { stage, terminal } = await open(context);
    const id = await createAgent(terminal);
    expect((await terminal.run("send", id, "one")).code).toBe(0);
    const poor = openTerminal(context, stage, { ORCHESTRATOR_DAILY_BUDGET_USD: "0.0001" });
    expectRefusal(await poor.run("send", id, "two"), 4, /budget/);
    expect(stage.server.calls).toHaveLength(1);
  });

  test("two at once to one agent each get their own reply", async (context) => {
    const { stage, terminal } = await open(context);
    const id = await createAgent(terminal);
    const both = await Promise.all([terminal.run("send", id, "one"), terminal.run("send", id, "two")]);
    expect(both.map((outcome) => outcome.code)).toEqual([0, 0]);
    expect(both[0].stdout).toMatch(/^heard: one \([12]\)\n$/);
    expect(both[1].stdout).toMatch(/^heard: two \([12]\)\n$/);
    expect(await terminal.json("agent-details", id)).toMatchObject({ messages: 2, modelCalls: 2, incompleteCalls: 0 });
    expect(stage.processes()).toEqual([]);
  });

  test("a message that waits for a turn of another process is answered after it", async (context) => {
    const gate = createGate();
    const stage = await openStage(context, {
      script: script().otherwise(async (call) => {
        if (call.userText === "first") await gate.opened;
        return echo(call);
      }),
    });
    const terminal = openTerminal(context, stage);
    const id = await createAgent(terminal);
    const first = terminal.start("send", id, "first");
    await waitFor("the first call", () => stage.server.calls.length > 0);
    const second = terminal.start("send", id, "second");
    await messagesSent(stage, 2);
    gate.open();
    expect(await first.ended).toMatchObject({ code: 0, stdout: "heard: first (1)\n" });
    expect(await second.ended).toMatchObject({ code: 0, stdout: "heard: second (2)\n" });
  });

  test("--steer joins the turn that runs in another process, and both are answered", async (context) => {
    const gate = createGate();
    const stage = await openStage(context, {
      script: script().otherwise(async (call) => {
        const said = JSON.stringify(call.request.messages);
        if (call.turn > 0 || said.includes("also this")) return reply().text(`also: ${said.includes("also this")}`);
        await gate.opened;
        return reply().tool("Bash", { command: "ls", description: "Look" });
      }),
    });
    const terminal = openTerminal(context, stage);
    const id = await createAgent(terminal);
    const main = terminal.start("send", id, "begin");
    await waitFor("the first call", () => stage.server.calls.length > 0);
    const steering = terminal.start("send", id, "--steer", "also this", "--json");
    await messagesSent(stage, 2);
    gate.open();
    expect(await main.ended).toMatchObject({ code: 0, stdout: "also: true\n" });
    const steered = await steering.ended;
    expect(steered.code).toBe(0);
    expect(JSON.parse(steered.stdout)).toMatchObject({ steered: true, text: "also: true", costUsd: 0 });
  });

  test("a rehearsed agent is not sent to a real model, nor a real one to a rehearsal", async (context) => {
    const { stage, terminal } = await open(context);
    const real = await createAgent(terminal);
    const { stdout } = await terminal.run("create-agent", "scout", "--rehearse");
    const rehearsed = stdout.split("\n")[0] ?? "";
    expect(stdout).toContain(`orchestrator send --rehearse ${rehearsed} "…"`);
    expectRefusal(await terminal.run("send", rehearsed, "hi"), 2, /made in a rehearsal/, /with --rehearse/);
    expectRefusal(await terminal.run("send", "--rehearse", real, "hi"), 2, /is a real one/, /without --rehearse/);
    const answer = await terminal.run("send", "--rehearse", rehearsed, "hi");
    expect(answer).toMatchObject({ code: 0, stderr: expect.stringMatching(/a rehearsal, not charged/) });
    expect(stage.server.calls).toEqual([]);
    expect((await terminal.run("list-agents")).stdout).toMatch(/\* a rehearsal/);
  });

  test("Ctrl-C gives up at once with 130, leaves no process, and the conversation goes on", async (context) => {
    const { stage, terminal } = await open(context);
    const id = await createAgent(terminal);
    const command = terminal.start("send", id, "hang");
    await hanging(stage);
    const since = performance.now();
    command.child.kill("SIGINT");
    expectRefusal(await command.ended, 130, /gave up/);
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(stage.processes()).toEqual([]);
    expect(await terminal.json("agent-details", id)).toMatchObject({ status: "waiting", incompleteCalls: 1 });
    expect((await terminal.run("send", id, "next")).stdout).toMatch(/^heard: next \(\d\)\n$/);
  });

  test("what a sender that was killed began is taken over by the next one", async (context) => {
    const { stage, terminal } = await open(context);
    const id = await createAgent(terminal);
    await terminal.run("send", id, "before");
    const command = terminal.start("send", id, "hang");
    await hanging(stage);
    command.child.kill("SIGKILL");
    await command.ended;
    expect((await terminal.run("list-agents")).stdout).toMatch(new RegExp(`${id}.* gone `));
    expect(await terminal.json("agent-details", id)).toMatchObject({ ownerAlive: false });
    const next = await terminal.run("send", id, "after");
    expect(next.stdout).toMatch(/^heard: after \(\d\)\n$/);
    expect(next.code).toBe(0);
    await waitFor("the end of what was left", () => stage.processes().length === 0);
    expect(await terminal.json("agent-details", id)).toMatchObject({ status: "waiting", messages: 3 });
  });
});

describe("delete-agent", () => {
  test("deletes an idle agent once; record, log and costs stay, and its conversation unless told otherwise", async (context) => {
    const { stage, terminal } = await open(context);
    const [kept, gone] = [await createAgent(terminal), await createAgent(terminal)];
    for (const id of [kept, gone]) await terminal.run("send", id, "hello");
    expect((await terminal.run("delete-agent", kept)).stdout).toBe(`${kept} is deleted.\n`);
    expectRefusal(await terminal.run("delete-agent", kept), 2, /was deleted/);
    const deleted = await terminal.json("delete-agent", gone, "--conversation");
    expect(deleted).toMatchObject({ agentId: gone, status: "deleted", messages: 1 });
    expect(stage.processes()).toEqual([]);
    expect(await terminal.json("list-agents")).toEqual([]);
    const [record] = await terminal.json("list-agents", "--all");
    expect(record).toMatchObject({ agentId: kept, status: "deleted", modelCalls: 1 });
    const files = readdirSync(stage.home, { recursive: true, encoding: "utf8" });
    expect(files.filter((path) => path.endsWith(`${record.sessionId}.jsonl`))).toHaveLength(1);
    expect(files.filter((path) => path.includes(deleted.sessionId))).toEqual([]);
    expect((await terminal.run("logs", gone)).stdout).toMatch(/heard: hello/);
    expect(await terminal.json("cost-report", "--by-agent")).toHaveLength(2);
    expectRefusal(await terminal.run("delete-agent", "agent_nobody"), 2, /agent_nobody/);
  });

  test("of an agent that answers in another process tells the sender, and leaves no process", async (context) => {
    const { stage, terminal } = await open(context);
    const id = await createAgent(terminal);
    const command = terminal.start("send", id, "hang");
    await hanging(stage);
    expect((await terminal.run("delete-agent", id)).code).toBe(0);
    expectRefusal(await command.ended, 2, /deleted before it had answered/);
    expect(stage.processes()).toEqual([]);
    expect(await terminal.json("agent-details", id)).toMatchObject({ status: "deleted", pid: null });
  });

  test("refuses an agent of a workflow, at work and afterwards", async (context) => {
    const gate = createGate();
    const stage = await openStage(context, {
      script: play({ scout: async (call) => gate.opened.then(() => handOver(call)) }),
    });
    const terminal = openTerminal(context, stage);
    const run = terminal.start("execute", "--roles", "scout", "Look");
    await waitFor("the call", () => stage.server.calls.length > 0);
    const [{ agentId }] = await terminal.json("list-agents");
    expectRefusal(await terminal.run("delete-agent", agentId), 2, /belongs to the task/, /orchestrator kill/);
    gate.open();
    expect((await run.ended).code).toBe(0);
    expectRefusal(await terminal.run("delete-agent", agentId), 2, /was deleted/);
    expectRefusal(await terminal.run("send", agentId, "hi"), 2, /takes no messages/, /follow-up task_/);
  });
});

describe("kill", () => {
  test("of a step's agent fails its step and its task, which say why", async (context) => {
    const stage = await openStage(context, { script: play({ scout: hang() }) });
    const terminal = openTerminal(context, stage);
    const run = terminal.start("execute", "--roles", "scout,planner", "Look");
    await waitFor("the call", () => stage.server.calls.length > 0);
    const [{ agentId, taskId }] = await terminal.json("list-agents", "--status", "running");
    const killed = await terminal.run("kill", agentId);
    expect(killed).toMatchObject({ code: 0, stdout: expect.stringMatching(/is gone\. Its step has failed\./) });
    const outcome = await run.ended;
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toMatch(/killed: from the command line/);
    expect(outcome.stdout).toMatch(new RegExp(`orchestrator logs ${agentId}`));
    expect(stage.processes()).toEqual([]);
    expect((await terminal.json("task-details", taskId)).steps).toMatchObject([
      { status: "failed" },
      { status: "skipped" },
    ]);
    expectRefusal(await terminal.run("kill", agentId), 2, /was deleted|has ended/);
  });

  test("of a hand-made agent ends its turn, and it comes back with its next message", async (context) => {
    const { stage, terminal } = await open(context);
    const id = await createAgent(terminal);
    expectRefusal(await terminal.run("kill", id), 2, /no process/, /orchestrator status/);
    const command = terminal.start("send", id, "hang");
    await hanging(stage);
    expect((await terminal.run("kill", id)).stdout).toMatch(/comes back with its next message/);
    expectRefusal(await command.ended, 130, /was killed/);
    expect(stage.processes()).toEqual([]);
    expect((await terminal.run("send", id, "again")).stdout).toMatch(/^heard: again/);
    expectRefusal(await terminal.run("kill", id), 2, /no process/);
    expectRefusal(await terminal.run("kill", "agent_nobody"), 2, /agent_nobody/);
  });
});

describe("list-agents", () => {
  test("shows those that live, and by role, status and task, the deleted ones on request", async (context) => {
    const stage = await openStage(context, { script: play() });
    const terminal = openTerminal(context, stage);
    expect((await terminal.run("list-agents")).stdout).toMatch(/^No agents live now/);
    expect((await terminal.run("execute", "--roles", "scout", "Look")).code).toBe(0);
    const living = await createAgent(terminal, "builder", "--name", "Mine");
    const roles = async (...args: string[]) =>
      (await terminal.json("list-agents", ...args)).map((agent: { role: string }) => agent.role);
    expect(await roles()).toEqual(["builder"]);
    expect(await roles("--all")).toEqual(["scout", "builder"]);
    expect(await roles("--role", "scout")).toEqual([]);
    expect(await roles("--status", "deleted")).toEqual(["scout"]);
    // A role of that name is there, though no agent has it.
    expect(await roles("--role", "reviewer")).toEqual([]);
    const [task] = await terminal.json("list-tasks");
    expect(await roles("--task", task.taskId, "--all")).toEqual(["scout"]);
    const table = (await terminal.run("list-agents")).stdout;
    expect(table).toMatch(/^agent +role +status +model +tokens +cost +doing\n/);
    expect(table).toMatch(new RegExp(`^${living} +builder +created +sonnet +0 +– +Mine$`, "m"));
    expectRefusal(await terminal.run("list-agents", "--role", "wizard"), 2, /no such role/, /scout/);
    expectRefusal(await terminal.run("list-agents", "--status", "asleep"), 2, /"asleep" is not a status/, /waiting/);
    expectRefusal(await terminal.run("list-agents", "--task", "nope"), 2, /nope/, /list-tasks/);
    expectRefusal(await terminal.run("list-agents", "--limit", "0"), 2, /"0"/);
  });
});

describe("agent-details", () => {
  test("shows the Core Four: context, model, prompt, tools", async (context) => {
    const { terminal } = await open(context);
    const id = await createAgent(terminal);
    expect((await terminal.run("agent-details", id)).stdout).toMatch(/^context +not measured$/m);
    await terminal.run("send", id, "hello");
    const { stdout } = await terminal.run("agent-details", id);
    expect(stdout).toMatch(/^context +\d+ of \d+ tokens \(\d.* %\)$/m);
    expect(stdout).toMatch(/^model +sonnet$/m);
    expect(stdout).toMatch(/^tools +Read, Glob, Grep, Bash$/m);
    expect(stdout).toMatch(/\nPrompt\nRole: scout\n/);
    expect(stdout).toMatch(/^cost +\$0\.\d{4} in 1 call$/m);
    expect(await terminal.json("agent-details", id)).toMatchObject({
      contextUsedTokens: expect.any(Number),
      contextWindowTokens: expect.any(Number),
      model: "sonnet",
      tools: ["Read", "Glob", "Grep", "Bash"],
      systemPrompt: expect.stringContaining("Role: scout"),
    });
  });
});

describe("logs --follow", () => {
  test("shows what a step's agent says as it says it, until the agent ends", async (context) => {
    const gate = createGate();
    const stage = await openStage(context, {
      script: play({
        scout: [
          reply().text("Looking around.").tool("Glob", { pattern: "*" }),
          async (call) => gate.opened.then(() => handOver(call, reply().text("Seen enough."))),
        ],
      }),
    });
    const terminal = openTerminal(context, stage);
    const run = terminal.start("execute", "--roles", "scout", "Look");
    await waitFor("the second call", () => stage.server.calls.length > 1);
    const [{ agentId }] = await terminal.json("list-agents");
    const text = terminal.start("logs", "-f", agentId);
    const events = terminal.start("logs", "-f", agentId, "--json");
    await waitFor("the first words", () => text.printed().includes("Looking around."));
    expect(text.printed()).not.toContain("Seen enough.");
    gate.open();
    expect(await text.ended).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("Seen enough.") });
    const types = (await events.ended).stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).type);
    expect(types[0]).toBe("agent.created");
    expect(types.at(-1)).toBe("agent.ended");
    expect((await run.ended).code).toBe(0);
    // Of one that has ended it is all there at once.
    expect(await terminal.run("logs", "-f", agentId)).toMatchObject({ code: 0, stdout: (await text.ended).stdout });
  });

  test("of a hand-made agent goes on over its messages until it is deleted, or Ctrl-C", async (context) => {
    const { terminal } = await open(context);
    const id = await createAgent(terminal);
    const following = terminal.start("logs", "-f", id);
    const stopped = terminal.start("logs", "-f", id);
    for (const message of ["one", "two"]) {
      await terminal.run("send", id, message);
      for (const { printed } of [following, stopped])
        await waitFor(`the reply to ${message}`, () => printed().includes(`heard: ${message}`));
    }
    stopped.child.kill("SIGINT");
    expect(await stopped.ended).toMatchObject({ code: 0, stderr: "" });
    await terminal.run("delete-agent", id);
    expect(await following.ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("refuses what cannot be followed", async (context) => {
    const { terminal } = await open(context);
    const id = await createAgent(terminal);
    expectRefusal(await terminal.run("logs", "-f", id, "--show", "summary"), 2, /when the agent has ended/);
    expectRefusal(await terminal.run("logs", id, "--show", "thoughts"), 2, /"thoughts"/, /text, prompt/);
    expectRefusal(await terminal.run("logs", "-f", "agent_nobody"), 2, /agent_nobody/);
  });
});
