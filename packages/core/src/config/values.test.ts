import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./load-config.js";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "orchestrator-values-"));
  mkdirSync(join(directory, ".orchestrator"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const load = (environment: Record<string, string> = {}) => loadConfig({ environment, workingDirectory: directory });

function loadFile(text: string) {
  writeFileSync(join(directory, ".orchestrator", "config.yaml"), text);
  return load();
}

describe("values from the environment", () => {
  test.each([
    ["true", true],
    ["1", true],
    ["yes", true],
    ["on", true],
    ["false", false],
    ["0", false],
    ["no", false],
    ["off", false],
  ])("ENABLE_COST_TRACKING=%s means %s", (text, expected) => {
    expect(load({ ENABLE_COST_TRACKING: text }).costTracking).toBe(expected);
  });

  test("names to pass are separated by commas or spaces", () => {
    expect(load({ ORCHESTRATOR_PASS_ENVIRONMENT: "NPM_TOKEN, FOO  BAR," }).passEnvironment).toEqual([
      "NPM_TOKEN",
      "FOO",
      "BAR",
    ]);
  });

  test.each([
    ["ORCHESTRATOR_MAX_PARALLEL_AGENTS", "0", "a whole number, 1 to 256"],
    ["ORCHESTRATOR_MAX_PARALLEL_AGENTS", "257", "a whole number, 1 to 256"],
    ["ORCHESTRATOR_MAX_PARALLEL_AGENTS", "2.5", "a whole number, 1 to 256"],
    ["ORCHESTRATOR_MAX_PARALLEL_AGENTS", "three", "a whole number, 1 to 256"],
    ["MONITOR_INTERVAL_SECONDS", "-1", "whole seconds, 1 to 3600"],
    ["ENABLE_OBSERVABILITY", "perhaps", "true or false"],
    ["ORCHESTRATOR_LOG_LEVEL", "loud", "one of trace, debug, info, warn, error, silent"],
    ["ORCHESTRATOR_PROCESS_GUARD", "none", "one of auto, namespace, pdeathsig, watchdog"],
    ["DEFAULT_MODEL", "", "a model name or alias such as sonnet"],
    ["ORCHESTRATOR_MODEL_CALL_RETRIES", "11", "a whole number, 0 to 10"],
    ["ORCHESTRATOR_MODEL_CALL_RETRIES", "", "a whole number, 0 to 10"],
    ["ORCHESTRATOR_MODEL_CALL_RETRIES", "0x2", "a whole number, 0 to 10"],
  ])("%s=%j is refused with the value and the rule", (variable, value, rule) => {
    expect(() => load({ [variable]: value })).toThrow(
      expect.objectContaining({
        code: "invalid_config",
        message: expect.stringMatching(new RegExp(`the variable ${variable} .*${JSON.stringify(value)}.*${rule}`)),
      }),
    );
  });
});

describe("values from config.yaml", () => {
  test("numbers and switches are plain YAML", () => {
    expect(loadFile("maxParallelAgents: 8\ncostTracking: false\nobservability: on\n")).toMatchObject({
      maxParallelAgents: 8,
      costTracking: false,
      observability: true,
    });
  });

  test("prices are given by model", () => {
    const prices = "prices:\n  my-model: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0, cacheWriteOneHour: 0 }\n";
    expect(loadFile(prices).prices).toEqual({
      "my-model": { input: 1, output: 2, cacheRead: 0, cacheWrite: 0, cacheWriteOneHour: 0 },
    });
  });

  test.each([
    ["maxParallelAgents: true", "maxParallelAgents"],
    ["maxParallelAgents: [3]", "maxParallelAgents"],
    ["modelCallRetries:", "modelCallRetries"],
    ["modelCallRetries: false", "modelCallRetries"],
    ["defaultModel: 5", "defaultModel"],
    ["prices: { m: { input: 1 } }", "prices"],
    ["prices: { m: { input: -1, output: 1, cacheRead: 0, cacheWrite: 0, cacheWriteOneHour: 0 } }", "prices"],
    ["prices: { m: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, cacheWriteOneHour: 0, gift: 1 } }", "prices"],
  ])("%s is refused with file and line", (text, name) => {
    expect(() => loadFile(`# first line\n${text}\n`)).toThrow(
      expect.objectContaining({
        code: "invalid_config",
        message: expect.stringMatching(new RegExp(`config\\.yaml:2 sets ${name} to `)),
      }),
    );
  });

  describe.each(["copyFiles", "linkFiles", "sharedFolders"])("a path of %s", (name) => {
    test.each(["/etc/passwd", "../secret", "a/../../secret", ".", "", ".git/config", ".GIT"])(
      "may not be %j, and is refused before any task runs",
      (path) => {
        expect(() => loadFile(`${name}: [fine, ${JSON.stringify(path)}]\n`)).toThrow(
          expect.objectContaining({
            code: "invalid_config",
            message: expect.stringMatching(
              /config\.yaml:1 sets .* must be a list of .* below the top of the repository/,
            ),
            hint: expect.stringContaining("Correct the value"),
          }),
        );
      },
    );

    test.each([".env", "packages/web/node_modules", "./config//local/", "a/../b", "..dots"])("may be %s", (path) => {
      expect(loadFile(`${name}: [${path}]\n`)).toMatchObject({ [name]: [path] });
    });
  });

  describe("the directory of a check", () => {
    const loadCheck = (directory: string) =>
      loadFile(`checks: [{ command: make, directory: "${directory}" }]\n`).checks;

    test.each(["/tmp", "..", "../other", "a/../../other", ".git"])("may not be %s", (directory) => {
      expect(() => loadCheck(directory)).toThrow(
        /config\.yaml:1 sets checks .*\(the top of the repository or below it\)/,
      );
    });

    test.each(["", ".", "./", "packages/core"])("may be %j", (directory) => {
      expect(loadCheck(directory)).toEqual([{ command: "make", directory }]);
    });
  });

  test("broken YAML names the line", () => {
    expect(() => loadFile("defaultModel: opus\nlogLevel: [warn\nmaxParallelAgents: 3\n")).toThrow(
      expect.objectContaining({
        code: "invalid_config",
        message: expect.stringMatching(/config\.yaml:[23] is not valid YAML/),
      }),
    );
  });

  test("a key that comes twice is refused with its line", () => {
    expect(() => loadFile("defaultModel: opus\ndefaultModel: sonnet\n")).toThrow(/config\.yaml:2 .*unique/);
  });

  test("a file that is no mapping is refused", () => {
    expect(() => loadFile("- defaultModel\n")).toThrow(/must hold settings/);
  });

  test.each(["", "# nothing but a comment\n", "---\n"])("a file without settings counts as empty: %j", (text) => {
    expect(loadFile(text).defaultModel).toBe("sonnet");
  });
});
