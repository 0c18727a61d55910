import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { NO_OVERRIDES } from "../domain/index.js";
import { loadRoles } from "../roles/index.js";
import { parseWorkflowFile } from "./workflow-file.js";

const { roles } = loadRoles(tmpdir());

const parse = (...lines: string[]) => parseWorkflowFile(lines.join("\n"), "release.yaml", "release", roles);

/** The edges of a workflow whose steps are given as they stand in the file. */
const edges = (...steps: string[]) =>
  Object.fromEntries(parse("steps:", ...steps).steps.map((step) => [step.key, step.dependsOn]));

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: "invalid_workflow", message: expect.stringMatching(message) });

describe("a workflow file", () => {
  test("needs no more than a step with a role", () => {
    expect(parse("steps:", "  - role: scout")).toEqual({
      name: "release",
      description: "",
      source: "release.yaml",
      steps: [
        {
          key: "scout",
          kind: "agent",
          role: "scout",
          instructions: "",
          dependsOn: [],
          writes: false,
          overrides: NO_OVERRIDES,
          round: 0,
          lane: null,
        },
      ],
    });
  });

  test("may set everything", () => {
    const workflow = parse(
      "name: nightly-2",
      "description: Each night",
      "steps:",
      "  - role: builder",
      "    key: backend.v2",
      "    instructions: Only the server.",
      "    dependsOn: []",
      "    systemPrompt: You build servers.",
      "    model: opus",
      "    tools: [Read, Edit]",
      "    maxTokens: 4000",
      "    maxTurns: 12",
      "    timeoutMinutes: 2.5",
    );
    expect(workflow).toMatchObject({ name: "nightly-2", description: "Each night" });
    expect(workflow.steps).toEqual([
      {
        key: "backend.v2",
        kind: "agent",
        role: "builder",
        instructions: "Only the server.",
        dependsOn: [],
        writes: true,
        overrides: {
          systemPrompt: "You build servers.",
          model: "opus",
          tools: ["Read", "Edit"],
          maxTokens: 4_000,
          maxTurns: 12,
          timeoutMinutes: 2.5,
        },
        round: 0,
        lane: null,
      },
    ]);
  });

  test("may be JSON, which is YAML too", () => {
    expect(parse('{"steps": [{"role": "scout"}, {"role": "builder"}]}').steps).toHaveLength(2);
  });

  test("may use an alias for what it says twice", () => {
    const { steps } = parse(
      "steps:",
      "  - role: scout",
      "    instructions: &same Look.",
      "  - role: analyst",
      "    instructions: *same",
    );
    expect(steps.map((step) => step.instructions)).toEqual(["Look.", "Look."]);
  });

  test("may have 100 steps", () => {
    expect(parse("steps:", ...Array<string>(100).fill("  - role: scout")).steps).toHaveLength(100);
  });

  test("numbers the keys of a role that comes again", () => {
    expect(Object.keys(edges("  - role: scout", "  - role: builder", "  - role: scout"))).toEqual([
      "scout",
      "builder",
      "scout#2",
    ]);
  });

  test("with the role custom takes its prompt and writes as its tools do", () => {
    const { steps } = parse(
      "steps:",
      "  - { role: custom, key: a, systemPrompt: You count. }",
      "  - { role: custom, key: b, systemPrompt: You count., tools: [Read] }",
    );
    expect(steps.map(({ role, writes }) => [role, writes])).toEqual([
      ["custom", true],
      ["custom", false],
    ]);
  });
});

describe("what a step depends on", () => {
  test("is the step before it, where the file says nothing", () => {
    expect(edges("  - role: scout", "  - role: builder", "  - role: builder")).toEqual({
      scout: [],
      builder: ["scout"],
      "builder#2": ["builder"],
    });
  });

  test("is nothing, where the file says so", () => {
    expect(edges("  - role: scout", "  - role: builder", "    dependsOn: []")).toEqual({ scout: [], builder: [] });
  });

  test("may be one key or a list of them, of steps before and behind", () => {
    expect(
      edges(
        "  - { role: reviewer, dependsOn: [left, right] }",
        "  - { role: builder, key: left, dependsOn: scout }",
        "  - { role: builder, key: right, dependsOn: scout }",
        "  - { role: scout, dependsOn: [] }",
      ),
    ).toEqual({ reviewer: ["left", "right"], left: ["scout"], right: ["scout"], scout: [] });
  });
});

describe("a mistake in the graph names file and line", () => {
  test("a circle is refused with the line of its first step and the way around it", () => {
    const lines = ["  - role: scout", "  - role: builder", "    dependsOn: tester", "  - role: tester"];
    expect(() => edges(...lines)).toThrow(refusal(/^release\.yaml:3 .*in a circle: builder → tester → builder\.$/));
  });

  test("a step that depends on itself is refused with its line", () => {
    expect(() => edges("  - role: scout", "  - role: builder", "    dependsOn: builder")).toThrow(
      refusal(/^release\.yaml:3 .*builder → builder/),
    );
  });

  test("a key that is not there is refused with the line of the step that names it", () => {
    expect(() => edges("  - role: scout", "", "  - role: builder", "    dependsOn: [scout, planner]")).toThrow(
      expect.objectContaining({
        code: "invalid_workflow",
        message: 'release.yaml:4 The step "builder" depends on "planner", which does not exist.',
        hint: "The steps are: scout, builder.",
      }),
    );
  });

  test("a file with two steps of one key is refused with the line of the second", () => {
    const lines = ["  - role: scout", "    key: first", "  - role: builder", "  - role: tester", "    key: first"];
    expect(() => edges(...lines)).toThrow(refusal(/^release\.yaml:5 Two steps have the key "first"\.$/));
  });

  test("a key that is another step's role is refused with the line of the second", () => {
    expect(() => edges("  - role: scout", "  - role: builder", "    key: scout")).toThrow(
      refusal(/^release\.yaml:3 Two steps have the key "scout"/),
    );
  });

  test("a file of 1 000 steps is refused with the line of the first that is too many", () => {
    expect(() => edges(...Array<string>(1_000).fill("  - role: scout"))).toThrow(
      refusal(/^release\.yaml:102 It has 1000 steps; at most 100 are allowed\.$/),
    );
  });
});

describe("a mistake in a step names file and line", () => {
  test.each([
    ["an unknown role", ["  - role: wizard"], /^release\.yaml:3 There is no role "wizard"\.$/],
    ["custom without a prompt", ["  - role: custom"], /^release\.yaml:3 The role custom was given no systemPrompt\.$/],
    [
      "an unknown tool",
      ["  - role: scout", "    tools: [Read, Task]"],
      /^release\.yaml:3 tools is \["Read","Task"\]: /,
    ],
    ["no turns", ["  - role: scout", "    maxTurns: 0"], /^release\.yaml:3 maxTurns is 0: /],
    [
      "a model with a space",
      ["  - role: scout", "    model: a b"],
      /^release\.yaml:3 model is "a b": is not a model name/,
    ],
    ["an unknown field", ["  - role: scout", "    colour: red"], /^release\.yaml:4 steps\.1\.colour: .*"colour"/],
    [
      "a temperature",
      ["  - role: scout", "    temperature: 1"],
      /^release\.yaml:4 steps\.1\.temperature: .*"temperature"/,
    ],
    ["no role", ["  - key: alone"], /^release\.yaml:3 steps\.1\.role: /],
    ["an empty role", ['  - role: ""'], /^release\.yaml:3 steps\.1\.role: /],
    ["a step that is a word", ["  - scout"], /^release\.yaml:3 steps\.1: /],
    [
      "a key with a space",
      ["  - role: scout", "    key: a b"],
      /^release\.yaml:4 steps\.1\.key: must be letters, digits/,
    ],
    ["a long key", ["  - role: scout", `    key: ${"k".repeat(61)}`], /^release\.yaml:4 steps\.1\.key: /],
    ["turns in words", ["  - role: scout", "    maxTurns: many"], /^release\.yaml:4 steps\.1\.maxTurns: .*number/],
    ["tools that are no list", ["  - role: scout", "    tools: Read"], /^release\.yaml:4 steps\.1\.tools: .*array/],
    ["a number to depend on", ["  - role: scout", "    dependsOn: 3"], /^release\.yaml:4 steps\.1\.dependsOn: /],
  ])("%s", (_, step, message) => {
    expect(() => edges("  - role: builder", ...step)).toThrow(refusal(message));
  });
});

describe("a mistake in the file names the line", () => {
  test.each([
    ["bad YAML", ["name: x", "steps: [role"], /^release\.yaml:2 it is not valid YAML: /],
    ["a tab", ["steps:", "\t- role: scout"], /^release\.yaml:2 it is not valid YAML: /],
    ["two files in one", ["steps: []", "---", "steps: []"], /^release\.yaml:\d it is not valid YAML: /],
    [
      "a key of YAML's own that comes twice",
      ["steps:", "  - role: scout", "name: x", "name: y"],
      /^release\.yaml:4 it is not valid YAML: .*unique/,
    ],
    [
      "a field that comes twice in a step",
      ["steps:", "  - role: scout", "    model: opus", "    role: builder"],
      /^release\.yaml:4 it is not valid YAML: .*unique/,
    ],
    ["a list", ["- role: scout"], /^release\.yaml:1 .*expected object, received array/],
    ["a sentence", ["Just words."], /^release\.yaml:1 .*expected object, received string/],
    ["nothing", [""], /^release\.yaml:1 .*expected object, received null/],
    ["a comment only", ["# nothing yet"], /^release\.yaml:1 .*expected object, received null/],
    ["no steps", ["name: x"], /^release\.yaml:1 steps: /],
    ["an empty list of steps", ["name: x", "", "steps: []"], /^release\.yaml:3 steps: /],
    ["steps that are no list", ["name: x", "steps: scout"], /^release\.yaml:2 steps: .*array/],
    ["a name with capitals", ["description: x", "name: Nightly Run"], /^release\.yaml:2 name: must be lower-case/],
    ["an alias of nothing", ["steps: *none"], /^release\.yaml:1 it (is not valid YAML|cannot be used): /],
  ])("%s", (_, lines, message) => {
    expect(() => parse(...lines)).toThrow(refusal(message));
  });

  test("a bomb of aliases is refused before it unfolds", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    const bomb = names.map((name, at) => {
      const before = names[at - 1];
      return `${name}: &${name} [${Array(9)
        .fill(before ? `*${before}` : "lol")
        .join(", ")}]`;
    });
    expect(() => parse(...bomb, "steps: *i")).toThrow(refusal(/^release\.yaml:1 it cannot be used: .*alias/));
  });
});
