import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStage, play } from "./fixtures.js";
import { expectRefusal, openTerminal } from "./terminal.js";

test("report writes a task as one page, never over a file", async (context) => {
  const stage = await openStage(context, { script: play() });
  const terminal = openTerminal(context, stage);
  const { taskId } = await terminal.json("execute", "--roles", "scout", "Look");
  const path = join(stage.workspace, `orchestrator-${taskId}.html`);
  expect(await terminal.run("report", taskId)).toMatchObject({ code: 0, stdout: `Written: ${path}\n`, stderr: "" });
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(/^<!doctype html>/i);
  expect(text).toContain(taskId);
  expectRefusal(await terminal.run("report", taskId), 2, /exists already/, /new file/);
  expect(readFileSync(path, "utf8")).toBe(text);
  const own = await terminal.run("report", taskId.slice(0, 12), "-o", "own.html", "--open", "no");
  expect(own).toMatchObject({ code: 0, stdout: `Written: ${join(stage.workspace, "own.html")}\n` });
  expectRefusal(await terminal.run("report", taskId, "--open", "perhaps"), 2, /"perhaps"/, /yes, no/);
  expectRefusal(await terminal.run("report", "task_nobody"), 2, /task_nobody/, /list-tasks/);
});
