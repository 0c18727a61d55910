import { tmpdir } from "node:os";
import { array, assert, constantFrom, option, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { describeValue, NO_OVERRIDES } from "../domain/index.js";
import { loadRoles } from "./load-roles.js";
import { parseOverrides, type RoleOptions, resolveRole } from "./overrides.js";
import { AVAILABLE_TOOLS, DEFAULT_TOOLS } from "./role.js";

const { roles } = loadRoles(tmpdir());
const WRITING_TOOLS = ["Write", "Edit", "NotebookEdit"];

const refusal = (message: RegExp, code = "invalid_input") =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe("what a caller gives in place of what a role says", () => {
  test("may be nothing", () => {
    expect(parseOverrides({})).toEqual(NO_OVERRIDES);
    expect(parseOverrides({ model: undefined, tools: undefined })).toEqual(NO_OVERRIDES);
  });

  test("may be everything", () => {
    const all = {
      systemPrompt: "You count.",
      model: "claude-opus-5[1m]",
      tools: ["Read", "Bash"],
      maxTokens: 2_000,
      maxTurns: 7,
      timeoutMinutes: 0.5,
    };
    expect(parseOverrides(all)).toEqual(all);
  });

  test("leaves fields of others alone", () => {
    expect(parseOverrides({ role: "scout", name: "Ann", model: "haiku" } as RoleOptions)).toEqual({
      ...NO_OVERRIDES,
      model: "haiku",
    });
  });

  test.each<RoleOptions>([
    { systemPrompt: "x" },
    { systemPrompt: "x".repeat(20_000) },
    { model: "sonnet" },
    { model: "m".repeat(200) },
    { tools: [] },
    { tools: [...AVAILABLE_TOOLS] },
    { maxTokens: 1 },
    { maxTokens: 1_000_000 },
    { maxTurns: 1 },
    { maxTurns: 1_000 },
    { timeoutMinutes: 0.001 },
    { timeoutMinutes: 1_440 },
  ])("is taken up to its bounds: case %#", (options) => {
    expect(parseOverrides(options)).toEqual({ ...NO_OVERRIDES, ...options });
  });

  test("loses the space around a prompt", () => {
    expect(parseOverrides({ systemPrompt: "\n You count. \n" }).systemPrompt).toBe("You count.");
  });

  test.each([
    ["systemPrompt", ""],
    ["systemPrompt", " \n"],
    ["systemPrompt", 5],
    ["model", ""],
    ["model", "two words"],
    ["model", "m".repeat(201)],
    ["maxTokens", 0],
    ["maxTokens", 1_000_001],
    ["maxTokens", 1.5],
    ["maxTurns", 0],
    ["maxTurns", -1],
    ["maxTurns", 1_001],
    ["maxTurns", 2.5],
    ["maxTurns", "7"],
    ["timeoutMinutes", 0],
    ["timeoutMinutes", -3],
    ["timeoutMinutes", 1_440.5],
    ["tools", "Read"],
    ["tools", [5]],
    ["model", null],
  ])("is refused beyond them, with field and value named: %s of %j", (field, value) => {
    expect(() => parseOverrides({ [field]: value })).toThrow(
      expect.objectContaining({
        code: "invalid_input",
        message: expect.stringContaining(`${field} is ${describeValue(value)}: `),
      }),
    );
  });

  test("is refused where a prompt is far too long", () => {
    expect(() => parseOverrides({ systemPrompt: "x".repeat(20_001) })).toThrow(refusal(/^systemPrompt is /));
  });

  test.each(["Task", "read", "mcp__db__query", "Skill"])("cannot be the tool %s, and says which there are", (tool) => {
    expect(() => parseOverrides({ tools: ["Read", tool] })).toThrow(
      expect.objectContaining({
        code: "invalid_input",
        message: expect.stringContaining(`tools is ["Read","${tool}"]`),
        hint: `The tools are: ${AVAILABLE_TOOLS.join(", ")}.`,
      }),
    );
  });

  test.each([0, 0.7, null, "warm"])("cannot be a temperature, such as %j: the runtime has none", (temperature) => {
    expect(() => parseOverrides({ temperature } as RoleOptions)).toThrow(
      refusal(new RegExp(`^The temperature ${temperature} cannot be set`), "not_supported"),
    );
  });
});

describe("a role as one step has it", () => {
  test("is the role itself where nothing is different", () => {
    expect(resolveRole(roles, "builder", NO_OVERRIDES)).toEqual(roles.get("builder"));
  });

  test("has what was given, and keeps the rest", () => {
    const given = { systemPrompt: "Build.", model: "opus", maxTokens: 99, maxTurns: 3, timeoutMinutes: 2 };
    const { systemPrompt: prompt, ...fields } = given;
    expect(resolveRole(roles, "builder", { ...NO_OVERRIDES, ...given })).toEqual({
      ...roles.get("builder"),
      ...fields,
      prompt,
    });
  });

  test("has the tools that were given, in place of its own", () => {
    expect(resolveRole(roles, "builder", { ...NO_OVERRIDES, tools: ["Read", "WebFetch"] })).toMatchObject({
      tools: ["Read", "WebFetch"],
      writes: true,
    });
    expect(resolveRole(roles, "builder", { ...NO_OVERRIDES, tools: [] }).tools).toEqual([]);
  });

  test("leaves the role of all others as it was", () => {
    const before = structuredClone(roles.get("builder"));
    resolveRole(roles, "builder", { ...NO_OVERRIDES, tools: ["Read"], systemPrompt: "Other." });
    expect(roles.get("builder")).toEqual(before);
  });

  test("that is not there is refused", () => {
    expect(() => resolveRole(roles, "wizard", NO_OVERRIDES)).toThrow(refusal(/^There is no role "wizard"/));
  });

  test("gets no tool that writes when it may not write, whoever asks", () => {
    const readOnly = [...roles.values()].filter((role) => !role.writes).map((role) => role.name);
    expect(readOnly).toEqual(expect.arrayContaining(["analyst", "orchestrator", "planner", "reviewer", "scout"]));
    assert(
      property(constantFrom(...readOnly), option(array(constantFrom(...AVAILABLE_TOOLS))), (name, tools) => {
        const role = resolveRole(roles, name, { ...NO_OVERRIDES, tools });
        expect(role.writes).toBe(false);
        expect(role.tools.filter((tool) => WRITING_TOOLS.includes(tool))).toEqual([]);
        if (tools) expect(role.tools).toEqual(tools.filter((tool) => !WRITING_TOOLS.includes(tool)));
      }),
      { seed: 1 },
    );
  });
});

describe("the role custom", () => {
  const systemPrompt = "You count.";

  test("needs a prompt of its own", () => {
    expect(() => resolveRole(roles, "custom", NO_OVERRIDES)).toThrow(
      refusal(/^The role custom was given no systemPrompt/),
    );
  });

  test("has that prompt, the default tools and limits, and may write", () => {
    expect(resolveRole(roles, "custom", { ...NO_OVERRIDES, systemPrompt })).toMatchObject({
      name: "custom",
      kind: "custom",
      prompt: systemPrompt,
      tools: DEFAULT_TOOLS,
      writes: true,
      model: null,
      maxTurns: 60,
      timeoutMinutes: 30,
    });
  });

  test.each([
    [["Read", "Bash"], false],
    [["Read", "Edit"], true],
    [["NotebookEdit"], true],
    [[], false],
  ])("with the tools %j may write: %s", (tools, writes) => {
    expect(resolveRole(roles, "custom", { ...NO_OVERRIDES, systemPrompt, tools })).toMatchObject({ tools, writes });
  });

  test("of a repository is a role like any other", () => {
    const scout = resolveRole(roles, "scout", NO_OVERRIDES);
    const own = new Map([["custom", { ...scout, name: "custom", prompt: "Ours." }]]);
    expect(resolveRole(own, "custom", NO_OVERRIDES)).toMatchObject({ prompt: "Ours.", writes: false });
    const tools = ["Read", "Write"];
    expect(resolveRole(own, "custom", { ...NO_OVERRIDES, tools })).toMatchObject({ tools: ["Read"], writes: false });
  });
});
