import { describe, expect, it } from "vitest";
import { lastToolResults, lastUserText, roleInSystemPrompt, turnOf, workingDirectoryOf } from "./conversation.js";
import type { ContentBlock, MessagesRequest, RequestMessage } from "./messages-request.js";

function request(messages: readonly RequestMessage[], system: MessagesRequest["system"] = ""): MessagesRequest {
  return { model: "m", messages, system };
}

const user = (content: string | readonly ContentBlock[]): RequestMessage => ({ role: "user", content });
const text = (value: string): ContentBlock => ({ type: "text", text: value });
const calls = (id: string): RequestMessage => ({
  role: "assistant",
  content: [{ type: "tool_use", id, name: "Read", input: {} }],
});
const result = (id: string): ContentBlock => ({
  type: "tool_result",
  tool_use_id: id,
  content: [text("a"), text("b")],
});

const REMINDER = "<system-reminder>\nBe careful.\n</system-reminder>";

describe("turnOf", () => {
  it.each<[string, number, readonly RequestMessage[]]>([
    ["the first call", 0, [user("go")]],
    ["after one tool", 1, [user("go"), calls("1"), user([result("1")])]],
    ["after two tools", 2, [user("go"), calls("1"), user([result("1")]), calls("2"), user([result("2")])]],
    ["a second task", 0, [user("go"), calls("1"), user([result("1")]), calls("2"), user("more")]],
    ["text beside a tool result", 1, [user("go"), calls("1"), user([result("1"), text("hurry up")])]],
    ["a reminder of its own", 1, [user("go"), calls("1"), user([result("1")]), user([text(REMINDER)])]],
    ["a reminder beside the task", 0, [user([text(REMINDER), text("go")])]],
    ["a system message", 1, [user("go"), { role: "system", content: "env" }, calls("1"), user([result("1")])]],
    ["no user text at all", 1, [calls("1"), user([result("1")])]],
  ])("%s", (_name, turn, messages) => {
    expect(turnOf(request(messages))).toBe(turn);
  });
});

describe("roleInSystemPrompt", () => {
  it.each([
    ["Role: builder", "builder"],
    ["You work.\nRole: code-reviewer_2  \nAnd so on", "code-reviewer_2"],
    ["Your Role: builder", null],
    ["Role: Builder", null],
    ["Role: builder and more", null],
    ["", null],
  ])("%j", (system, role) => {
    expect(roleInSystemPrompt(request([], system))).toBe(role);
  });

  it("reads a list of blocks", () => {
    expect(roleInSystemPrompt(request([], [text("You are Claude."), text("Role: scout\n…")]))).toBe("scout");
  });
});

describe("what a script may want to know", () => {
  it("lastUserText leaves reminders and tool results out", () => {
    const messages = [user([text(REMINDER), text("build it")]), calls("1"), user([result("1"), text("note")])];
    expect(lastUserText(request(messages))).toBe("build it");
    expect(lastUserText(request([]))).toBe("");
  });

  it("lastToolResults are those of the last answer only", () => {
    const messages = [user("go"), calls("1"), user([result("1")]), calls("2"), user([result("2")])];
    expect(lastToolResults(request(messages))).toEqual([
      { toolUseId: "2", name: "Read", text: "a\nb", isError: false },
    ]);
  });

  it("a result of a forgotten call has no name", () => {
    expect(lastToolResults(request([user([result("9")])]))).toMatchObject([{ toolUseId: "9", name: "" }]);
  });

  it.each([
    ["Working directory: /a b", "/a b"],
    ["# Environment\n - Primary working directory: /project\n - Platform: linux", "/project"],
    ["nothing of the kind", null],
  ])("workingDirectoryOf %j", (said, directory) => {
    expect(workingDirectoryOf(request([], said))).toBe(directory);
    expect(workingDirectoryOf(request([{ role: "system", content: said }]))).toBe(directory);
  });
});
