import { describe, expect, test } from "vitest";
import { buildEnvironment, type EnvironmentOptions, findConfigDirectory, findLoginMethod } from "./environment.js";

const ENDPOINT = "http://127.0.0.1:9999";
const LOCAL = { baseUrl: "http://127.0.0.1:1", rehearsal: true };

function build(variables: Record<string, string>, given: Partial<EnvironmentOptions> = {}) {
  return buildEnvironment({
    variables,
    method: findLoginMethod(variables, null),
    rehearsal: false,
    dataDirectory: "/data",
    passEnvironment: [],
    modelCallTimeoutMs: 120_000,
    modelCallRetries: 3,
    ...given,
  });
}

describe("how models are reached", () => {
  test.each([
    [{}, { kind: "login" }],
    [{ ANTHROPIC_API_KEY: "k" }, { kind: "key" }],
    [{ ANTHROPIC_API_KEY: "" }, { kind: "login" }],
    [{ ANTHROPIC_AUTH_TOKEN: "t" }, { kind: "token" }],
    [{ CLAUDE_CODE_OAUTH_TOKEN: "t" }, { kind: "token" }],
    [
      { CLAUDE_CODE_USE_BEDROCK: "1", ANTHROPIC_API_KEY: "k" },
      { kind: "cloud", provider: "Amazon Bedrock" },
    ],
    [{ CLAUDE_CODE_USE_VERTEX: "true" }, { kind: "cloud", provider: "Google Vertex AI" }],
    [{ CLAUDE_CODE_USE_BEDROCK: "0", CLAUDE_CODE_USE_VERTEX: "False" }, { kind: "login" }],
    [
      { ANTHROPIC_BASE_URL: ENDPOINT, ANTHROPIC_API_KEY: "k" },
      { kind: "endpoint", baseUrl: ENDPOINT },
    ],
    [
      { ANTHROPIC_BASE_URL: ENDPOINT, CLAUDE_CODE_USE_BEDROCK: "1" },
      { kind: "endpoint", baseUrl: ENDPOINT },
    ],
    [{ ANTHROPIC_BASE_URL: "" }, { kind: "login" }],
  ])("%j: %j", (variables, method) => {
    expect(findLoginMethod(variables, null)).toEqual(method);
  });

  test("an endpoint of ours wins over the user's", () => {
    expect(findLoginMethod({ ANTHROPIC_BASE_URL: ENDPOINT }, LOCAL)).toEqual({
      kind: "endpoint",
      baseUrl: LOCAL.baseUrl,
    });
  });

  test.each(["localhost:8080", "ftp://x", "not a url", "/path", "file:///etc/passwd", "javascript:1"])(
    "%j is no base URL, and is refused by name",
    (baseUrl) => {
      expect(() => findLoginMethod({ ANTHROPIC_BASE_URL: baseUrl }, null)).toThrow(
        expect.objectContaining({
          code: "invalid_config",
          message: `ANTHROPIC_BASE_URL is ${JSON.stringify(baseUrl)}, which is not an http or https address.`,
        }),
      );
    },
  );
});

describe("what agents see of the environment", () => {
  test("is a list of names: nothing else passes", () => {
    const environment = build({
      PATH: "/bin",
      HOME: "/home/me",
      LC_ALL: "C",
      HTTPS_PROXY: "http://proxy",
      GITHUB_TOKEN: "secret",
      AWS_SECRET_ACCESS_KEY: "secret",
      DATABASE_URL: "secret",
      NODE_OPTIONS: "--inspect",
      LD_PRELOAD: "evil.so",
      CLAUDECODE: "1",
    });
    expect(environment).toMatchObject({ PATH: "/bin", HOME: "/home/me", LC_ALL: "C", HTTPS_PROXY: "http://proxy" });
    expect(JSON.stringify(environment)).not.toMatch(/secret|evil|inspect/);
    expect(environment).not.toHaveProperty("CLAUDECODE");
  });

  test("grows by the names that the user gives", () => {
    expect(build({ NPM_TOKEN: "t", OTHER: "o" }, { passEnvironment: ["NPM_TOKEN", "NOT_SET"] })).toMatchObject({
      NPM_TOKEN: "t",
    });
    expect(build({ NPM_TOKEN: "t", OTHER: "o" }, { passEnvironment: ["NPM_TOKEN"] })).not.toHaveProperty("OTHER");
  });

  test("has the cloud's variables only where the cloud is used", () => {
    const aws = { AWS_REGION: "eu", AWS_SECRET_ACCESS_KEY: "s" };
    expect(build({ ...aws, CLAUDE_CODE_USE_BEDROCK: "1" })).toMatchObject({ ...aws, CLAUDE_CODE_USE_BEDROCK: "1" });
    expect(build({ CLAUDE_CODE_USE_VERTEX: "1", VERTEX_REGION_CLAUDE_5: "eu" })).toHaveProperty(
      "VERTEX_REGION_CLAUDE_5",
    );
    expect(build({ ...aws, ANTHROPIC_API_KEY: "k" })).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
  });

  test("carries our limits to the CLI and keeps it from background work", () => {
    expect(build({}, { modelCallTimeoutMs: 3_000, modelCallRetries: 1 })).toMatchObject({
      API_TIMEOUT_MS: "3000",
      CLAUDE_BYTE_STREAM_IDLE_TIMEOUT_MS: "10000",
      CLAUDE_CODE_MAX_RETRIES: "1",
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
    });
  });

  test("cannot change our own settings by the names that the user gives", () => {
    const variables = { CLAUDE_CODE_MAX_RETRIES: "99", API_TIMEOUT_MS: "1" };
    expect(build(variables, { passEnvironment: Object.keys(variables) })).toMatchObject({
      CLAUDE_CODE_MAX_RETRIES: "3",
      API_TIMEOUT_MS: "120000",
    });
  });
});

describe("credentials", () => {
  const ALL = { ANTHROPIC_API_KEY: "key", ANTHROPIC_AUTH_TOKEN: "token", CLAUDE_CODE_OAUTH_TOKEN: "login" };

  test("a login's token never goes to an endpoint of the user's", () => {
    const environment = build({ ...ALL, ANTHROPIC_BASE_URL: ENDPOINT });
    expect(environment).toMatchObject({
      ANTHROPIC_BASE_URL: ENDPOINT,
      ANTHROPIC_API_KEY: "key",
      ANTHROPIC_AUTH_TOKEN: "token",
    });
    expect(environment).not.toHaveProperty("CLAUDE_CODE_OAUTH_TOKEN");
  });

  test("also not when its name is among those to pass", () => {
    const passEnvironment = ["CLAUDE_CODE_OAUTH_TOKEN"];
    expect(build({ ...ALL, ANTHROPIC_BASE_URL: ENDPOINT }, { passEnvironment })).not.toHaveProperty(
      "CLAUDE_CODE_OAUTH_TOKEN",
    );
  });

  test("an endpoint without any gets a placeholder", () => {
    const environment = build({ CLAUDE_CODE_OAUTH_TOKEN: "login", ANTHROPIC_BASE_URL: ENDPOINT });
    expect(environment).toMatchObject({ ANTHROPIC_BASE_URL: ENDPOINT, ANTHROPIC_API_KEY: "no-key-needed" });
    expect(environment).not.toHaveProperty("CLAUDE_CODE_OAUTH_TOKEN");
  });

  test("a rehearsal gets none of the user's, not even by name, nor their headers", () => {
    const variables = { ...ALL, ANTHROPIC_BASE_URL: ENDPOINT, ANTHROPIC_CUSTOM_HEADERS: "x-secret: 1" };
    const environment = build(variables, {
      method: findLoginMethod(variables, LOCAL),
      rehearsal: true,
      passEnvironment: Object.keys(ALL),
    });
    expect(environment).toMatchObject({ ANTHROPIC_BASE_URL: LOCAL.baseUrl, ANTHROPIC_API_KEY: "no-key-needed" });
    expect(Object.values(environment)).not.toEqual(expect.arrayContaining(["key"]));
    expect(environment).not.toHaveProperty("ANTHROPIC_AUTH_TOKEN");
    expect(environment).not.toHaveProperty("CLAUDE_CODE_OAUTH_TOKEN");
    expect(environment).not.toHaveProperty("ANTHROPIC_CUSTOM_HEADERS");
  });

  test("a key goes alone, and tokens go without a key", () => {
    expect(build(ALL)).toMatchObject({ ANTHROPIC_API_KEY: "key" });
    expect(build(ALL)).not.toHaveProperty("CLAUDE_CODE_OAUTH_TOKEN");
    expect(build({ CLAUDE_CODE_OAUTH_TOKEN: "login" })).toMatchObject({ CLAUDE_CODE_OAUTH_TOKEN: "login" });
  });

  test("a login needs none in the environment", () => {
    expect(
      Object.keys(build({ HOME: "/home/me" })).filter((name) => /^(?!GIT_).*(KEY|TOKEN|BASE_URL)/.test(name)),
    ).toEqual([]);
  });
});

describe("the CLI's folder", () => {
  test("is the user's own with a login, because the login lives there", () => {
    const own = { HOME: "/home/me", CLAUDE_CONFIG_DIR: "/elsewhere" };
    expect(build({ HOME: "/home/me" })).not.toHaveProperty("CLAUDE_CONFIG_DIR");
    expect(build(own)).toMatchObject({ CLAUDE_CONFIG_DIR: "/elsewhere" });
    expect(findConfigDirectory({ kind: "login" }, { HOME: "/home/me" }, "/data")).toBe("/home/me/.claude");
    expect(findConfigDirectory({ kind: "login" }, own, "/data")).toBe("/elsewhere");
    expect(findConfigDirectory({ kind: "login" }, {}, "/data")).toBeNull();
  });

  test("is the user's own also where the variable is set to nothing", () => {
    const variables = { HOME: "/home/me", CLAUDE_CONFIG_DIR: "" };
    expect(findConfigDirectory({ kind: "login" }, variables, "/data")).toBe("/home/me/.claude");
    expect(build(variables)).not.toHaveProperty("CLAUDE_CONFIG_DIR");
  });

  test.each([
    { ANTHROPIC_API_KEY: "k" },
    { ANTHROPIC_AUTH_TOKEN: "t" },
    { ANTHROPIC_BASE_URL: ENDPOINT },
    { CLAUDE_CODE_USE_VERTEX: "1" },
  ])("is one of ours with %j", (credentials) => {
    const variables = { HOME: "/home/me", CLAUDE_CONFIG_DIR: "/elsewhere", ...credentials };
    expect(build(variables)).toMatchObject({ CLAUDE_CONFIG_DIR: "/data/claude", HOME: "/home/me" });
    expect(findConfigDirectory(findLoginMethod(variables, null), variables, "/data")).toBe("/data/claude");
  });
});
