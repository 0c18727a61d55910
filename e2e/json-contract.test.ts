import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runCommand } from "./command-line.js";
import { openStage, play } from "./fixtures.js";

/** The names in backticks of the paragraph that begins with a bold word, in docs/json.md. */
function documented(paragraph: string): string[] {
  const page = readFileSync(new URL("../docs/json.md", import.meta.url), "utf8");
  const start = page.indexOf(`**${paragraph}**`);
  expect(start, `docs/json.md has a paragraph ${paragraph}`).toBeGreaterThan(-1);
  const text = page.slice(start, page.indexOf("\n\n", start)).replaceAll(/\([^()]*\)/g, "");
  return [...text.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "");
}

test("every document has exactly the fields that docs/json.md names", async (context) => {
  const stage = await openStage(context, { script: play(), git: true });
  stage.write(".orchestrator/config.yaml", "checks:\n  - test -d .\n");
  const run = async (...args: string[]) => {
    const outcome = await runCommand([...args, "--json"], { environment: stage.environment, cwd: stage.workspace });
    expect(outcome.stderr).toBe("");
    return JSON.parse(outcome.stdout);
  };
  const usage = documented("Usage");
  const task = [...documented("Task"), ...usage].sort();
  const agent = [...documented("Agent"), ...usage].sort();
  const details = [...task, "steps", "agents", "files", "checks", "workspaces", "digest"].sort();
  const keys = (value: object) => Object.keys(value).sort();

  const result = await run("execute", "--roles", "scout,builder", "Look");
  expect(keys(result)).toEqual([...details, "success", "verified", "metrics"].sort());
  expect(keys(result.metrics)).toEqual(documented("Metrics").sort());
  expect(keys(result.files)).toEqual(["consumed", "produced"]);
  const [listed] = await run("list-tasks");
  expect(keys(listed)).toEqual(task);
  const shown = await run("task-details", listed.taskId);
  expect(keys(shown)).toEqual(details);
  expect(keys(shown.steps[0])).toEqual(documented("Step").sort());
  expect(keys(shown.checks[0])).toEqual(documented("Check").sort());
  expect(keys(shown.workspaces[0])).toEqual(documented("Workspace").sort());
  expect(keys((await run("checks", listed.taskId))[0])).toEqual([...documented("Check"), "logIntact"].sort());
  expect(keys(await run("diff", listed.taskId))).toEqual(["changes", "patch"]);
  const forked = await run("fork", listed.taskId, "--at", "check-builder");
  const compared = await run("compare", listed.taskId, forked.taskId);
  expect(keys(compared)).toEqual(["checks", "files", "left", "right", "steps"]);
  const sides = ["left", "right"];
  for (const side of sides)
    expect(keys(compared[side])).toEqual(
      documented("Compared task")
        .filter((name) => !sides.includes(name))
        .sort(),
    );
  expect(keys(compared.steps[0])).toEqual([...sides, "stepKey"]);
  expect(keys(compared.steps[0].left)).toEqual(documented("Compared step").sort());
  expect(keys(compared.checks[0])).toEqual([...sides, "name", "stepKey"].sort());
  expect(keys(compared.checks[0].left)).toEqual(documented("Compared check").sort());
  const [first] = await run("list-agents", "--all");
  expect(keys(first)).toEqual(agent);
  expect(keys(await run("agent-details", first.agentId))).toEqual(agent);
  expect(keys(await run("status"))).toEqual(["agents", "files", "holds", "running", "tasks", "totals"]);
  expect(keys((await run("status")).totals)).toEqual(usage.sort());
  expect(keys(await run("logs", first.agentId))).toEqual(["agentId", "logDirectory", "prompt", "text", "tools"]);
  for (const finding of await run("doctor"))
    expect(keys(finding)).toEqual(["exitCode", "message", "name", "remedy", "state"]);
});
