import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { NO_OVERRIDES, OrchestratorError } from "../domain/index.js";
import type { StepContext } from "../engine/index.js";
import type { Holds } from "../limits/index.js";
import { loadRoles } from "../roles/index.js";
import { type AgentStepOptions, createAgentStepExecutor } from "./agent-step.js";

test("a step whose workspace cannot be made lets another try in its place while the fleet is held", async () => {
  const ended: string[] = [];
  const holds = { scope: "account", ended: async (caller) => void ended.push(caller) } satisfies Partial<Holds>;
  const failure = new OrchestratorError("setup_failed", "The set-up command failed.", "Look at its log.");
  const resources = { of: () => ({ workspaceOf: () => Promise.reject(failure) }) };
  const options = { holds, resources, rolesOf: () => loadRoles(tmpdir()).roles };
  const executor = createAgentStepExecutor(options as unknown as AgentStepOptions);
  const step = { stepKey: "builder", role: "builder", overrides: NO_OVERRIDES };
  const context = { task: { taskId: "task_a" }, step, signal: new AbortController().signal };
  const outcome = await executor.run(context as unknown as StepContext);
  expect(outcome).toMatchObject({ status: "failed", error: { code: "setup_failed" } });
  expect(ended).toEqual(["task_a/builder"]);
});
