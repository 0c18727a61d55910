import { describe, expect, test } from "vitest";
import { DEFAULT_TOOLS } from "./role.js";
import { parseRoleFile } from "./role-file.js";

function roleOf(frontMatter: string, body = "You help.") {
  return parseRoleFile(`---\n${frontMatter}\n---\n${body}\n`, "helper.md");
}

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: "invalid_role", message: expect.stringMatching(message) });

describe("a role file", () => {
  test("needs no more than a name and a prompt", () => {
    expect(roleOf("name: helper")).toEqual({
      name: "helper",
      description: "",
      kind: "custom",
      prompt: "You help.",
      model: null,
      fallbackModel: null,
      tools: DEFAULT_TOOLS,
      writes: true,
      effort: null,
      maxTurns: 60,
      maxTokens: null,
      timeoutMinutes: 30,
      sandbox: false,
      source: "helper.md",
      warnings: [],
    });
  });

  test("may set everything", () => {
    const text = [
      "name: helper",
      "description: Use it for help",
      "kind: review",
      "tools: [Read, Grep]",
      "model: opus",
      "fallbackModel: haiku",
      "effort: high",
      "maxTurns: 5",
      "timeoutMinutes: 0.5",
      "writes: false",
      "sandbox: true",
    ].join("\n");
    expect(roleOf(text)).toMatchObject({
      description: "Use it for help",
      kind: "review",
      tools: ["Read", "Grep"],
      model: "opus",
      fallbackModel: "haiku",
      effort: "high",
      maxTurns: 5,
      timeoutMinutes: 0.5,
      writes: false,
      sandbox: true,
      warnings: [],
    });
  });

  test("may have the line ends of Windows", () => {
    expect(parseRoleFile("---\r\nname: helper\r\n---\r\nYou help.\r\n", "h.md")).toMatchObject({ prompt: "You help." });
  });

  test("keeps rules of its own in the prompt", () => {
    expect(roleOf("name: helper", "One.\n\n---\n\nTwo.").prompt).toBe("One.\n\n---\n\nTwo.");
  });
});

describe("tools", () => {
  test("may be a list or a line with commas, as in Claude Code", () => {
    expect(roleOf("name: helper\ntools: Read, Grep,Bash").tools).toEqual(["Read", "Grep", "Bash"]);
    expect(roleOf("name: helper\ntools:\n  - Read\n  - Grep").tools).toEqual(["Read", "Grep"]);
  });

  test("that are not available are left out with a warning that names the line", () => {
    const role = roleOf("name: helper\ndescription: x\ntools: Read, Task, mcp__db__query");
    expect(role.tools).toEqual(["Read"]);
    expect(role.warnings).toEqual([
      'helper.md:4 the tool "Task" is not available to workers; left out',
      'helper.md:4 the tool "mcp__db__query" is not available to workers; left out',
    ]);
  });

  test("can be taken away from the default set", () => {
    expect(roleOf("name: helper\ndisallowedTools: Write, Edit")).toMatchObject({
      tools: ["Read", "Bash", "Glob", "Grep"],
      writes: false,
    });
  });

  test("without one that writes make a role that may not write", () => {
    expect(roleOf("name: helper\ntools: Read, Bash")).toMatchObject({ writes: false, tools: ["Read", "Bash"] });
  });

  test("that write are taken from a role that may not write, with a warning", () => {
    const role = roleOf("name: helper\nwrites: false\ntools: Read, Edit, NotebookEdit");
    expect(role).toMatchObject({ writes: false, tools: ["Read"] });
    expect(role.warnings).toEqual(["helper.md:4 tools that write are left out, because the role may not write"]);
  });

  test("of the default set lose the writing ones silently in a role that may not write", () => {
    expect(roleOf("name: helper\nwrites: false")).toMatchObject({
      tools: ["Read", "Bash", "Glob", "Grep"],
      warnings: [],
    });
  });
});

describe("fields of Claude Code's sub-agents", () => {
  test("model: inherit is the task's model", () => {
    expect(roleOf("name: helper\nmodel: inherit").model).toBeNull();
  });

  test("bypassPermissions is ignored with a warning", () => {
    expect(roleOf("name: helper\npermissionMode: bypassPermissions").warnings).toEqual([
      "helper.md:3 bypassPermissions is ignored: every role is held to its permissions",
    ]);
  });

  test("permissionMode plan makes a role read-only, as its author meant it", () => {
    expect(roleOf("name: helper\npermissionMode: plan")).toMatchObject({
      writes: false,
      tools: ["Read", "Bash", "Glob", "Grep"],
    });
  });

  test("a description may hold a colon, and the file a byte order mark, as Claude Code allows", () => {
    const text = "\uFEFF---\nname: helper\ndescription: Use it: always\n---\nHelp.\n";
    expect(parseRoleFile(text, "helper.md")).toMatchObject({ name: "helper", description: "Use it: always" });
  });

  test("that we do not know are warned of by line", () => {
    expect(roleOf("name: helper\ncolor: blue").warnings).toEqual(['helper.md:3 the field "color" is not used here']);
  });
});

describe("a mistake names file and line", () => {
  test.each([
    ["name: Helper One", 2, 'has "Helper One" for "name"'],
    ["description: no name", 1, 'has nothing for "name"'],
    ["name: helper\nmaxTurns: many", 3, 'has "many" for "maxTurns"'],
    ["name: helper\nmaxTurns: 0", 3, 'has 0 for "maxTurns"'],
    ["name: helper\neffort: huge", 3, 'has "huge" for "effort"'],
    ["name: helper\nkind: magic", 3, 'has "magic" for "kind"'],
    ["name: helper\ntimeoutMinutes: 2000", 3, 'has 2000 for "timeoutMinutes"'],
    ["name: helper\nwrites: maybe", 3, 'has "maybe" for "writes"'],
    ["name: helper\ntools: 5", 3, 'has 5 for "tools"'],
    ["name: helper\nname: again", 3, "is not valid YAML"],
    ["name: helper\n\n\ntools: [Read", 5, "is not valid YAML"],
    ["just words", 1, 'for "name"'],
  ])("%j", (text, line, problem) => {
    expect(() => roleOf(text)).toThrow(refusal(new RegExp(`^helper\\.md:${line} .*${problem}`)));
  });

  test("a file without front matter", () => {
    expect(() => parseRoleFile("You help.", "helper.md")).toThrow(refusal(/^helper\.md:1 has no front matter/));
  });

  test("a file without a prompt", () => {
    expect(() => roleOf("name: helper", "  \n")).toThrow(refusal(/^helper\.md:1 has no prompt/));
  });

  test("a prompt that is far too long", () => {
    expect(() => roleOf("name: helper", "x".repeat(20_001))).toThrow(refusal(/20001 characters; at most 20000/));
  });
});
