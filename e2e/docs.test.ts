import { readFileSync } from "node:fs";
import { AGENT_STATUSES, ERROR_CODES, TASK_STATUSES, TASK_TYPES } from "@claude-orchestrator/core";
import { expect, test } from "vitest";

function page(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}

test("docs/errors.md lists every code with its exit code and meaning, and no other", () => {
  const rows = page("docs/errors.md").match(/^\| `\w+` \| \d+ \| .+ \|$/gm);
  const wanted = Object.entries(ERROR_CODES).map(
    ([code, { exitCode, meaning }]) => `| \`${code}\` | ${exitCode} | ${meaning} |`,
  );
  expect(rows).toEqual(wanted);
});

test("docs/statuses.md explains every status of tasks and agents", () => {
  const text = page("docs/statuses.md");
  for (const status of [...TASK_STATUSES, ...AGENT_STATUSES]) expect(text).toContain(`\`${status}\``);
});

test("the README names every task type that has a template", () => {
  const text = page("README.md");
  for (const taskType of TASK_TYPES.filter((each) => each !== "auto" && each !== "custom"))
    expect(text).toContain(`\`${taskType}\``);
});
