import { expect, test } from "vitest";
import { pickVariables } from "./environment.js";

test("a child program gets what programs and networks need, and what the user names", () => {
  const variables = { PATH: "/bin", LC_ALL: "C", MINE: "1", OTHER: "2", NODE_OPTIONS: "--inspect", HOME: undefined };
  expect(pickVariables(variables, ["MINE"])).toEqual({ PATH: "/bin", LC_ALL: "C", MINE: "1" });
});

test.each(["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS"])(
  "%s does not pass, not even by name",
  (name) => {
    expect(pickVariables({ [name]: "secret" }, [name])).toEqual({});
  },
);
