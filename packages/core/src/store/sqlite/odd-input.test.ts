import { expect, test } from "vitest";
import { callEnded, callStarted, makeFolder, taskCreated } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

test("a group whose first call has no cost is still sorted by its sum", async () => {
  const folder = makeFolder();
  const store = await openSqliteStore({ path: folder.database });
  for (const [at, [agentId, costUsd]] of (
    [
      ["agent_a", null],
      ["agent_a", 5],
      ["agent_b", 1],
    ] as const
  ).entries()) {
    const call = { agentId, taskId: null, callId: `call_${at}`, ordinal: at, costUsd, usage: { inputTokens: 1 } };
    await store.append([callStarted(call), callEnded(call)]);
  }
  const rows = await store.costs("agent");
  await store.close();
  folder.remove();
  expect(rows.map(({ key, costUsd }) => [key, costUsd])).toEqual([
    ["agent_a", 5],
    ["agent_b", 1],
  ]);
});

test("lastSeq never goes back", async () => {
  const folder = makeFolder();
  const store = await openSqliteStore({ path: folder.database });
  await store.append([taskCreated("task_a")]);
  const data = {
    status: "cancelled" as const,
    census: { planned: 0, ran: 0, succeeded: 0, failed: 0, skipped: 0, cancelled: 0, retried: 0, rounds: 0, reused: 0 },
    error: null,
    output: "",
  };
  await store.append([{ type: "task.ended", taskId: "task_a", stepKey: null, agentId: null, data }]);
  await store.deleteTask("task_a");
  const last = await store.lastSeq();
  await store.close();
  folder.remove();
  expect(last).toBe(3);
});

test("a message to an agent that is not there is refused", async () => {
  const folder = makeFolder();
  const store = await openSqliteStore({ path: folder.database });
  const sent = store
    .append([
      {
        type: "agent.messaged",
        taskId: null,
        stepKey: null,
        agentId: "agent_none",
        data: { messageId: "m", text: "x", whenBusy: "queue" },
      },
    ])
    .then(
      () => "taken",
      () => "refused",
    );
  const answer = await sent;
  await store.close();
  folder.remove();
  expect(answer).toBe("refused");
});
