import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Orchestrator, TaskDetails } from "@claude-orchestrator/core";
import { type CallContext, type Reply, reply } from "@claude-orchestrator/rehearsal";
import { handOver, type Stage, type TestContext, waitFor } from "./fixtures.js";

const PROGRAM = fileURLToPath(new URL("./fixtures/host-task.mjs", import.meta.url));

/** An agent that works until its command has come to an end once, however often it is interrupted. */
export function works(command: string): (call: CallContext) => Reply {
  return (call) => {
    const hasWorked = call.lastToolResults.some((result) => !result.isError && result.text.includes("worked"));
    return hasWorked ? handOver(call) : reply().tool("Bash", { command: `${command}; sleep 0.7; echo worked` });
  };
}

/** Starts a task in another process, and resolves when the agent of a step uses its first tool. */
export async function startElsewhere(
  test: TestContext,
  stage: Stage,
  orchestrator: Orchestrator,
  options: { taskType?: string; inPlace?: boolean; roles?: string[] } = { taskType: "simple_implementation" },
): Promise<{ task: TaskDetails; child: ChildProcess }> {
  const child = spawn(process.execPath, [PROGRAM, stage.workspace, "new", JSON.stringify(options)], {
    env: stage.environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  test.onTestFinished(async () => {
    child.kill("SIGKILL");
  });
  const task = await waitFor("an agent at work", async () => {
    const [newest] = await orchestrator.listTasks();
    if (!newest?.ownerAlive) return null;
    const details = await orchestrator.getTaskDetails(newest.taskId);
    return details.agents.some((agent) => agent.toolCalls > 0) ? details : null;
  });
  return { task, child };
}

/** Ends a process as a power cut would, and waits until its agents are gone as well. */
export async function cutOff(child: ChildProcess, stage: Stage): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  await waitFor("the end of every process", () => stage.processes().length === 0);
}
