import { expect, test } from "vitest";
import { commandEnvironment } from "./command-environment.js";

test("a project's own command gets what programs need, runs unattended, and knows its workspace", () => {
  const variables = {
    PATH: "/bin",
    TERM: "xterm",
    FORCE_COLOR: "3",
    MINE: "1",
    NODE_TEST_CONTEXT: "child",
    VITEST: "1",
  };
  expect(commandEnvironment({ variables, passEnvironment: ["MINE"], workspaceVariables: { PORT: "4000" } })).toEqual({
    PATH: "/bin",
    MINE: "1",
    PORT: "4000",
    CI: "true",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    GIT_TERMINAL_PROMPT: "0",
    TERM: "dumb",
  });
});

test("it never gets what opens models, whoever names it", () => {
  const secrets = { ANTHROPIC_API_KEY: "a", ANTHROPIC_BASE_URL: "b", CLAUDE_CODE_OAUTH_TOKEN: "c" };
  const environment = commandEnvironment({
    variables: secrets,
    passEnvironment: Object.keys(secrets),
    workspaceVariables: secrets,
  });
  expect(Object.keys(environment).filter((name) => name in secrets)).toEqual([]);
});
