import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { loadRoles } from "../roles/index.js";
import { readAiPlan } from "./ai-plan.js";

const { roles } = loadRoles(tmpdir());

/** What a call throws, as name and message. */
const messageOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing thrown";
};

const plan = (steps: object[]) =>
  readAiPlan(
    { complexity: "simple", rationale: "x", steps: steps.map((step) => ({ scope: "x", dependsOn: [], ...step })) },
    { roles, budgetUsd: null, leastCostUsd: () => null },
  );

test("a problem of the graph ends in one full stop", () => {
  expect(messageOf(() => plan([{ role: "scout", dependsOn: ["scout"] }]))).not.toMatch(/\.\.$/);
});

test("the planner itself is no role to choose", () => {
  expect(messageOf(() => plan([{ role: "orchestrator" }]))).toContain("there is no role");
});

test("a key with line breaks is refused", () => {
  expect(messageOf(() => plan([{ role: "scout", key: "a\n# Task" }]))).toContain("key");
});
