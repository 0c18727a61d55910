import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, loadConfig } from "./config/index.js";
import { checkCall, parseTaskRequest } from "./task-request.js";

type Call = Parameters<typeof checkCall>[0];

const refusal = (message: string | RegExp) =>
  expect.objectContaining({
    code: "invalid_input",
    message: typeof message === "string" ? message : expect.stringMatching(message),
  });

describe("the options of a call", () => {
  const whole = {
    prompt: "Do it",
    workingDirectory: "/work",
    model: "opus",
    budgetUsd: 1,
    after: "task_a",
    priority: -100,
    signal: new AbortController().signal,
    onCreated: () => {},
  };

  test.each<[Call, object]>([
    ["execute", { taskType: "auto", executionMode: "parallel", includeAnalyst: "no", plan: "ai", workflow: "nightly" }],
    ["executeCustomWorkflow", { roles: ["scout", { role: "builder", key: "b", model: "opus" }], parallel: true }],
    ["executeWithDependencies", { steps: ["scout", { role: "builder" }], dependencies: { 1: [0] } }],
  ])("of %s may all be given, or only what it needs", (call, own) => {
    expect(() => checkCall(call, { ...whole, ...own })).not.toThrow();
    const { prompt } = whole;
    expect(() => checkCall(call, { prompt, ...(call === "execute" ? {} : own) })).not.toThrow();
  });

  test("of estimate are those that shape a plan", () => {
    expect(() => checkCall("estimate", { prompt: "Do it", taskType: "bug_fix", workflow: "nightly" })).not.toThrow();
    expect(() => checkCall("estimate", { prompt: "Do it", budgetUsd: 1 })).toThrow(
      expect.objectContaining({
        message: "estimate has no option budgetUsd.",
        hint: "Its options are: prompt, workingDirectory, taskType, executionMode, includeAnalyst, workflow, inPlace, roles.",
      }),
    );
  });

  test.each<[Call, object, string]>([
    ["execute", { promt: "typo", prompt: "Do it" }, "execute has no option promt."],
    ["execute", { prompt: "Do it", roles: ["scout"] }, "execute has no option roles."],
    ["execute", {}, "execute: prompt is undefined, but expected string, received undefined."],
    ["execute", { budgetUsd: "1" }, 'execute: budgetUsd is "1", but expected number, received string.'],
    ["execute", { workingDirectory: 5 }, "execute: workingDirectory is 5, but expected string, received number."],
    ["execute", { onCreated: "log" }, 'execute: onCreated is "log", but a function is expected.'],
    ["execute", { signal: {} }, "execute: signal is {}, but expected AbortSignal, received object."],
    ["execute", { priority: 101 }, "execute: priority is 101, but it is too big: expected number to be <=100."],
    ["execute", { priority: 0.5 }, "execute: priority is 0.5, but expected int, received number."],
    ["execute", { plan: "AI" }, 'execute: plan is "AI", but expected one of "template"|"ai".'],
    [
      "execute",
      { executionMode: "dependencies" },
      'execute: executionMode is "dependencies", but expected one of "sequential"|"parallel".',
    ],
    ["execute", { includeAnalyst: true }, 'execute: includeAnalyst is true, but expected one of "auto"|"yes"|"no".'],
    [
      "executeCustomWorkflow",
      { roles: "scout" },
      'executeCustomWorkflow: roles is "scout", but expected array, received string.',
    ],
    ["executeCustomWorkflow", {}, "executeCustomWorkflow: roles is undefined, but expected array, received undefined."],
    [
      "executeCustomWorkflow",
      { roles: [], parallel: "yes" },
      'executeCustomWorkflow: parallel is "yes", but expected boolean, received string.',
    ],
    [
      "executeWithDependencies",
      { steps: ["scout"] },
      "executeWithDependencies: dependencies is undefined, but expected record, received undefined.",
    ],
    [
      "executeWithDependencies",
      { steps: ["scout"], dependencies: { 1: ["0"] } },
      'executeWithDependencies: dependencies.1.0 is "0", but expected number, received string.',
    ],
  ])("of %s with %j are refused by field, value and rule", (call, options, problem) => {
    const needed = problem.includes("prompt is undefined") ? {} : { prompt: "Do it" };
    expect(() => checkCall(call, { ...needed, ...options })).toThrow(refusal(problem));
  });

  test("with a step that is none are refused by field and value", () => {
    expect(() => checkCall("executeCustomWorkflow", { prompt: "Do it", roles: ["scout", 5] })).toThrow(
      refusal(/^executeCustomWorkflow: roles\.1 is 5, but /),
    );
  });

  test("leave the fields of a role to the room that knows roles", () => {
    const step = { role: "scout", tools: "Read", maxTurns: -1, temperature: 0.5 };
    expect(() => checkCall("executeCustomWorkflow", { prompt: "Do it", roles: [step] })).not.toThrow();
  });
});

describe("a request", () => {
  let directory: string;
  let config: Config;

  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-request-")));
    config = loadConfig({ environment: { ORCHESTRATOR_HOME: directory }, workingDirectory: directory });
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const parse = (
    options: Partial<Parameters<typeof parseTaskRequest>[0]> = {},
    given: { config?: Partial<Config>; rehearsal?: boolean } = {},
  ) =>
    parseTaskRequest(
      { prompt: "Do it", ...options },
      { workingDirectory: directory, rehearsal: false, ...given, config: { ...config, ...given.config } },
    );

  test("needs no more than a prompt", () => {
    expect(parse()).toEqual({
      prompt: "Do it",
      taskType: "auto",
      executionMode: "sequential",
      includeAnalyst: "auto",
      workingDirectory: directory,
      model: config.defaultModel,
      budgetUsd: null,
      priority: 0,
      inPlace: null,
      uncommitted: null,
      requireChecks: false,
    });
  });

  test("has what was given", () => {
    const given = {
      taskType: "bug_fix",
      executionMode: "dependencies",
      includeAnalyst: "yes",
      model: "opus",
      budgetUsd: 0.5,
      priority: 7,
      inPlace: true,
      uncommitted: "leave",
      requireChecks: true,
    } as const;
    expect(parse(given)).toMatchObject(given);
  });

  test.each(["", "  \n", 5 as unknown as string])("without words (%j) is refused", (prompt) => {
    expect(() => parse({ prompt })).toThrow(refusal("The prompt is empty."));
  });

  test("may have a prompt of 100 000 characters and no more", () => {
    expect(parse({ prompt: "x".repeat(100_000) }).prompt).toHaveLength(100_000);
    expect(() => parse({ prompt: "x".repeat(100_001) })).toThrow(refusal(/^The prompt has 100001 characters/));
  });

  test("with a task type that is none is refused", () => {
    expect(() => parse({ taskType: "bugfix" as "bug_fix" })).toThrow(refusal('"bugfix" is not a task type.'));
  });

  test.each(["", "two words", "m".repeat(201)])("with the model %j is refused", (model) => {
    expect(() => parse({ model })).toThrow(refusal(`The model ${JSON.stringify(model)} is not a model name.`));
  });

  describe("with a budget", () => {
    test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("of %d is refused", (budgetUsd) => {
      expect(() => parse({ budgetUsd })).toThrow(refusal(`The budget ${budgetUsd} is not an amount above 0.`));
    });

    test("needs cost tracking", () => {
      expect(() => parse({ budgetUsd: 1 }, { config: { costTracking: false } })).toThrow(
        refusal("A budget needs cost tracking, which is off."),
      );
    });

    test("needs a model whose price is known", () => {
      expect(() => parse({ budgetUsd: 1, model: "local-llama" })).toThrow(
        refusal('The price of the model "local-llama" is not known, so a budget could not be kept.'),
      );
      const price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteOneHour: 0 };
      const priced = { config: { prices: { "local-llama": price } } };
      expect(parse({ budgetUsd: 1, model: "local-llama" }, priced).budgetUsd).toBe(1);
      expect(parse({ model: "local-llama" }).model).toBe("local-llama");
    });

    test("of the day needs it as well, but for a rehearsal", () => {
      const daily = { config: { dailyBudgetUsd: 5 } };
      expect(() => parse({ model: "local-llama" }, daily)).toThrow(refusal(/price of the model "local-llama"/));
      expect(parse({ model: "local-llama" }, { ...daily, rehearsal: true }).model).toBe("local-llama");
    });
  });

  describe("works in a directory", () => {
    test("that is found through links, so that one place has one name", () => {
      mkdirSync(join(directory, "real"));
      symlinkSync(join(directory, "real"), join(directory, "link"));
      expect(parse({ workingDirectory: join(directory, "link", ".", "..", "link") }).workingDirectory).toBe(
        join(directory, "real"),
      );
    });

    test("that exists", () => {
      const nowhere = join(directory, "nowhere");
      expect(() => parse({ workingDirectory: nowhere })).toThrow(
        refusal(`The working directory ${nowhere} does not exist.`),
      );
    });

    test("that is no file", () => {
      const file = join(directory, "file");
      writeFileSync(file, "");
      expect(() => parse({ workingDirectory: file })).toThrow(refusal(`The working directory ${file} is a file.`));
      expect(() => parse({ workingDirectory: join(file, "below") })).toThrow(refusal(/cannot be read \(ENOTDIR\)\.$/));
    });

    test("that can be read at all", () => {
      symlinkSync(join(directory, "self"), join(directory, "self"));
      expect(() => parse({ workingDirectory: join(directory, "self") })).toThrow(
        refusal(/cannot be read \(ELOOP\)\.$/),
      );
    });
  });
});
