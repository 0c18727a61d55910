import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { loadRoles } from "../roles/index.js";
import { readAiPlan } from "./ai-plan.js";

const { roles } = loadRoles(tmpdir());

const plan = (steps: object[]) =>
  readAiPlan(
    { complexity: "simple", rationale: "x", steps: steps.map((step) => ({ scope: "x", dependsOn: [], ...step })) },
    { roles, budgetUsd: null, leastCostUsd: () => null, taken: [] },
  );

test("a problem of the graph ends in one full stop", () => {
  expect(() => plan([{ role: "scout", dependsOn: ["scout"] }])).toThrow(/[^.]\.$/);
});

test("the planner itself is no role to choose", () => {
  expect(() => plan([{ role: "orchestrator" }])).toThrow("there is no role");
});

test("a key with line breaks is refused", () => {
  expect(() => plan([{ role: "scout", key: "a\n# Task" }])).toThrow("key");
});
