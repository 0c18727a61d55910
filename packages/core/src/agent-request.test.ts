import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { checkCreate, checkDelete, checkSend, roleOfAgent } from "./agent-request.js";
import { loadRoles } from "./roles/index.js";

const { roles } = loadRoles(tmpdir());

const refusal = (message: string, code = "invalid_input") => expect.objectContaining({ code, message });

describe("creating an agent", () => {
  test("needs a role and takes everything else", () => {
    const whole = {
      role: "scout",
      name: "Ann",
      workingDirectory: "/work",
      systemPrompt: "You look.",
      model: "opus",
      tools: ["Read"],
      maxTokens: 1,
      maxTurns: 1,
      timeoutMinutes: 1,
    };
    expect(checkCreate(whole)).toEqual(whole);
    expect(checkCreate({ role: "scout" })).toEqual({ role: "scout" });
  });

  test("takes the space away around a name", () => {
    expect(checkCreate({ role: "scout", name: " Ann " })).toMatchObject({ name: "Ann" });
  });

  test.each([
    [{}, "createAgent: role is undefined, but expected string, received undefined."],
    [undefined, "createAgent: it was given undefined, but expected object, received undefined."],
    ["scout", 'createAgent: it was given "scout", but expected object, received string.'],
    [{ role: 5 }, "createAgent: role is 5, but expected string, received number."],
    [
      { role: "scout", name: " " },
      'createAgent: name is " ", but it is too small: expected string to have >=1 characters.',
    ],
    [
      { role: "scout", workingDirectory: 5 },
      "createAgent: workingDirectory is 5, but expected string, received number.",
    ],
    [{ role: "scout", budgetUsd: 1 }, "createAgent has no option budgetUsd."],
  ])("with %j is refused by field, value and rule", (options, problem) => {
    expect(() => checkCreate(options)).toThrow(refusal(problem));
  });

  test("with a name of more than 100 characters is refused", () => {
    expect(() => checkCreate({ role: "scout", name: "n".repeat(100) })).not.toThrow();
    expect(() => checkCreate({ role: "scout", name: "n".repeat(101) })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^createAgent: name is "n+", but it is too big: /) }),
    );
  });
});

describe("sending to an agent", () => {
  test("takes what to do when it is busy, and a signal", () => {
    expect(() => checkSend({})).not.toThrow();
    expect(() => checkSend({ whenBusy: "steer", signal: new AbortController().signal })).not.toThrow();
  });

  test.each([
    [{ whenBusy: "now" }, 'sendToAgent: whenBusy is "now", but expected one of "queue"|"steer".'],
    [{ signal: 5 }, "sendToAgent: signal is 5, but expected AbortSignal, received number."],
    [{ timeoutMs: 5 }, "sendToAgent has no option timeoutMs."],
    [null, "sendToAgent: it was given null, but expected object, received null."],
  ])("with %j is refused by field, value and rule", (options, problem) => {
    expect(() => checkSend(options)).toThrow(refusal(problem));
  });
});

describe("deleting an agent", () => {
  test("takes whether its conversation goes too", () => {
    expect(() => checkDelete({ deleteConversation: true })).not.toThrow();
    expect(() => checkDelete({ deleteConversation: "yes" })).toThrow(
      refusal('deleteAgent: deleteConversation is "yes", but expected boolean, received string.'),
    );
    expect(() => checkDelete({ force: true })).toThrow(refusal("deleteAgent has no option force."));
  });
});

describe("the role of an agent", () => {
  test("is the named one, with what was given in place of its own", () => {
    expect(roleOfAgent({ role: "scout", model: "opus" }, roles)).toEqual({ ...roles.get("scout"), model: "opus" });
  });

  test("gets no tool that writes when it may not write", () => {
    expect(roleOfAgent({ role: "scout", tools: ["Read", "Edit"] }, roles)).toMatchObject({
      tools: ["Read"],
      writes: false,
    });
  });

  test("may be custom, with a prompt", () => {
    expect(roleOfAgent({ role: "custom", systemPrompt: "You count." }, roles).prompt).toBe("You count.");
    expect(() => roleOfAgent({ role: "custom" }, roles)).toThrow(refusal("The role custom was given no systemPrompt."));
  });

  test.each([
    [{ role: " " }, "The role is empty.", "invalid_input"],
    [{ role: "wizard" }, 'There is no role "wizard".', "invalid_input"],
    [
      { role: "scout", temperature: 1 },
      "The temperature 1 cannot be set: the Claude runtime has no such option.",
      "not_supported",
    ],
  ])("%j is refused", (options, problem, code) => {
    expect(() => roleOfAgent(options, roles)).toThrow(refusal(problem, code));
  });
});
