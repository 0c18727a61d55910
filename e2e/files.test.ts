import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, it } from "vitest";
import { handOver, openStage, play, type Stage } from "./fixtures.js";

/** Reads one file and changes others in a shell. */
function openWorkingStage(test: Parameters<typeof openStage>[0], options: Partial<Parameters<typeof openStage>[1]>) {
  return openStage(test, { script: play(), ...options }).then((stage) => {
    stage.write("notes.txt", "one\ntwo\nthree\n");
    stage.write("old.txt", "to be removed\n");
    const command = "sed -i 's/two/2/' notes.txt; rm old.txt; mkdir -p sub; printf 'a\\nb\\n' > sub/new.txt";
    const steps = [
      reply()
        .text("First I read.")
        .tool("Read", { file_path: join(stage.workspace, "README.md") }),
      reply().tool("Bash", { command, description: "Change" }),
      handOver,
    ];
    stage.server.setScript(play({ builder: steps }));
    return stage;
  });
}

async function work(stage: Stage) {
  const orchestrator = await stage.orchestrator();
  const result = await orchestrator.executeCustomWorkflow({ prompt: "Change the notes", roles: ["builder"] });
  expect(result.error).toBeNull();
  return { orchestrator, result };
}

describe("files", () => {
  it.for([true, false])(
    "that a shell changed are produced, files only read are consumed (git: %s)",
    async (git, test) => {
      const stage = await openWorkingStage(test, { git });
      const { result } = await work(stage);
      expect(result.files.produced).toEqual([
        { path: "notes.txt", kind: "modified", previousPath: null, linesAdded: 1, linesRemoved: 1 },
        { path: "old.txt", kind: "deleted", previousPath: null, linesAdded: 0, linesRemoved: 1 },
        { path: "sub/new.txt", kind: "created", previousPath: null, linesAdded: 2, linesRemoved: 0 },
      ]);
      expect(result.files.consumed).toEqual(["README.md"]);
    },
  );
});

describe("the logs of an agent", () => {
  it("hold its prompts, its words, its tools and its end", async (test) => {
    const stage = await openWorkingStage(test, {});
    const { result } = await work(stage);
    const [agent] = result.agents;
    const folder = join(stage.data, "logs", result.taskId, `${agent?.agentId}-builder`);
    expect(agent?.logDirectory).toBe(folder);
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    expect(read("prompt.txt")).toContain("Role: builder");
    expect(read("prompt.txt")).toContain("Change the notes");
    expect(read("text.txt")).toContain("First I read.");
    const tools = read("tools.jsonl")
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(tools).toMatchObject([
      { tool: "Read", isError: false, result: expect.stringContaining("A small project.") },
      { tool: "Bash", isError: false, input: { command: expect.stringContaining("sed -i") } },
    ]);
    expect(JSON.parse(read("summary.json"))).toMatchObject({
      agentId: agent?.agentId,
      role: "builder",
      status: "completed",
      modelCalls: 3,
      toolCalls: 2,
    });
  });

  it("are not written with ENABLE_OBSERVABILITY=false", async (test) => {
    const stage = await openWorkingStage(test, { environment: { ENABLE_OBSERVABILITY: "false" } });
    const { result } = await work(stage);
    expect(result.agents).toMatchObject([{ logDirectory: null, modelCalls: 3 }]);
    expect(readdirSync(stage.data)).toContain("orchestrator.db");
    expect(existsSync(join(stage.data, "logs", result.taskId))).toBe(false);
  });
});

describe("cost tracking", () => {
  it("that is off leaves no ledger and refuses a budget", async (test) => {
    const stage = await openWorkingStage(test, { environment: { ENABLE_COST_TRACKING: "false" } });
    const { orchestrator, result } = await work(stage);
    expect(await orchestrator.listLedger()).toEqual([]);
    expect(result).toMatchObject({ modelCalls: 0, metrics: { modelCalls: 0, totalTokens: 0 } });
    const calls = stage.server.calls.length;
    await expect(orchestrator.execute({ prompt: "Change the notes", budgetUsd: 1 })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("budget"),
    });
    expect(stage.server.calls).toHaveLength(calls);
  });
});
