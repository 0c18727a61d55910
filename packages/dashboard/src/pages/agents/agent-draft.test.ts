import { expect, test } from "vitest";
import { type AgentDraft, agentFieldOf, findAgentProblems, toAgentRequest } from "./agent-draft.ts";

const draft: AgentDraft = {
  role: "scout",
  name: "",
  workingDirectory: "/code",
  model: "",
  systemPrompt: "",
  tools: "",
};

test("a request leaves to the role what was left empty", () => {
  expect(toAgentRequest(draft)).toEqual({ role: "scout", workingDirectory: "/code" });
});

test("a request carries all that was typed", () => {
  const own = {
    ...draft,
    role: "custom",
    name: " Finder ",
    model: "opus",
    systemPrompt: "Find.",
    tools: "Read, Grep\nGlob",
  };
  expect(toAgentRequest(own)).toEqual({
    role: "custom",
    name: "Finder",
    workingDirectory: "/code",
    model: "opus",
    systemPrompt: "Find.",
    tools: ["Read", "Grep", "Glob"],
  });
});

test("a role of one's own needs a system prompt", () => {
  expect(findAgentProblems({ ...draft, role: "custom" })).toHaveProperty("systemPrompt");
  expect(findAgentProblems(draft)).toEqual({});
});

test.each([
  ["directory_not_allowed", "The directory is outside.", "workingDirectory"],
  ["invalid_input", "The system prompt is empty.", "systemPrompt"],
  ["invalid_input", 'The tool "Fly" is not known.', "tools"],
  ["invalid_input", 'The model "a b" is not a model name.', "model"],
  ["invalid_role", "The role cannot be used.", "role"],
  ["disk_full", "The disk has no room left.", "form"],
])("a refusal belongs to its field: %s, %s", (code, message, field) => {
  expect(agentFieldOf({ code, message })).toBe(field);
});
