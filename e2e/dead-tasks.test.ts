import { hang } from "@claude-orchestrator/rehearsal";
import { expect, test } from "vitest";
import { runCommand, startCommand } from "./command-line.js";
import { openStage, play, waitFor } from "./fixtures.js";

test("a task whose process was killed is ended by cancel, and can then be followed up and cleaned away", async (context) => {
  const stage = await openStage(context, { script: play({ scout: hang() }) });
  const place = { environment: stage.environment, cwd: stage.workspace };
  const running = startCommand(["execute", "--roles", "scout,builder", "Look"], place);
  await waitFor("the first call", () => stage.server.calls.length > 0);
  running.child.kill("SIGKILL");
  await running.ended;
  const orchestrator = await stage.orchestrator();
  const [task] = await orchestrator.listTasks();
  const taskId = task?.taskId ?? "";
  expect(task).toMatchObject({ status: "running", ownerAlive: false });
  const [agent] = await orchestrator.listAgents({ taskId });
  await expect(orchestrator.sendToAgent(agent?.agentId ?? "", "hello")).rejects.toMatchObject({
    code: "process_exited",
  });

  const cancelled = await runCommand(["cancel", taskId], place);
  expect(cancelled).toMatchObject({ code: 0, stdout: `${taskId} is cancelled.\n`, stderr: "" });
  const details = await orchestrator.getTaskDetails(taskId);
  expect(details).toMatchObject({ status: "cancelled", census: { planned: 2, ran: 1, cancelled: 2 } });
  expect(details.agents.map(({ status }) => status)).toEqual(["deleted"]);
  expect(await runCommand(["cancel", taskId], place)).toMatchObject({ code: 2 });
  expect((await runCommand(["clean", "--older-than", "0m"], place)).stdout).toContain("Removed: 1 task");
  expect(await orchestrator.listTasks()).toEqual([]);
});
