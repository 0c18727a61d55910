import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentDetails, AgentReply, FleetStatus, TaskResult } from "@claude-orchestrator/core";
import { type CallContext, reply } from "@claude-orchestrator/rehearsal";
import { expect, test } from "vitest";
import { handOver, openStage, play, type Stage } from "./fixtures.js";
import { runProgram } from "./program.js";

const PROGRAM = fileURLToPath(new URL("fixtures/fifteen-lines.mjs", import.meta.url));

interface Printed {
  result: TaskResult;
  custom: TaskResult;
  graph: TaskResult;
  read: [AgentDetails, AgentDetails[]];
  reply: AgentReply;
  fleet: FleetStatus;
}

/** Says what it heard, and with how many messages of the conversation in sight. */
function echo(call: CallContext) {
  if (call.toolNames.includes("StructuredOutput")) return handOver(call);
  const said = call.request.messages.filter((message) => message.role === "user").length;
  return reply().text(`heard: ${call.userText} (${said})`);
}

async function run(stage: Stage, ...args: string[]): Promise<Printed> {
  const database = join(stage.home, "own.db");
  const ending = await runProgram(PROGRAM, [database, ...args], {
    environment: stage.environment,
    cwd: stage.workspace,
  });
  expect(ending).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(ending.stdout) as Printed;
}

test("fifteen lines with the public door alone do what the library promises, and go on in a second run", async (context) => {
  const text = readFileSync(PROGRAM, "utf8").split("\n").filter(Boolean);
  expect(text).toHaveLength(15);
  expect(text.filter((line) => line.includes("import "))).toEqual([
    'import { Orchestrator } from "@claude-orchestrator/core";',
  ]);

  const stage = await openStage(context, { script: play({ scout: echo }) });
  const first = await run(stage);
  expect(first.result).toMatchObject({ success: true, taskType: "bug_fix", files: { produced: [] } });
  expect(first.result.steps.map((step) => step.stepKey)).toEqual(["planner", "builder", "tester", "reviewer"]);
  expect(first.result.metrics.totalCostUsd).toBeGreaterThan(0);
  expect(first.custom.steps.map((step) => step.dependsOn)).toEqual([[], ["scout"], ["builder"], ["tester"]]);
  expect(first.graph.steps.map((step) => step.dependsOn)).toEqual([[], ["scout"], ["scout", "builder"], ["tester"]]);
  const [agent, deleted] = first.read;
  expect(agent).toMatchObject({ name: "My scout", role: "scout", status: "created" });
  expect(deleted.map((each) => each.taskId)).toEqual([first.custom.taskId, first.graph.taskId]);
  expect(first.reply).toMatchObject({ status: "answered", text: "heard: Find all TypeScript files (1)" });
  expect(first.fleet.tasks).toEqual({ total: 3, byStatus: { unverified: 3 } });

  const second = await run(stage, agent.agentId);
  expect(second.read[0]).toMatchObject({ agentId: agent.agentId, status: "waiting", messages: 1 });
  expect(second.reply).toMatchObject({ status: "answered", text: "heard: Find all TypeScript files (2)" });
  expect(second.fleet.tasks.total).toBe(6);
  // The agent is among the deleted now: nothing lives on.
  expect(second.fleet.agents.byStatus).toEqual({ deleted: second.fleet.agents.total });
});
